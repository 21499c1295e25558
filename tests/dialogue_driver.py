"""A conversation with the interviewer in a line or two: typed, pressed and commanded, without any channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from bot.advice.model import Recommendation
from bot.dialogue.desk import Surroundings, Turn
from bot.dialogue.interviewer import Interviewer
from bot.dialogue.state import Dialogue, restored
from bot.interview.answers import Answer
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts, Question
from bot.messages import MAX_CODE_BYTES, Choice, Reply

INTERVIEW = shipped_interview()
INTERVIEWER = Interviewer(INTERVIEW)
"""Shared: it holds no conversation, only what it has reckoned already."""

COMPANY: dict[str, Any] = {
    "objective": ("cost",),
    "objectives_defined": True,
    "priority": "balance",
    "location_constraint": "none",
    "sector": "meubles",
    "pilot_capacity": 0.5,
    "time_horizon_months": 12,
}
"""All that is asked of the company once."""

READY: dict[str, Any] = {
    "objective": ("peaks",),
    "pilot_capacity": 1,
    "process_documented": "yes",
    "baseline_kpis_known": True,
    "flow_name": "Suivi",
    "interaction_type": ("orders",),
    "channels": ("phone", "email"),
    "monthly_volume": 8_000,
    "aht_minutes": 5,
    "volume_certainty": "stable",
    "complexity": 1,
    "scripted": True,
    "regulated": "none",
    "brand_criticality": "low",
    "core_business": False,
    "flow_strategic": False,
    "unique_knowhow": False,
    "internal_skill_gap": False,
    "already_outsourced": False,
    "hours_needed": "Mon-Sat 08:00-20:00",
    "hours_covered_today": "Mon-Fri 09:00-18:00",
    "languages_needed": ("fr",),
    "peak_factor": 3,
    "agents_fte": 8,
    "loaded_cost_per_agent_eur_year": 38_000,
}
"""A flow that is ready to go outside, fully told but for a quote."""

TODAY = date(2026, 3, 2)
STALE = {"fr": "Ce bouton", "en": "That button"}


@dataclass
class Talk:
    """One person's interview, kept as JSON between any two messages, as it is between two runs of the bot."""

    lang: str = "fr"
    replies: tuple[Reply, ...] = ()
    """What was said last."""
    shown: list[Choice] = field(default_factory=list)
    """Every button shown so far."""
    asked_corpus: list[str] = field(default_factory=list)
    _kept: str = "null"
    _nonces: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def begun(cls, lang: str = "fr", **answers: Any) -> Talk:
        """An interview at its first question, or with these answers given already, the company's too."""
        talk = cls(lang)
        talk.command("interview")
        if answers:
            talk.give(**answers)
        return talk

    @property
    def dialogue(self) -> Dialogue:
        """The interview under way."""
        kept = restored(json.loads(self._kept), INTERVIEW.by_id)
        assert kept is not None
        return kept

    @property
    def going(self) -> bool:
        """Whether there is an interview."""
        return self._kept != "null"

    @property
    def asked(self) -> Question | None:
        """The interview's next question about the flow talked about."""
        return INTERVIEWER.desk.next(self.dialogue)

    @property
    def facts(self) -> Facts:
        """What is known of the flow talked about."""
        return INTERVIEWER.desk.facts(self.dialogue)

    @property
    def recommendation(self) -> Recommendation:
        """For the flow talked about."""
        return INTERVIEWER.desk.recommendation(self.dialogue)

    @property
    def told(self) -> str:
        """All that was said last, as a person reads it."""
        return "\n".join(reply.plain for reply in self.replies)

    @property
    def buttons(self) -> list[Choice]:
        """The buttons under what was said last."""
        return [button for reply in self.replies for row in reply.choices for button in row]

    def answers(self, flow: int | None = None) -> dict[str, Any]:
        """The values kept about a flow, the company's too; None where the person does not know."""
        kept = self.dialogue.portfolio
        found = kept.flow(self.dialogue.flow if flow is None else flow)
        assert found is not None
        return {name: answer.value for name, answer in kept.answers_of(found).items()}

    def give(self, **answers: Any) -> None:
        """Keep answers at once, as if they had been given."""
        given = {name: value if isinstance(value, Answer) else Answer(value) for name, value in answers.items()}
        dialogue = self.dialogue
        put = INTERVIEWER.desk.engine.put(dialogue.portfolio, dialogue.flow, given)
        self._keep(Dialogue(**{**vars(dialogue), "portfolio": put}))

    def types(self, text: str) -> str:
        """Type a message; what is said back, or nothing when it is for the corpus and outside of the interview."""
        return self._turn(INTERVIEWER.text(text, self.dialogue, self.lang, self._around()))

    def presses(self, label: str) -> str:
        """Press the button under what was said last that says so, or begins so."""
        labels = [button.label for button in self.buttons]
        found = [b for b in self.buttons if b.label == label] or [b for b in self.buttons if label in b.label]
        assert found, f"no button {label!r} among {labels}"
        return self.press(found[0].code)

    def press(self, code: str) -> str:
        """Send a button's code, whichever."""
        dialogue = self.dialogue if self.going else None
        return self._turn(INTERVIEWER.press(code, dialogue, self.lang, self._around()))

    def command(self, name: str) -> str:
        """A slash command."""
        dialogue = self.dialogue if self.going else None
        return self._turn(INTERVIEWER.command(name, dialogue, self.lang, self._around()))

    def _turn(self, turn: Turn | None) -> str:
        if turn is None:
            self.replies = ()
            return ""
        assert turn.replies, "something is always said"
        self.replies = turn.replies
        for reply in turn.replies:
            assert reply.plain.strip(), "a reply says something"
        for button in self.buttons:
            assert len(button.code.encode()) <= MAX_CODE_BYTES
        self.shown += self.buttons
        self._keep(turn.dialogue)
        return self.told

    def _keep(self, dialogue: Dialogue | None) -> None:
        if dialogue is None:
            self._kept = "null"
            return
        self._kept = json.dumps(dialogue.to_json(), allow_nan=False)
        assert self.dialogue == dialogue, "an interview reads back as it was written"

    def _around(self) -> Surroundings:
        def answer(question: str) -> Reply:
            self.asked_corpus.append(question)
            return Reply.of(f"[{question}]")

        return Surroundings(answer, lambda lang: str.upper, lambda: TODAY, lambda: f"{next(self._nonces):04x}")
