"""Telegram's HTML, read as its server reads it, with its words when it refuses.

Stricter than Telegram where it stays silent and a person would see something broken: a bare ``&``, an attribute
or a link it would drop, formatting inside ``<code>``. Markdown is not spoken here.
"""

import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

from telegram_requests import JSON, Refused

_TYPES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_ATTRIBUTES = {
    "a": {"href"},
    "span": {"class"},
    "code": {"class"},
    "tg-emoji": {"emoji-id"},
    "tg-time": {"unix", "format"},
    "blockquote": {"expandable"},
}
REFERENCE = re.compile(r"&(?:(?P<name>lt|gt|amp|quot)|#(?P<decimal>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def utf16(text: str) -> int:
    """The length of a text in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def checked_link(url: str) -> str | None:
    """The link as Telegram keeps it, or None when it would silently drop it."""
    if not re.match(r"[a-z][a-z0-9+.-]*:", url, re.IGNORECASE) or re.match(r"[^/:]+:\d", url):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme in ("tg", "ton", "tonsite"):
        return url
    host = parts.hostname or ""
    sound = parts.scheme in ("http", "https") and "." in host.strip(".") and not re.search(r"\s", url)
    return url if sound else None


@dataclass
class _Open:
    """A tag not yet closed."""

    name: str
    entity: JSON
    start: int  # index in the plain text


class _Html:
    """One pass over Telegram's HTML. Refusals count bytes of the source, entities UTF-16 units of the plain text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.plain = ""
        self.entities: list[JSON] = []
        self.open: list[_Open] = []

    def parse(self) -> tuple[str, list[JSON]]:
        while self.at < len(self.source):
            if self.source[self.at] == "<":
                self._end_tag() if self.source.startswith("</", self.at) else self._start_tag()
            elif self.source[self.at] == "&":
                self.plain += self._reference()
            else:
                self.plain += self._take(r"[^<&]+")
        if self.open:
            _unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].name}"')
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        return self.plain, sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))

    def _take(self, pattern: str) -> str:
        """Consumes and returns what matches here; the pattern may match nothing."""
        match = re.compile(pattern).match(self.source, self.at)
        assert match is not None, pattern
        self.at = match.end()
        return match[0]

    def _fail(self, reason: str, position: int) -> NoReturn:
        _unparsable(f"{reason} at byte offset {len(self.source[:position].encode())}")

    def _ended(self) -> bool:
        return self.at >= len(self.source)

    def _reference(self) -> str:
        match = REFERENCE.match(self.source, self.at)
        character = decoded(match) if match else ""
        if not match or not character:
            self._fail('Unescaped character "&"', self.at)  # Telegram would show it as it stands
        self.at = match.end()
        return character

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        name = self._take(r"[^\s>]*").lower()
        if self._ended():
            self._fail("Unclosed start tag", begin)
        if name not in _TYPES:
            self._fail(f'Unsupported start tag "{name}"', begin)
        for outer in self.open:
            if (outer.name in ("pre", "code") and (outer.name, name) != ("pre", "code")) or (
                outer.name == name == "blockquote"
            ):
                self._fail(f'Tag "{name}" can\'t be nested in the tag "{outer.name}"', begin)
        entity = {"type": _TYPES[name], "offset": utf16(self.plain), "length": 0}
        entity |= self._argument(name, self._attributes(name, begin), begin)
        self.open.append(_Open(name, entity, len(self.plain)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._take(r"\s*")
            if self._ended():
                self._fail(f'Unclosed start tag "{tag}"', begin)
            if self._take(r">?"):
                return attributes
            name = self._take(r"[^\s=>]*")
            if not name:
                self._fail(f'Empty attribute name in the tag "{tag}"', begin)
            if name not in _ATTRIBUTES.get(tag, ()):
                self._fail(f'Unsupported attribute "{name}" in the tag "{tag}"', begin)
            self._take(r"\s*")
            attributes[name] = self._value(tag, begin) if self._take(r"=?") else ""

    def _value(self, tag: str, begin: int) -> str:
        self._take(r"\s*")
        if self._ended():
            self._fail(f'Unclosed start tag "{tag}"', begin)
        start = self.at
        quote = self._take("[\"']?")
        if not quote:
            token = self._take(r"[A-Za-z0-9.-]*")
            if self._ended() or self.source[self.at] not in "> \t\r\n":
                self._fail("Unexpected end of name token", start)
            return token.lower()
        value = self._take(f"[^{quote}]*")
        if self._ended() or self.at + 1 == len(self.source):
            self._fail("Unclosed start tag", begin)
        self.at += 1
        return REFERENCE.sub(lambda match: decoded(match) or match[0], value)

    def _argument(self, tag: str, attributes: dict[str, str], begin: int) -> JSON:
        """What the tag's attributes add to its entity."""
        style = attributes.get("class", "")
        if tag == "span" and style != "tg-spoiler":
            self._fail('Tag "span" must have class "tg-spoiler"', begin)
        if tag == "code" and "class" in attributes and not re.fullmatch(r"language-\S+", style):
            self._fail(f'Unsupported class "{style}" in the tag "code"', begin)
        if tag == "tg-emoji" and not re.fullmatch(r"[1-9]\d*", attributes.get("emoji-id", "")):
            _unparsable("Invalid custom emoji identifier specified")
        if tag == "tg-time" and not re.fullmatch(r"\d+", attributes.get("unix", "")):
            _unparsable("Invalid date specified")
        match tag:
            case "a":
                return self._link(attributes["href"], begin) if attributes.get("href") else {}
            case "code" if style:
                return {"language": style.removeprefix("language-")}
            case "tg-emoji":
                return {"custom_emoji_id": attributes["emoji-id"]}
            case "tg-time":
                extra = {"date_time_format": attributes["format"]} if "format" in attributes else {}
                return {"unix_time": int(attributes["unix"]), **extra}
            case "blockquote" if "expandable" in attributes:
                return {"type": "expandable_blockquote"}
        return {}

    def _link(self, url: str, begin: int) -> JSON:
        link = checked_link(url)
        if link is None:
            self._fail(f'Wrong URL "{url}" in the tag "a"', begin)
        user = parse_qs(urlsplit(link).query).get("id", [""])[0] if link.startswith("tg://user") else ""
        if user.isdecimal():
            return {"type": "text_mention", "user": {"id": int(user), "is_bot": False, "first_name": "Someone"}}
        return {"url": link}

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            self._fail("Unexpected end tag", begin)
        self.at += 2
        name = self._take(r"[^\s>]*").lower()
        self._take(r"\s*")
        if not self._take(r">?"):
            self._fail("Unclosed end tag", begin)
        opened = self.open.pop()
        if name not in ("", opened.name):
            where = len(self.source[:begin].encode())
            _unparsable(f'Unmatched end tag at byte offset {where}, expected "</{opened.name}>", found "</{name}>"')
        entity = opened.entity
        entity["length"] = utf16(self.plain) - entity["offset"]
        if entity["type"] == "text_link" and "url" not in entity:
            entity |= self._link(self.plain[opened.start :], begin)
        last = self.entities[-1] if self.entities else {}
        same = all(last.get(key) == entity[key] for key in ("offset", "length"))
        if entity["type"] == "pre" and same and last.get("language"):
            entity["language"] = self.entities.pop()["language"]
        if entity["length"]:
            self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[JSON]]:
    """The plain text and the entities of a text in Telegram's HTML.

    Raises:
        Refused: the tags are unknown, unclosed, misnested or ill-written, or a ``<`` or ``&`` is not escaped.
    """
    return _Html(source).parse()


def _unparsable(reason: str) -> NoReturn:
    raise Refused(f"can't parse entities: {reason}")


def decoded(match: re.Match[str]) -> str:
    """The character a reference stands for; empty when it stands for none."""
    if match["name"]:
        return _NAMED[match["name"]]
    code = int(match["decimal"]) if match["decimal"] else int(match["hex"], 16)
    return "" if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)
