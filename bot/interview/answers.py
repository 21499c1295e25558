"""What a person has answered: the company once, then each contact flow. Immutable; kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.interview.model import Facts, Value


@dataclass(frozen=True)
class Answer:
    """What the person said to one question."""

    value: Value | None = None
    """None: the person does not know, or skipped the question."""
    low: float | None = None
    """The bounds of a range, when one was given; the value is then its middle."""
    high: float | None = None
    skipped: bool = False
    """True when passed over, rather than not known."""
    assumption: str = ""
    """What was assumed to read it, as told to the person."""

    def to_json(self) -> dict[str, Any]:
        """As kept: only what is not the default."""
        kept: dict[str, Any] = {}
        if self.value is not None:
            kept["value"] = list(self.value) if isinstance(self.value, tuple) else self.value
        for name in ("low", "high"):
            if getattr(self, name) is not None:
                kept[name] = getattr(self, name)
        if self.skipped:
            kept["skipped"] = True
        if self.assumption:
            kept["assumption"] = self.assumption
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Answer:
        """What ``to_json`` wrote."""
        value = kept.get("value")
        return cls(
            tuple(value) if isinstance(value, list) else value,
            kept.get("low"),
            kept.get("high"),
            bool(kept.get("skipped")),
            str(kept.get("assumption", "")),
        )


Answers = Mapping[str, Answer]
"""Answers by field id, in the order in which they were given."""


@dataclass(frozen=True)
class ContactFlow:
    """One contact flow's answers."""

    id: int
    """Never given twice within a portfolio."""
    answers: Answers = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the person calls it; empty while not named."""
        named = self.answers.get("flow_name")
        return str(named.value) if named and named.value is not None else ""


@dataclass(frozen=True)
class Portfolio:
    """Everything answered in one interview: the company, and its contact flows. Position is found by replay."""

    company: Answers = field(default_factory=dict)
    flows: tuple[ContactFlow, ...] = ()

    def flow(self, flow_id: int) -> ContactFlow | None:
        """The flow of that id."""
        return next((flow for flow in self.flows if flow.id == flow_id), None)

    def next_id(self) -> int:
        """An id for one more flow."""
        return max((flow.id for flow in self.flows), default=0) + 1

    def answers_of(self, flow: ContactFlow) -> dict[str, Answer]:
        """All that is answered about a flow, the company's answers first."""
        return {**self.company, **flow.answers}

    def with_company(self, answers: Answers) -> Portfolio:
        """The same flows under these company answers."""
        return replace(self, company=dict(answers))

    def with_flow(self, flow: ContactFlow) -> Portfolio:
        """The flow added, or put in the place of the one with its id."""
        if self.flow(flow.id) is None:
            return replace(self, flows=(*self.flows, flow))
        return replace(self, flows=tuple(flow if old.id == flow.id else old for old in self.flows))

    def without_flow(self, flow_id: int) -> Portfolio:
        """The flow removed."""
        return replace(self, flows=tuple(flow for flow in self.flows if flow.id != flow_id))

    def to_json(self) -> dict[str, Any]:
        """As kept in SQL."""
        return {
            "company": {k: a.to_json() for k, a in self.company.items()},
            "flows": [{"id": f.id, "answers": {k: a.to_json() for k, a in f.answers.items()}} for f in self.flows],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Portfolio:
        """What ``to_json`` wrote."""

        def answers(raw: Mapping[str, Any]) -> dict[str, Answer]:
            return {k: Answer.from_json(a) for k, a in raw.items()}

        flows = tuple(ContactFlow(f["id"], answers(f["answers"])) for f in kept.get("flows", ()))
        return cls(answers(kept.get("company", {})), flows)


def facts_of(answers: Answers) -> Facts:
    """What is known, without what is not."""
    return {name: answer.value for name, answer in answers.items() if answer.value is not None}


def bounds_of(answers: Answers) -> dict[str, tuple[float, float]]:
    """The ends of the ranges that were given, by field."""
    return {
        name: (answer.low, answer.high)
        for name, answer in answers.items()
        if answer.low is not None and answer.high is not None
    }
