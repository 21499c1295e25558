"""YAML read as plain data, by the loader in C where PyYAML has it: ten times as fast."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """The one document of a text, None when it is empty.

    Raises:
        yaml.YAMLError: the text is malformed, or asks for more than plain data.
    """
    return yaml.load(text, LOADER)  # noqa: S506 (a safe one)
