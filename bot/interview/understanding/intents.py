"""What a message is when it is no answer: a command, not knowing, passing over, a question, nonsense."""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz import fuzz, process

from bot.interview.model import NUMERIC, Kind, Question
from bot.interview.understanding import lexicon
from bot.interview.understanding.said import Said

_SHRUG = re.compile("[\U0001f937\U0001f914\U0001f615\U0001f611]")
_REQUEST = lexicon.expression("intents", "request")
_MISTAKEN = re.compile(r"^(?:je me suis trompee?|j'ai fait une erreur|i made a mistake|i was wrong|oops|attends|wait) ")
_OR_NOT = re.compile(r"(?<!oui)(?<!yes) (?:ou (?:pas|non)|or not)$")
_SPEAKS = lexicon.expression("intents", "speaks")
_MOST_COMMAND_WORDS = 12
_PAST = re.compile(
    r"\b(?:a|ai|avons|ont|est|sont|have|has|had|ete) (?:deja |already )?(?:arrete|annule|abandonne|stop|cancel|quit)"
)
_MOST_ASIDE_WORDS = 8
_ADDRESS = re.compile(r"://|\bwww\.|@\w+\.")
_SUBJECT = re.compile(
    r"\b(?:externali|outsourc|nearshor|offshor|onshor|prestataire|provider|contrat|contract|cout|cost|prix|price|risqu|risk|"
    r"agent|client|customer|kpi|sla|volume|appel|call|qualit)\w*"
)
_UNSPOKEN = frozenset("bcdfghjklmnpqrstvwxz")


@cache
def _commands() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = lexicon.read("intents")["commands"].items()
    return tuple((name, re.compile("|".join(f"(?:{p})" for p in patterns))) for name, patterns in found)


@cache
def _one(key: str) -> re.Pattern[str]:
    return re.compile(lexicon.read("intents")[key])


def command(said: Said) -> str:
    """The command that the whole message is, or empty; a lone question mark asks for help."""
    if not said.bare and "?" in said.folded and not _SHRUG.search(said.raw):
        return "help"
    words = said.bare.lstrip("/ ")
    if said.folded.startswith("/"):
        words = words.replace("_", " ")
    full = re.sub(r"^(?:et|and|so|alors) ", "", said.folded.strip(" ?!.…/"))
    for form in dict.fromkeys((words, full, _REQUEST.sub("", words), _MISTAKEN.sub("", words))):
        plain = re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", form)).strip()
        for name, pattern in _commands():
            if pattern.fullmatch(plain):
                return name
    return ""


def loosely_commands(said: Said) -> str:
    """The command that a short sentence asks for, in no listed wording: « on s'arrête là pour aujourd'hui »."""
    words = re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", said.bare)).strip()
    if len(words.split()) > _MOST_COMMAND_WORDS or re.search("[0-9]", words):
        return ""
    return next((name for name, pattern in _loose_commands() if pattern.fullmatch(words)), "")


def command_in_any_order(said: Said) -> str:
    """The command of a message that holds one of its key words and no word but those that go with it."""
    words = re.findall(r"[a-z0-9]+", said.bare)
    if not 2 <= len(words) <= _MOST_COMMAND_WORDS or _PAST.search(said.bare):
        return ""
    told = frozenset(words)
    return next((name for name, keys, allowed in _bags() if told & keys and told <= allowed), "")


@cache
def _bags() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    known = lexicon.read("intents")
    function = frozenset(known["bag_function"].split())
    return tuple(
        (name, frozenset(bag["keys"].split()), function | frozenset(f"{bag['keys']} {bag['extras']}".split()))
        for name, bag in known["bags"].items()
    )


def cue(said: Said) -> str:
    """What a message that answers nothing is about: a command, ``unknown``, ``skip``, ``digression``, or empty."""
    if re.search("[0-9]", said.digits) or _ADDRESS.search(said.folded):
        return ""
    bare, full = (re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", form)).strip() for form in (said.bare, said.folded))
    if " " not in bare:
        return ""
    return next((name for name, pattern in _cues() if pattern.search(bare) or pattern.search(full)), "")


def asks_about_asking(said: Said) -> str:
    """``why`` or ``help`` when a short question is about the interview's own, not about the subject."""
    if len(said.bare.split()) > _MOST_ASIDE_WORDS or _SUBJECT.search(said.folded):
        return ""
    found = cue(said)
    return found if found in ("why", "help") else ""


@cache
def _cues() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(found)) for name, found in lexicon.read("intents")["cues"].items())


@cache
def _loose_commands() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lead = lexicon.read("intents")["loose_lead"]
    found = []
    for name, parts in lexicon.read("intents")["loose_commands"].items():
        rest = rf"(?: ?{parts['rest']})*"
        needs = rf" {parts['needs']}{rest}" if "needs" in parts else ""
        found.append((name, re.compile(rf"{lead}{parts['verb']}{rest}{needs}")))
    return tuple(found)


def near(said: Said, question: Question) -> str:
    """A command, ``unknown`` or ``skip`` with a slip of the finger; empty for free words, which may be anything."""
    if question.kind is Kind.TEXT or len(said.bare) < 6 or re.search("[0-9]", said.digits) or said.bare == "retours":
        return ""
    known: dict[str, str] = lexicon.read("intents")["near"]
    found = process.extractOne(said.bare, list(known), scorer=fuzz.ratio, score_cutoff=86)
    return known[found[0]] if found else ""


def unknown(said: Said, question: Question) -> bool:
    """Whether the whole message says that the person does not know."""
    if not said.bare:
        return bool(_SHRUG.search(said.raw))
    if _SHRUG.search(said.raw) and len(said.bare) < 4:
        return True
    if question.kind in NUMERIC and re.search("[0-9]", said.digits):
        return False
    if question.kind is not Kind.BOOLEAN and _one("undecided").fullmatch(said.bare):
        return True
    return bool(lexicon.pattern("intents", "unknown").fullmatch(said.bare))


def loosely_unknown(said: Said, question: Question) -> bool:
    """Whether the message says so among other words, without any figure."""
    if re.search("[0-9]", said.digits):
        return False
    unmeasured = question.kind in NUMERIC and _one("unmeasured").search(said.folded)
    return bool(unmeasured or _one("loose_unknown").search(said.folded))


def skips(said: Said) -> bool:
    """Whether the question is passed over."""
    return bool(lexicon.pattern("intents", "skip").fullmatch(said.bare.lstrip("/"))) or said.raw in ("⏭", "⏭️", "➡️")


def loosely_skips(said: Said, question: Question) -> bool:
    """Whether a sentence without any figure ends by passing over the question."""
    if (question.kind is Kind.TEXT or question.open) and not _SPEAKS.match(said.bare):
        return False
    if question.kind is Kind.BOOLEAN and re.match(r"(?:not?|non|pas)\b", said.bare):
        return False
    return not re.search("[0-9]", said.digits) and bool(_one("loose_skip").search(said.bare))


def small_talk(said: Said) -> bool:
    """A greeting, thanks, a jibe."""
    full = re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", said.folded)).strip()
    return bool(lexicon.pattern("intents", "small_talk").fullmatch(full))


def asks(said: Said) -> bool:
    """Whether it opens as a question or a request does."""
    pattern = lexicon.pattern("intents", "question_start")
    full = re.sub(r"[^\w' ]+", " ", said.folded).strip()
    if len(said.bare.split()) > 3 and _OR_NOT.search(said.bare):
        return True
    if _one("question_within").search(said.bare) and not re.search(r"\bsai[st]?\b|\bknow\b", said.bare):
        return True
    return bool(pattern.match(said.bare) or pattern.match(re.sub(r"\s+", " ", full)))


def hostile(said: Said) -> bool:
    """Whether it tries to steer or break the machine."""
    return bool(_one("hostile").search(said.folded) or _one("hostile").search(said.raw.lower()))


def nonsense(said: Said) -> bool:
    """Whether it is a run of keys, or nothing that names anything."""
    bare = said.bare
    letters = [c for c in bare if c.isalpha()]
    if len(letters) < 2 or _one("mash").fullmatch(bare):
        return True
    if re.search(r"(\w)\1{3,}", bare):
        return True
    return any(len(w) > 5 and set(w) <= _UNSPOKEN for w in bare.split())


def vague(said: Said) -> bool:
    """Whether it answers without saying how much."""
    return bool(_one("vague").search(said.folded))


def beside_the_point(said: Said) -> bool:
    """Whether words that answer nothing are a sentence of their own, rather than a poor answer."""
    if said.asks or asks(said) or small_talk(said):
        return True
    return about_oneself(said)


def inverted(said: Said) -> bool:
    """Whether a message that ends with a question mark is built as a question: « est-ce utile ? »."""
    return said.asks and bool(_one("inverted").search(said.folded))


def thanks(said: Said) -> bool:
    """Whether the whole message greets or thanks, and nothing else."""
    return bool(_one("thanks").fullmatch(re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", said.folded)).strip()))


def about_oneself(said: Said) -> bool:
    """Whether a message opens as a remark does, not as a name."""
    if _one("remark").match(said.bare):
        return True
    return len(said.bare.split()) >= 4 and bool(_one("off_topic_start").match(said.bare))
