"""The front door of the dialogue: commands, buttons and messages to their turns."""

from __future__ import annotations

from bot.dialogue.actions import again, asked_now, do, skip
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.opening import invitation, open_, wants_to_start
from bot.dialogue.presses import pressed
from bot.dialogue.state import Dialogue
from bot.dialogue.words import heard
from bot.interview.model import Interview
from bot.messages import Choice, Reply
from bot.wording.catalogue import say

COMMANDS = {
    "entretien": "open", "interview": "open", "evaluer": "open", "diagnostic": "open", "assess": "open",
    "resume": "summary", "resumé": "summary", "summary": "summary", "recap": "summary",
    "retour": "back", "back": "back",
    "annuler": "cancel", "cancel": "cancel",
    "recommencer": "restart", "restart": "restart",
    "resultat": "result", "result": "result",
    "flux": "portfolio", "flows": "portfolio",
    "pourquoi": "why", "why": "why",
    "passer": "skip", "skip": "skip",
}  # fmt: skip
"""What is typed after a slash, to what it does."""


class Interviewer:
    """Leads interviews. Holds none: each comes with its turn. Safe to share between threads."""

    def __init__(self, interview: Interview) -> None:
        self.desk = Desk(interview)

    def invitation(self, dialogue: Dialogue | None, lang: str) -> Choice:
        """The button that leads into the interview."""
        return invitation(dialogue, lang)

    def command(self, name: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
        """What a command does; None when it is not one of the interview's, or there is no interview to do it to."""
        action = COMMANDS.get(name)
        if action is None:
            return None
        if action == "open":
            return open_(self.desk, dialogue, lang, around)
        if dialogue is None:
            start = (self.invitation(None, lang),)
            return Turn((Reply.of(say(lang, "no_interview"), (start,)),), None)
        if action == "skip":
            return skip(self.desk, dialogue, lang)
        return do(self.desk, action, "", dialogue, lang, around)

    def press(self, code: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
        """What a button does; None when its code is not the interview's. One of an earlier interview is refused."""
        return pressed(self.desk, code, dialogue, lang, around)

    def text(self, text: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
        """What a message says; None when it is a question for the corpus and no interview waits for an answer."""
        if (dialogue is None or not dialogue.active) and wants_to_start(text):
            return open_(self.desk, dialogue, lang, around)
        return heard(self.desk, text, dialogue, lang, around) if dialogue else None

    def waits(self, dialogue: Dialogue) -> bool:
        """Whether the next message in words would be an answer."""
        return dialogue.active and (dialogue.pending is not None or asked_now(self.desk, dialogue) is not None)

    def again(self, dialogue: Dialogue, lang: str) -> Turn:
        """Where the person is, without any effect: for a message that was delivered twice."""
        return again(self.desk, dialogue, lang)._replace(dialogue=dialogue)
