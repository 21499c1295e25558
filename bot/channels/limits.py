"""How often Telegram lets a bot write: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this"""

from __future__ import annotations

from datetime import timedelta

from bot.queues import Limit

_SECOND = timedelta(seconds=1)


def overall(per_second: int) -> Limit:
    """To all chats together: never more than ``per_second`` (2 or more) in any second."""
    burst = max(per_second // 6, 1)
    return Limit("*", _SECOND / (per_second - burst), burst)


def limit_of(chat: str) -> Limit:
    """To one chat: a person may get a burst, and one a second; a group, with all its topics, 20 a minute."""
    _, _, place = chat.partition(":")
    number = place.partition(":")[0]
    if number.startswith("-"):
        return Limit(f"telegram:{number}", 3 * _SECOND, 5)
    return Limit(f"telegram:{number}", _SECOND, 60)
