"""What is held of a person: erased, with a receipt, or handed over to them."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

from bot.messages import Attachment, Part, Reply
from bot.sessions import Sessions
from bot.wording.catalogue import keys, say

_LOG = logging.getLogger(__name__)


def erased(sessions: Sessions, chat: str, lang: str, receipt: str, today: date, here: Mapping[str, int]) -> Reply:
    """Erases all that is held of a chat, reads it back, and says what there was, by store.

    Args:
        here: what was erased besides, by store.
        receipt: what tells this erasure from every other; it is logged, and names nobody.

    Raises:
        RuntimeError: something is left.
    """
    held = {**sessions.erase(chat), **here}
    if sessions.holds(chat):
        raise RuntimeError("something is left of an erased conversation")
    counts = {store: number for store, number in held.items() if number}
    _LOG.info("erased, receipt %s: %s", receipt, counts)
    lines = [say(lang, "receipt", receipt=receipt, date=format_date(today, "long", locale=lang))]
    lines += [say(lang, "receipt_line", store=_named(store, lang), number=n) for store, n in counts.items()]
    if not counts:
        lines.append(say(lang, "receipt_nothing"))
    return Reply.of("\n\n".join((say(lang, "erased"), "\n".join(lines), say(lang, "receipt_elsewhere"))))


def exported(sessions: Sessions, chat: str, lang: str, here: Mapping[str, object]) -> Reply:
    """All that is held of a chat, in a file of JSON."""
    held = {**sessions.export(chat), **here}
    if not held:
        return Reply.of(say(lang, "my_data_none"))
    content = json.dumps(held, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    file = Attachment(f"{say(lang, 'my_data_name')}.json", "application/json", content)
    return Reply((Part(say(lang, "my_data")),), attachments=(file,))


def _named(store: str, lang: str) -> str:
    key = f"store_{store}"
    return say(lang, key if key in keys(lang) else "store_other")
