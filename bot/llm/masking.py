"""Personal data out of a text, before it leaves: names, e-mails, phones, IBANs, cards, addresses, links, keys.

Prudent rather than exact: a capitalised word in the middle of a sentence that the corpus does not know may be a name,
and is masked; so is any long number that is not an amount. What a model loses by it, it had no use for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.llm.introducing import Names, Vocabulary, words_of
from index import safe_yaml
from index.analyzer import STOP_WORDS, fold

PLACEHOLDERS = ("NAME", "EMAIL", "PHONE", "IBAN", "CARD", "LINK", "ADDRESS", "NUMBER", "SECRET")
"""What stands in place of each kind, in brackets: ``[EMAIL]``."""

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_LINK = re.compile(r"\b(?:https?://|www\.|t\.me/)[^\s<>«»\"]+", re.IGNORECASE)
_AT = r"(?:@|\s?[(\[{]\s?(?:at|a|arobase|arobas)\s?[)\]}]\s?|\s(?:arobase|arobas)\s)"
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|point)\s?[)\]}]\s?|\s(?:dot|point)\s)"
_EMAIL = re.compile(rf"(?<![\w.+'%-])[\w.+'%-]+(?:\s(?:point|dot)\s[\w-]+)?{_AT}[\w-]+(?:{_DOT}[\w-]+)+", re.IGNORECASE)
_SPELT_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+ at [\w-]+(?: dot [\w-]+)+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z]\w{2,}")
_SECRET = re.compile(
    r"\b\d{8,10}:[\w-]{30,}|\b(?:sk|pk|rk|ghp|gho|xox[abp]|eyJ)[-_]?[\w-]{16,}|\b(?=\w*\d)(?=\w*[A-Za-z])\w{24,}\b"
)
_IBAN = re.compile(
    r"\b[A-Z]{2}\d{2}[\s.-]?[A-Z0-9]{4}(?:[\s.-]?(?=[A-Z0-9]*\d)[A-Z0-9]{1,4}){2,8}(?!\w)", re.IGNORECASE
)
_UNSPACED_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?=[A-Z0-9]*\d)[A-Z0-9]{11,30}\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b\d{1,4}(?:\s?(?:bis|ter|quater))?\s?,?\s(?:rue|avenue|av\.|boulevard|bd|impasse|all[ée]es?|quai|chemin|place|route)"
    r"\s(?:d[eu]s?\s|de\s(?:la|l['’])\s?|d['’])?[^\n,.;:!?]{2,40}(?:,?\s\d{5}\s\w[\w-]*)?"
    r"|\b\d{1,5}\s(?:[A-Z]\w+\s){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Boulevard|Blvd|Court|Way)\b\.?",
)
_GAP = r"[\s.\-/]"
_DIGITS = re.compile(
    rf"(?<![\w.,])(?:\+\s?|\(\+?\d{{1,4}}\){_GAP}?)?\d(?:{_GAP}?(?:\(0\))?{_GAP}?\d){{6,22}}(?!\w|[.,]\d)"
)
_AMOUNT = re.compile(r"\d{1,3}(?:[\s.]\d{3})+")
_YEARS = re.compile(rf"(?:(?:19|20)\d\d{_GAP}?)+|(?:\d{{1,2}}[./-]){{2}}\d{{2,4}}|\d{{4}}-\d\d-\d\d(?:\s\d\d)?")
_CALLING = re.compile(
    r"(?:tel|phone|portable|mobile|fixe|cell|fax|whatsapp|appel\w*|joindre|joignable|call|reach|numero|number)\W*(?:\w+\W+){0,3}$"
)
_LOCAL_PHONE = re.compile(r"\(?\d{3}\)?[ .-]?\d{3}[.-]\d{4}|\d{3}-\d{4}")
_TEXTS = (".md", ".yaml")
_CARD_LENGTHS = range(13, 20)
_LONG = 9
"""So many digits that are neither an amount nor dates are somebody's."""


def texts_in(*folders: Path) -> Iterator[str]:
    """The articles and lists in those folders and below."""
    return (file.read_text("utf-8") for folder in folders for file in folder.rglob("*.*") if file.suffix in _TEXTS)


@dataclass(frozen=True)
class Masked:
    """A text without personal data."""

    text: str
    counts: Mapping[str, int]
    """How many of each kind were masked, by placeholder."""


class Masker:
    """Masks texts. Safe to share between threads."""

    def __init__(self, known: Callable[[], Iterable[str]] = lambda: ()) -> None:
        """Args:
        known: texts whose words name nobody, such as the corpus's own; asked for once, at the first text masked.
        """
        always = _names().nobody | STOP_WORDS["fr"] | STOP_WORDS["en"]
        self._known = cache(lambda: Vocabulary({*always, *(word for text in known() for word in words_of(text))}))

    def mask(self, text: str) -> Masked:
        """The text with a placeholder in place of each thing personal."""
        counts: Counter[str] = Counter()
        text = _UNSEEN.sub("", text)

        def put(kind: str) -> str:
            counts[kind] += 1
            return f"[{kind}]"

        for kind, pattern in _PATTERNS:
            text = pattern.sub(lambda _, kind=kind: put(kind), text)  # type: ignore[misc]
        text = _DIGITS.sub(lambda found: put(kind) if (kind := _number(found)) else found[0], text)
        text = _LOCAL_PHONE.sub(lambda found: put("PHONE") if _calls(found) else found[0], text)
        text = _names().masked(text, self._known(), lambda: put("NAME"))
        return Masked(text, dict(counts))


_PATTERNS = (
    ("SECRET", _SECRET),
    ("EMAIL", _EMAIL),
    ("EMAIL", _SPELT_EMAIL),
    ("LINK", _LINK),
    ("NAME", _HANDLE),
    ("IBAN", _UNSPACED_IBAN),
    ("IBAN", _IBAN),
    ("ADDRESS", _ADDRESS),
)


def _number(found: re.Match[str]) -> str:
    """The kind of a run of digits; nothing for an amount, dates, or a short one."""
    run = found[0].strip()
    digits = re.sub(r"\D", "", run)
    if len(digits) in _CARD_LENGTHS and luhn(digits):
        return "CARD"
    if run.startswith(("+", "(+", "00")) or re.fullmatch(r"0[1-9]\d{8}", digits):
        return "PHONE" if len(digits) >= 8 else ""
    if _calls(found):
        return "PHONE"
    if len(digits) < _LONG or _AMOUNT.fullmatch(run) or _YEARS.fullmatch(run):
        return ""
    return "PHONE" if digits.startswith("0") or len(digits) in (10, 11) else "NUMBER"


def _calls(found: re.Match[str]) -> bool:
    """Whether what comes before speaks of calling, and the run is no plain amount."""
    before = fold(found.string[max(0, found.start() - 40) : found.start()])
    return bool(_CALLING.search(before)) and not _AMOUNT.fullmatch(found[0].strip())


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a card's number."""
    odd = sum(int(digit) for digit in digits[-1::-2])
    return (odd + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


@cache
def _names() -> Names:
    raw: dict[str, str] = safe_yaml.load((Path(__file__).parent / "names.yaml").read_text(encoding="utf-8"))
    return Names.read(raw)
