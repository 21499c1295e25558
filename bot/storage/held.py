"""Rows as their person may read them: for the export of what is held beside the sessions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

_JSON = {"raw", "body", "passages"}
"""Columns that hold JSON."""


def rows(connection: Connection, table: Table, where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """What a table holds, ready for JSON: without the chat and what is empty; of a file, its size in bytes."""
    found = connection.execute(select(table).where(where).order_by(*table.primary_key.columns)).mappings()
    return [_told(row) for row in found]


def _told(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _plain(str(name), value) for name, value in row.items() if value is not None and name != "chat"}


def _plain(name: str, value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return len(value)
        case str() if name in _JSON:
            with suppress(ValueError, RecursionError):
                return json.loads(value)
    return value
