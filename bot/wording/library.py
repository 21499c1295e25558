"""What the assistant has read: the reply to /sources."""

from __future__ import annotations

from collections.abc import Sequence

from bot.messages import Part, Reply, Style
from bot.wording.catalogue import say
from bot.wording.replies import speaker
from index.articles import Source


def sources(documents: Sequence[Source], lang: str) -> Reply:
    """The documents behind the corpus, who speaks in each, and how to take their figures."""
    lines = [
        say(
            lang,
            "sources_line" if document.title else "sources_line_untitled",
            number=n,
            title=document.title,
            speaker=speaker(document, lang),
        )
        for n, document in enumerate(documents, 1)
    ]
    title = Part(say(lang, "sources_title"), Style.BOLD)
    note = Part("\n\n" + say(lang, "sources_note"), Style.ITALIC)
    return Reply((title, Part("\n\n" + "\n".join(lines)), note))
