"""Simple messages or rich ones: what is said of the choice, and its buttons."""

from __future__ import annotations

from bot.messages import Choice, Part, Reply, Style
from bot.wording.catalogue import say

DISPLAY_CODE = "d"
"""The first letter of a button's code: ``d:rich``, ``d:simple``."""

LOOKS = {"rich": True, "simple": False}
"""What the code, or ``/affichage riche``, says after it."""

_TYPED = {"ri": "rich", "ta": "rich", "si": "simple"}
"""By the first two letters: riche, rich, tableaux, tables; simple."""


def choose(rich: bool, lang: str) -> Reply:
    """What the two are, which one is on, and a button for each."""
    now = say(lang, "display_now", look=say(lang, "display_rich" if rich else "display_simple"))
    row = tuple(Choice(say(lang, f"display_button_{look}"), f"{DISPLAY_CODE}:{look}") for look in ("simple", "rich"))
    return Reply((Part(now, Style.BOLD), Part(f"\n\n{say(lang, 'display_ask')}")), (row,))


def chosen(rich: bool, lang: str) -> Reply:
    """That it is done, and what to do should rich messages not show."""
    return Reply.of(say(lang, "display_set_rich" if rich else "display_set_simple"))


def typed(argument: str) -> str | None:
    """The look that what follows the command names, in either language; None when it names none."""
    return _TYPED.get(argument.strip().lower()[:2])
