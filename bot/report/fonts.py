"""The typeface of charts and documents, and which of a text's characters it can draw."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

FAMILY = "Source Sans Pro"
_PACKAGE = "font_source_sans_pro"


@cache
def folder() -> Path | None:
    """Where the typeface's files are; None when its package is not installed and the built-in ones serve."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "files"


def truetype(style: str) -> str | None:
    """The file of one style: ``Regular``, ``Semibold``, ``Bold``."""
    files = folder()
    path = files / f"SourceSansPro-{style}.ttf" if files else None
    return str(path) if path and path.is_file() else None
