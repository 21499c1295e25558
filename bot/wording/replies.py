"""Outcomes to replies: the text, its numbered citations and its buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from babel.dates import format_date

from bot.faq.outcome import Answer, NoAnswer, Outcome, Quote, Sentence, SmallTalk
from bot.messages import MAX_CODE_BYTES, Choice, Part, Reply, Style
from bot.wording import opinions
from bot.wording.catalogue import examples, say
from index.articles import Passage, Source

PASSAGE_CODE, LANGUAGE_CODE, EXAMPLE_CODE, AGAIN_CODE = "p", "l", "x", "a"
"""The first letter of a button's code: ``p:fr:article#section``, ``l:en``, ``x:fr:0``, ``a:en``."""

_DISAGREEMENTS = "sources-disagree"
_LABEL_CHARS = 60


def of(outcome: Outcome, *, long_message: bool = False, invitation: Choice | None = None) -> Reply:
    """The reply that tells an outcome; a refusal ends with the invitation: a person's own case is the interview's."""
    match outcome:
        case Answer():
            return answer(outcome, long_message=long_message)
        case NoAnswer():
            return no_answer(outcome, invitation)
        case SmallTalk(lang=lang, kind=kind):
            return Reply.of(say(lang, kind), example_rows(lang) if kind in ("greeting", "abilities") else ())


def answer(outcome: Answer, *, long_message: bool = False) -> Reply:
    """The quotes, each with its number; what the further passages add under a heading; the sources."""
    lang = outcome.lang
    numbers = {passage: n for n, passage in enumerate(outcome.passages, 1)}
    opening = _opening(lang, outcome.quotes[0].passage, outcome.who_says, long_message)
    parts = [Part("\n".join(opening) + "\n\n", Style.ITALIC)] if opening else []
    lead, *others = outcome.quotes
    if outcome.sentences:
        parts.append(Part(_told(outcome.sentences, numbers)))
        parts.append(Part(f"\n\n{say(lang, 'written_by_model')}", Style.ITALIC))
    else:
        parts.append(Part(_numbered(lead, numbers[lead.passage])))
    if others and not outcome.sentences:
        parts += [Part("\n\n"), Part(say(lang, "also"), Style.BOLD)]
        parts += [Part("\n" + _numbered(quote, numbers[quote.passage])) for quote in others]
    if outcome.words_only:
        parts += [Part("\n\n"), Part(say(lang, "words_only"), Style.ITALIC)]
    parts += [Part("\n\n"), Part(say(lang, "sources_footer"), Style.BOLD)]
    cited = "".join("\n" + citation(passage, number, lang) for passage, number in numbers.items())
    parts.append(Part(cited, Style.DETAIL))
    rows = [tuple(passage_choice(p, f"[{n}]") for p, n in numbers.items() if _fits(p))]
    rows = [row for row in rows if row]
    rows += [(passage_choice(p, _see(p, lang)),) for p in _disagreements_first(outcome.see_also) if _fits(p)]
    rows.append(opinions.answer_row(outcome.passages, lang))
    other = "en" if lang == "fr" else "fr"
    rows.append((Choice(say(lang, "language_switch"), f"{AGAIN_CODE}:{other}"),))
    return Reply(tuple(parts), tuple(rows))


def overhead(lang: str, lead: Passage, who_says: bool, long_message: bool, words_only: bool = False) -> int:
    """Characters that an answer holds besides its quotes and citations, at most."""
    framing = len(say(lang, "also")) + len(say(lang, "sources_footer")) + len("\n\n\n\n")
    framing += len("\n\n" + say(lang, "words_only")) if words_only else 0
    return framing + sum(len(line) + 2 for line in _opening(lang, lead, who_says, long_message))


def _opening(lang: str, lead: Passage, who_says: bool, long_message: bool) -> list[str]:
    lines = [say(lang, "long_message")] if long_message else []
    lines += [say(lang, "other_language")] if lead.lang != lang else []
    return [*lines, say(lang, "who_says", speaker=speaker(lead.source, lang))] if who_says else lines


def citation_cost(passage: Passage, lang: str) -> int:
    """Characters that citing one passage adds to an answer: its number, and its line among the sources."""
    return len(" [1]") + 2 * len("\n") + len(citation(passage, 1, lang))


def citation(passage: Passage, number: int, lang: str) -> str:
    """A line of the sources: number, article, section, and who speaks when the document says."""
    publisher = passage.source.publisher
    named = say(lang, "citation_speaker", speaker=publisher) if publisher else ""
    return say(lang, "citation", number=number, article=passage.article, heading=passage.heading, speaker=named)


def no_answer(outcome: NoAnswer, invitation: Choice | None = None) -> Reply:
    """A plain refusal, what the corpus lacks when that is known, and the nearest sections as buttons."""
    lang = outcome.lang
    reason = outcome.reason
    plain = "no_answer_words_only" if outcome.words_only else "no_answer"
    parts = [Part(say(lang, "no_answer_because", reason=reason) if reason else say(lang, plain))]
    closing = say(lang, "no_answer_nearest" if outcome.nearest else "no_answer_nothing")
    parts.append(Part(f"\n\n{closing}"))
    rows = [(passage_choice(p, _see(p, lang)),) for p in outcome.nearest if _fits(p)]
    return Reply(tuple(parts), (*rows, (invitation,)) if invitation else tuple(rows))


def passage(found: Passage, lang: str) -> Reply:
    """One passage whole, with its document: what a citation's button opens."""
    parts = [Part(found.heading, Style.BOLD), Part("\n\n"), Part(_bulleted(found.text), Style.QUOTE), Part("\n")]
    lines = [found.article, say(lang, "passage_source", source=document(found.source, lang))]
    if found.reviewed:
        lines.append(say(lang, "passage_reviewed", date=_day(found.reviewed, lang)))
    parts.append(Part("\n".join(lines), Style.ITALIC))
    return Reply(tuple(parts))


def document(source: Source, lang: str) -> str:
    """A document in full: title, who speaks, date."""
    title = f"« {source.title} »" if lang == "fr" else f"“{source.title}”"
    bits = [title if source.title else "", speaker(source, lang)]
    if source.date:
        bits.append(_day(source.date, lang))
    return ", ".join(bit for bit in bits if bit)


def speaker(source: Source, lang: str) -> str:
    """Who speaks in a document: publisher and author where known, and what they sell."""
    if source.publisher:
        named = f"{source.publisher} ({source.author})" if source.author else source.publisher
        return f"{named}, {source.nature}" if source.nature else named
    return source.nature or say(lang, "several_sources")


def passage_choice(found: Passage, label: str) -> Choice:
    """A button that opens a passage."""
    return Choice(label, _passage_code(found))


def _passage_code(found: Passage) -> str:
    return f"{PASSAGE_CODE}:{found.lang}:{found.id}"


def _fits(found: Passage) -> bool:
    """Whether a button can name the passage: an operator's ids may be too long for that."""
    return len(_passage_code(found).encode()) <= MAX_CODE_BYTES


def example_rows(lang: str) -> tuple[tuple[Choice, ...], ...]:
    """The newcomer's questions as buttons, one a row."""
    return tuple((Choice(text, f"{EXAMPLE_CODE}:{lang}:{n}"),) for n, text in enumerate(examples(lang)))


def _see(found: Passage, lang: str) -> str:
    label = say(lang, "disagree" if found.article_id == _DISAGREEMENTS else "see", heading=found.heading)
    return label if len(label) <= _LABEL_CHARS else label[: _LABEL_CHARS - 1].rstrip() + "…"


def _disagreements_first(passages: tuple[Passage, ...]) -> list[Passage]:
    return sorted(passages, key=lambda p: p.article_id != _DISAGREEMENTS)


def _numbered(quote: Quote, number: int) -> str:
    return f"{_bulleted(quote.text)} [{number}]"


def _told(sentences: Sequence[Sentence], numbers: Mapping[Passage, int]) -> str:
    """Sentences in a row, lists on lines of their own; a passage's number after the last that rests on it."""
    text = ""
    for at, sentence in enumerate(sentences):
        after = sentences[at + 1].passages if at + 1 < len(sentences) else ()
        marks = "" if after == sentence.passages else "".join(f"\u00a0[{numbers[p]}]" for p in sentence.passages)
        on_lines = "\n" in sentence.text or (at and "\n" in sentences[at - 1].text)
        text += ("\n" if on_lines else " ") * bool(text) + _bulleted(sentence.text) + marks
    return text


def _bulleted(text: str) -> str:
    return re.sub(r"^- ", "• ", text, flags=re.MULTILINE)


def _day(iso: str, lang: str) -> str:
    try:
        return format_date(date.fromisoformat(iso), "long", locale=lang)
    except ValueError:
        return iso
