"""What to ask next: answers are kept and replayed, so that going back, correcting and resuming cost nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.interview.answers import Answer, Answers, ContactFlow, Portfolio
from bot.interview.conditions import Predicates, evaluate, fields_of
from bot.interview.model import Facts, Interview, Question, Truth

Relevant = Callable[[Facts], tuple[str, ...]]
"""The fields whose answers could still change verdict, location or a gate: ``bot.advice``'s, given here."""

ALWAYS = ("flow_name", "interaction_type", "channels")
"""Asked of each flow whatever they change: they say what it is, to the person, the figures and the documents."""


@dataclass(frozen=True)
class Progress:
    """How far along a flow's interview is."""

    answered: int
    left: int
    """Questions that may still be asked, at most."""

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.answered / ((self.answered + self.left) or 1)


@dataclass(frozen=True)
class Engine:
    """An interview with what decides whether a question still matters. Stateless."""

    interview: Interview
    predicates: Predicates
    relevant: Relevant

    def facts(self, answers: Answers) -> Facts:
        """What is known, without the answers to questions that no longer apply."""
        known = {name: answer.value for name, answer in answers.items() if answer.value is not None}
        return {name: value for name, value in known.items() if self._applies(name, known)}

    def pending(self, answers: Answers, *, refine: bool = False) -> tuple[Question, ...]:
        """The questions still worth asking, in order.

        Args:
            answers: those of the company and of the flow.
            refine: whether to go on with what only sharpens figures.
        """
        facts = self.facts(answers)
        matter = set(self.relevant(facts))
        return tuple(
            q
            for q in self.interview.questions
            if q.id not in answers and (q.id in ALWAYS or q.id in matter or refine) and self._applies(q.id, facts)
        )

    def next(self, answers: Answers, *, refine: bool = False) -> Question | None:
        """The question to ask, or None when nothing left could change the outcome."""
        return next(iter(self.pending(answers, refine=refine)), None)

    def progress(self, answers: Answers, *, refine: bool = False) -> Progress:
        """How many questions are behind, and how many are left at most."""
        return Progress(len(answers), len(self.pending(answers, refine=refine)))

    def put(self, portfolio: Portfolio, flow_id: int, given: Mapping[str, Answer]) -> Portfolio:
        """The portfolio with these answers, the company's kept with the company; dependants are to be asked anew.

        Raises:
            KeyError: a field is no question of the interview, or there is no such flow.
        """
        flow = portfolio.flow(flow_id)
        if flow is None:
            raise KeyError(flow_id)
        company, own = dict(portfolio.company), dict(flow.answers)
        for field, answer in given.items():
            kept = company if self.interview.question(field).scope == "company" else own
            before = kept.pop(field, None)
            kept[field] = answer
            if before is not None and before.value != answer.value:
                for dependant in self._dependants(field):
                    if dependant not in given:
                        company.pop(dependant, None)
                        own.pop(dependant, None)
        return portfolio.with_company(company).with_flow(replace(flow, answers=own))

    def drop(self, portfolio: Portfolio, flow_id: int, field: str) -> Portfolio:
        """The portfolio without one answer, which is then asked again."""
        company = {f: a for f, a in portfolio.company.items() if f != field}
        flow = portfolio.flow(flow_id)
        changed = portfolio.with_company(company)
        if flow is None:
            return changed
        own = {f: a for f, a in flow.answers.items() if f != field}
        return changed.with_flow(ContactFlow(flow.id, own))

    def _dependants(self, field: str) -> tuple[str, ...]:
        return tuple(q.id for q in self.interview.questions if field in fields_of(q.ask_if))

    def _applies(self, field: str, facts: Facts) -> bool:
        question = self.interview.by_id.get(field)
        if question is None or question.ask_if is None:
            return True
        return evaluate(question.ask_if, facts, self.predicates).truth is Truth.YES
