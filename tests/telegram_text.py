"""Texts and captions with their entities: read, trimmed and limited as Telegram does."""

import re
from typing import Any

from telegram_markup import parse_html, utf16
from telegram_requests import JSON, Refused

MAX_TEXT = 4096  # UTF-16 units after entity parsing
MAX_CAPTION = 1024

_ENTITY_TYPES = {
    *(
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "text_link",
        "custom_emoji",
        "date_time",
    ),
    "blockquote",
    *("expandable_blockquote", "text_mention", "mention", "hashtag", "cashtag", "bot_command", "url", "email"),
    "phone_number",
}
_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)])"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z]\w{2,31})\b"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@[A-Za-z]\w{2,31})?)(?![\w/])"
    r"|(?<!\w)(?P<hashtag>#\w+)",
    re.ASCII,
)


def formatted(text: str, parse_mode: str | None, entities: list[Any] | None, what: str) -> tuple[str, list[JSON]]:
    """The plain text and entities of a ``what`` ("text" or "caption"), trimmed as Telegram trims them.

    Raises:
        Refused: unparsable markup, unsound entities, a text that is empty or too long.
    """
    if parse_mode and parse_mode.lower() != "html":
        raise Refused("unsupported parse_mode")
    plain, found = parse_html(text) if parse_mode else (text, _checked_entities(text, entities or []))
    plain, found = _trimmed(plain, found)
    if what == "text" and not plain:
        raise Refused("message text is empty")
    if what == "text" and utf16(plain) > MAX_TEXT:
        raise Refused("message is too long")
    if what == "caption" and utf16(plain) > MAX_CAPTION:
        raise Refused("message caption is too long")
    return plain, found


def detected(plain: str, entities: list[JSON]) -> list[JSON]:
    """The entities, with those Telegram finds by itself: links, mentions, commands and hashtags."""
    found = list(entities)
    opaque = [e for e in entities if e["type"] in ("code", "pre", "text_link", "text_mention")]
    for match in _DETECTED.finditer(plain):
        offset, length = utf16(plain[: match.start()]), utf16(match[0])
        if all(offset + length <= e["offset"] or e["offset"] + e["length"] <= offset for e in opaque):
            found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return sorted(found, key=lambda e: (e["offset"], -e["length"]))


def _checked_entities(text: str, entities: list[Any]) -> list[JSON]:
    end = utf16(text)
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in _ENTITY_TYPES:
            raise Refused("can't parse MessageEntity: Unsupported type specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length <= 0:
            raise Refused('can\'t parse MessageEntity: Field "offset" must be of type Number')
        if offset + length > end:
            raise Refused(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
            )
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _trimmed(plain: str, entities: list[JSON]) -> tuple[str, list[JSON]]:
    """The text without surrounding white space, its entities moved and cut accordingly."""
    body = plain.strip()
    cut, end = utf16(plain) - utf16(plain.lstrip()), utf16(body)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, end)
        if start < stop:
            kept.append({**entity, "offset": start, "length": stop - start})
    return body, kept
