"""What every part of the dialogue works with: the interview, its engine and its advice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bot.advice.decision import outcome
from bot.advice.model import Assumption, Location, Range, Recommendation, Verdict
from bot.advice.open_fields import open_fields
from bot.advice.predicates import PREDICATES
from bot.advice.recommend import recommend
from bot.advice.ruling import weigh
from bot.dialogue.proposals import Asks
from bot.dialogue.state import Dialogue, restored
from bot.interview.answers import Answer, ContactFlow, bounds_of
from bot.interview.engine import Engine
from bot.interview.model import Facts, Interview, Question, Value
from bot.messages import Reply
from bot.sessions import Session

Titles = Callable[[str], str]
"""A passage's id to the article and section it is cited by."""

_REMEMBERED = 256


class Turn(NamedTuple):
    """What one message leads to."""

    replies: tuple[Reply, ...]
    dialogue: Dialogue | None
    """The interview afterwards; None when there is none any more."""


class Surroundings(NamedTuple):
    """What the dialogue needs of the world outside the interview."""

    answer: Callable[[str], Reply]
    """The corpus's answer to a question asked in the middle."""
    titles: Callable[[str], Titles]
    """By language."""
    today: Callable[[], date]
    nonce: Callable[[], str]
    """Four characters for a new interview's buttons."""
    model: Asks | None = None
    """What may propose answers from a paragraph; None without a language model."""


class Desk:
    """Stateless but for what it has reckoned already; shared by all conversations."""

    def __init__(self, interview: Interview) -> None:
        self.interview = interview
        self.engine = Engine(interview, PREDICATES, self._relevant)
        self._reckoned = lru_cache(_REMEMBERED)(self._reckon)
        self._opened = lru_cache(_REMEMBERED)(self._open)

    def dialogue(self, session: Session) -> Dialogue | None:
        """The interview kept in a session, if there is one that can be read."""
        return restored(session.interview, self.interview.by_id)

    def facts(self, dialogue: Dialogue, changes: Mapping[str, Answer] | None = None) -> Facts:
        """What is known of the flow talked about."""
        return self.engine.facts({**dialogue.answers, **(changes or {})})

    def next(self, dialogue: Dialogue) -> Question | None:
        """The interview's next question about that flow; None when it has come to its result."""
        return self.engine.next(dialogue.answers, refine=dialogue.refines)

    def outcome(self, answers: Mapping[str, Answer]) -> tuple[Verdict, Verdict, Location]:
        """Verdict, target and location of these answers about a flow, ranges included."""
        facts = self.engine.facts(answers)
        return outcome(self.interview, facts, bounds_of({name: answers[name] for name in facts}))

    def recommendation(
        self, dialogue: Dialogue, flow: ContactFlow | None = None, changes: Mapping[str, Answer] | None = None
    ) -> Recommendation:
        """The recommendation for a flow, with some answers changed if wanted; reckoned once for the same answers."""
        answers = {**dialogue.portfolio.answers_of(flow or dialogue.current), **(changes or {})}
        facts = self.engine.facts(answers)
        return self._reckoned(tuple((name, answers[name]) for name in sorted(facts)))

    def _relevant(self, facts: Facts) -> tuple[str, ...]:
        return self._opened(frozenset(facts.items()))

    def _open(self, known: frozenset[tuple[str, Value]]) -> tuple[str, ...]:
        facts = dict(known)
        return open_fields(self.interview, facts, weigh(self.interview, facts, PREDICATES), PREDICATES)

    def _reckon(self, given: tuple[tuple[str, Answer], ...]) -> Recommendation:
        answers = dict(given)
        facts = {name: answer.value for name, answer in answers.items() if answer.value is not None}
        notes = [_note(self.interview.question(name), a) for name, a in answers.items() if a.assumption]
        return recommend(self.interview, facts, bounds_of(answers), notes)


def _note(question: Question, answer: Answer) -> Assumption:
    """What was assumed to read an answer, told among the assumptions in the language it was read in."""
    value = answer.value
    figure = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    label = {
        "fr": f"{question.label['fr']}\u00a0: {answer.assumption}",
        "en": f"{question.label['en']}: {answer.assumption}",
    }
    return Assumption(f"reading-{question.id}", label, Range.exactly(figure), question.unit, question.id)
