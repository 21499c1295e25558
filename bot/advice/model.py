"""What the advice concludes: ranges, costs, findings, gates, and the recommendation that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.interview.model import Facts, Texts, Truth, Value


class Verdict(StrEnum):
    """What to do with one contact flow."""

    IN_HOUSE = "in_house"
    PARTIAL = "partial"
    FULL = "full"
    NOT_READY = "not_ready"


class Location(StrEnum):
    """Where the outsourced share goes."""

    ONSHORE = "onshore"
    NEARSHORE = "nearshore"
    OFFSHORE = "offshore"
    NONE = "none"


@dataclass(frozen=True)
class Range:
    """A figure that is not known exactly: ``low <= central <= high``, in one unit."""

    low: float
    central: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.central <= self.high:
            raise ValueError(f"a range goes up: {self.low}, {self.central}, {self.high}")

    @classmethod
    def exactly(cls, value: float) -> Range:
        """A figure that is known."""
        return cls(value, value, value)

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.central + other.central, self.high + other.high)

    def times(self, factor: float) -> Range:
        """Each end times a factor, which is not negative."""
        return Range(self.low * factor, self.central * factor, self.high * factor)


@dataclass(frozen=True)
class Assumption:
    """A figure that stands in for one the person did not give. Not from the sources; to be confirmed."""

    id: str
    label: Texts
    range: Range
    unit: Texts
    """« €/an par agent », « % »…"""
    field: str | None = None
    """The field whose answer would replace it, when there is one."""


@dataclass(frozen=True)
class CostLine:
    """One item of a cost."""

    id: str
    label: Texts
    range: Range
    """Euros: a year, or once for a line of transition."""
    assumed: bool
    """Whether it rests on an assumption and not only on answers."""
    cites: tuple[str, ...]
    """The corpus passages that name the item; the amount is never theirs."""


@dataclass(frozen=True)
class Swing:
    """One bar of the tornado: the three-year gain when one assumption or answer goes from end to end."""

    label: Texts
    at_low: float
    """Gain in euros over three years (positive: outsourcing costs less) with the figure at its low end."""
    at_high: float
    field: str | None = None


@dataclass(frozen=True)
class Staffing:
    """How many people the flow needs."""

    workload_fte: Range | None
    """From the volume, the handling time and the productive hours; None when one is unknown."""
    live_fte: Range | None
    """From Erlang C over the open hours, for live channels; None when unknown or not live."""
    seats_fte: float | None
    """The least to keep the needed hours open with one person, or two where the hours ask; None when not known."""
    needed_fte: Range | None
    """The largest of the above."""
    headcount: Range | None
    """What the internal cost rests on: the person's own FTE when given, else ``needed_fte``."""


@dataclass(frozen=True)
class Costs:
    """Both sides of the comparison. Every euro range is None when nothing could support it.

    Only the in-house side is given where no provider would quote a price worth comparing.
    """

    staffing: Staffing
    internal_year: Range | None
    external_year: Range | None
    """For a partial verdict, holds the share kept in-house."""
    tco3_internal: Range | None
    tco3_external: Range | None
    """Transition, three years, exit provision and churn."""
    internal_lines: tuple[CostLine, ...] = ()
    external_lines: tuple[CostLine, ...] = ()
    once_lines: tuple[CostLine, ...] = ()
    """Transition, exit and churn over the three years."""
    gain3: Range | None = None
    """tco3_internal less tco3_external, the two moving together: positive when outsourcing costs less."""
    gain3_pct: float | None = None
    """The central gain over the central internal total, per cent."""
    break_even: Texts = field(default_factory=dict)
    """Where both cost the same, in words; empty when it cannot be told."""
    break_even_volume: float | None = None
    """Contacts a month at which both cost the same over three years; None when there is none in reach."""
    lost_customers: float | None = None
    """How many customers lost over three years would cancel the central gain; None without a gain."""
    tornado: tuple[Swing, ...] = ()
    """Largest swing first."""
    assumptions: tuple[Assumption, ...] = ()
    share_out: Range | None = None
    """The share of the volume that goes outside, 0 to 1."""
    quote_based: bool = False
    """Whether the external price comes from the person's own quote."""
    opportunity_hours: Range | None = None
    """Hours a year that the team would get back: shown beside, never added."""
    alternative: bool = False
    """True when the verdict keeps the flow in-house: the external side is then the outsourcing that was considered."""
    priced_at: Location | None = None
    """Where the external side is priced; None without euros."""


class Direction(StrEnum):
    """What a finding speaks for."""

    IN_HOUSE = "in_house"
    OUTSOURCE = "outsource"
    PARTIAL = "partial"
    ONSHORE = "onshore"
    NEARSHORE = "nearshore"
    OFFSHORE = "offshore"
    PREPARE = "prepare"
    CAUTION = "caution"


@dataclass(frozen=True)
class Finding:
    """A rule that was looked at, and what became of it."""

    rule: str
    title: Texts
    direction: Direction
    truth: Truth
    """YES: it counts. NO: it does not hold. UNKNOWN: it could not be told."""
    because: Texts
    decided_by: tuple[str, ...]
    """The fields whose answers decided it."""
    missing: tuple[str, ...]
    """The fields that would decide it, when UNKNOWN."""
    cites: tuple[str, ...]
    decisive: bool = False
    """Whether verdict or location would be other without it."""


@dataclass(frozen=True)
class GateState:
    """One condition of readiness as it stands."""

    id: str
    title: Texts
    truth: Truth
    """YES: open. NO: closed. UNKNOWN: not established, so not open."""
    partly: bool
    """Open, with work left."""
    action: Texts
    weeks: tuple[float, float] | None
    because: Texts
    decided_by: tuple[str, ...]
    cites: tuple[str, ...]
    points: float
    """What it adds to the score."""
    of_points: float
    """What it could add."""

    @property
    def open(self) -> bool:
        """Whether the project may start as far as this gate goes."""
        return self.truth is Truth.YES


@dataclass(frozen=True)
class Readiness:
    """How ready the company is to hand the flow over."""

    score: int
    """0 to 100; held under 60 while a gate is closed."""
    gates: tuple[GateState, ...]


@dataclass(frozen=True)
class Change:
    """The smallest change of answers that gives another verdict or location."""

    answers: Mapping[str, Value]
    verdict: Verdict
    target: Verdict | None
    location: Location


@dataclass(frozen=True)
class Item:
    """One line of advice: a risk, an indicator, a clause, a step."""

    id: str
    title: Texts
    text: Texts
    """The advice itself, filled in for this flow."""
    cites: tuple[str, ...]
    assumed: bool = False
    """Ours and not the sources', labelled so."""
    level: int = 0
    """For a risk: 1 low, 2 medium, 3 high on this flow."""
    why: Texts = field(default_factory=dict)
    """For a risk: what makes it that high here."""
    weeks: tuple[float, float] | None = None
    """For a step of the roadmap."""


@dataclass(frozen=True)
class Plan:
    """How to go about it."""

    risks: tuple[Item, ...]
    """Highest first, with the mitigation as text."""
    kpis: tuple[Item, ...]
    sla: tuple[Item, ...]
    contract: tuple[Item, ...]
    partner: tuple[Item, ...]
    governance: tuple[Item, ...]
    people: tuple[Item, ...]
    roadmap: tuple[Item, ...]
    provider_questions: tuple[Item, ...]


@dataclass(frozen=True)
class Alert:
    """Something implausible, contradictory or to be watched, said once."""

    id: str
    text: Texts
    fields: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The heart of the recommendation: enough to compare two sets of answers."""

    verdict: Verdict
    target: Verdict
    """What to aim at after the preparation; the verdict itself unless that is NOT_READY."""
    location: Location
    """For the target."""
    confidence: float
    """0 to 1: falls with what is unknown."""
    readiness: Readiness
    findings: tuple[Finding, ...]
    """Every rule, whatever its truth, in order of precedence."""
    open_fields: tuple[str, ...]
    """Fields not known that could still change verdict, target, location or a gate."""
    extent: Facts = field(default_factory=dict)
    """What was concluded, as facts: ``target``, ``location``, ``push`` and ``extent``, the reasons for a part only."""
    vetoed: tuple[Verdict, Location, tuple[str, ...]] | None = None
    """The target, location and extent that costs ruled out; None when they did not."""


@dataclass(frozen=True)
class Recommendation:
    """All there is to say about one contact flow."""

    flow_name: str
    facts: Facts
    decision: Decision
    costs: Costs
    plan: Plan
    goes_out: tuple[Item, ...]
    """For a partial target: what goes outside."""
    stays: tuple[Item, ...]
    against: tuple[Item, ...]
    """The case against the verdict."""
    flips: tuple[Change, ...]
    missing: tuple[str, ...]
    """Fields not known that weigh on the verdict or on a figure, weightiest first."""
    warnings: tuple[Alert, ...]
    notes: tuple[Assumption, ...] = ()
    """Assumptions made while reading the answers."""
