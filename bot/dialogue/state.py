"""What is kept of one person's interview: the answers, and the little that a conversation needs beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from zlib import crc32

from bot.interview.answers import Answer, ContactFlow, Portfolio

MAX_TRAIL = 60
"""Steps that can be taken back."""

MAX_SEEN = 20
"""Messages remembered as handled."""


class Waiting(StrEnum):
    """What the next message is an answer to, when not to the interview's next question."""

    READ_BACK = "read_back"
    """Facts understood in one message: kept once confirmed."""
    EDIT = "edit"
    """An earlier answer to give again."""
    WHAT_IF = "what_if"
    """A value to try."""
    TRIED = "tried"
    """A change shown, to keep or to drop."""
    CANCEL = "cancel"
    RESTART = "restart"
    REMOVE = "remove"
    OFFER = "offer"
    """Nothing left can change the outcome: the result now, or the figures refined."""


@dataclass(frozen=True)
class Pending:
    """Something asked beside the interview's own questions."""

    waiting: Waiting
    name: str = ""
    """The field it is about."""
    given: Mapping[str, Answer] = field(default_factory=dict)
    flow: int = 0

    @property
    def token(self) -> str:
        """Eight characters that tell what is confirmed: an older yes must not confirm something else."""
        return f"{crc32(json.dumps(self.to_json(), sort_keys=True).encode()):08x}"

    def to_json(self) -> dict[str, Any]:
        """As kept."""
        given = {name: answer.to_json() for name, answer in self.given.items()}
        return {"waiting": self.waiting.value, "field": self.name, "given": given, "flow": self.flow}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Pending:
        """What ``to_json`` wrote."""
        given = {name: Answer.from_json(answer) for name, answer in kept["given"].items()}
        return cls(Waiting(kept["waiting"]), kept["field"], given, kept["flow"])


@dataclass(frozen=True)
class Dialogue:
    """One interview under way or finished. The next question is never kept: it is found from the answers."""

    nonce: str
    """Four characters that tell this interview's buttons from those of an earlier one."""
    portfolio: Portfolio = field(default_factory=lambda: Portfolio(flows=(ContactFlow(1),)))
    flow: int = 1
    """The flow that is talked about."""
    active: bool = True
    """False once put aside: messages are then questions, until the person comes back to it."""
    pending: Pending | None = None
    refining: tuple[int, ...] = ()
    """The flows whose figures are being refined."""
    finished: tuple[int, ...] = ()
    """The flows whose result was shown."""
    told: tuple[str, ...] = ()
    """What was pointed out once, as ``flow:alert``."""
    trail: tuple[tuple[int, str], ...] = ()
    """The answers in the order given, as (flow, field): what going back takes back."""
    seen: tuple[str, ...] = ()
    """The ids of the last messages handled: one delivered again after a crash has no second effect."""

    def having_seen(self, message: str) -> Dialogue:
        """The same, with one more message handled."""
        return replace(self, seen=(*self.seen, message)[-MAX_SEEN:]) if message else self

    @property
    def current(self) -> ContactFlow:
        """The flow that is talked about."""
        return self.portfolio.flow(self.flow) or self.portfolio.flows[0]

    @property
    def answers(self) -> dict[str, Answer]:
        """All that is answered about that flow."""
        return self.portfolio.answers_of(self.current)

    @property
    def refines(self) -> bool:
        """Whether that flow's figures are being refined."""
        return self.flow in self.refining

    def asking(self, pending: Pending | None) -> Dialogue:
        """The same, with something else to be answered first, or nothing."""
        return replace(self, pending=pending)

    def to_json(self) -> dict[str, Any]:
        """As kept in SQL."""
        return {
            "nonce": self.nonce,
            "portfolio": self.portfolio.to_json(),
            "flow": self.flow,
            "active": self.active,
            "pending": self.pending.to_json() if self.pending else None,
            "refining": list(self.refining),
            "finished": list(self.finished),
            "told": list(self.told),
            "trail": [list(step) for step in self.trail],
            "seen": list(self.seen),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Dialogue:
        """What ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is not that.
        """
        portfolio = Portfolio.from_json(kept["portfolio"])
        flow = int(kept["flow"])
        if portfolio.flow(flow) is None:
            raise ValueError("the flow talked about is one of the interview's")
        return cls(
            nonce=str(kept["nonce"]),
            portfolio=portfolio,
            flow=flow,
            active=bool(kept["active"]),
            pending=Pending.from_json(kept["pending"]) if kept["pending"] else None,
            refining=tuple(kept["refining"]),
            finished=tuple(kept["finished"]),
            told=tuple(kept["told"]),
            trail=tuple((int(flow), str(name)) for flow, name in kept["trail"]),
            seen=tuple(map(str, kept["seen"])),
        )


def restored(kept: Mapping[str, Any] | None, fields: Mapping[str, object]) -> Dialogue | None:
    """The interview kept, without the answers to questions that no longer exist; None when there is none to be read."""
    if kept is None:
        return None
    try:
        dialogue = Dialogue.from_json(kept)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    company = {f: a for f, a in dialogue.portfolio.company.items() if f in fields}
    flows = tuple(
        ContactFlow(flow.id, {f: a for f, a in flow.answers.items() if f in fields})
        for flow in dialogue.portfolio.flows
    )
    trail = tuple(step for step in dialogue.trail if step[1] in fields)
    pending = dialogue.pending
    if pending and (pending.name not in ("", *fields) or any(f not in fields for f in pending.given)):
        pending = None
    return replace(dialogue, portfolio=Portfolio(company, flows), trail=trail, pending=pending)
