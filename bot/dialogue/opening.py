"""Beginning, resuming, starting over; and what to say to a button that means nothing any more."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.answering import go_on
from bot.dialogue.codes import RESTART_ASK, RESUME, START, opening
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.flows import flow_name
from bot.dialogue.state import Dialogue
from bot.messages import Choice, Part, Reply
from bot.wording.catalogue import say
from index.analyzer import fold

_ASKING_TO_START = re.compile(
    r"\b(?:commenc\w*|demarr\w*|lanc\w*|fai\w*|repren\w*|reprise|pass\w*|start|begin|resume|take|do|run)\b.{0,30}"
    r"\b(?:entretien|interview|evaluation|diagnostic|assessment)\b"
    r"|\b(?:evaluer?|evaluez|assess)\b.{0,20}\b(?:mes?|nos?|notre|mon|un|my|our|a) (?:flux|flows?)\b"
)
_LONGEST_WISH = 80


def wants_to_start(text: str) -> bool:
    """Whether a message asks for the interview: « on commence l'entretien », "assess my flows"."""
    return len(text) <= _LONGEST_WISH and "?" not in text and bool(_ASKING_TO_START.search(fold(text)))


def invitation(dialogue: Dialogue | None, lang: str) -> Choice:
    """The button that leads into the interview."""
    if dialogue is None:
        return opening(say(lang, "button_start"), START)
    return opening(say(lang, "button_resume"), RESUME)


def open_(desk: Desk, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn:
    """The interview where it stopped, or a new one."""
    if dialogue is None:
        return restarted(desk, lang, around)
    resumed = replace(dialogue, active=True, pending=None)
    if not resumed.answers:
        return restarted(desk, lang, around)
    welcome = Part(say(lang, "resumed", name=flow_name(resumed.current, lang)))
    turn = go_on(desk, resumed, lang, [welcome])
    *others, last = turn.replies
    again = opening(say(lang, "button_restart"), RESTART_ASK)
    return Turn((*others, replace(last, choices=(*last.choices, (again,)))), turn.dialogue)


def restarted(desk: Desk, lang: str, around: Surroundings) -> Turn:
    """A new interview's first question."""
    return go_on(desk, Dialogue(around.nonce()), lang, [Part(say(lang, "interview_opening"))])


def stale(desk: Desk, dialogue: Dialogue | None, lang: str) -> Turn:
    """A button of an interview that is no more, or that says nothing: where the person is, is shown again."""
    if dialogue is None:
        return Turn((Reply.of(say(lang, "stale_interview"), ((invitation(None, lang),),)),), None)
    return go_on(desk, dialogue.asking(None), lang, [Part(say(lang, "stale_question"))])
