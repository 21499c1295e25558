"""JSON as the standard has it, for what scripts hand in."""

from __future__ import annotations

import json
from typing import Any


def parse(text: str | bytes) -> Any:
    """What the text holds.

    Raises:
        ValueError: it is not JSON; NaN and the infinities, which Python would take, are none.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, parse_constant=_refused)


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
