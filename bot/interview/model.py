"""What an interview is made of: questions, conditions, rules, gates and worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

Value = str | bool | int | float | tuple[str, ...]
"""One answer, in its canonical form: see ``Kind``."""

Facts = Mapping[str, Value]
"""What is known, by field id. An absent field is not known."""

Texts = Mapping[str, str]
"""A sentence by language, ``fr`` and ``en``."""


class Kind(StrEnum):
    """How an answer is read and kept. Numbers are int or float in the unit named here."""

    VOLUME = "volume"  # contacts in a normal month
    DURATION = "duration"  # minutes
    MONTHS = "months"  # months
    MONEY = "money"  # euros a year
    PERCENT = "percent"  # per cent: 30, not 0.3; may be negative
    COUNT = "count"  # people, full-time equivalents; may be fractional
    FACTOR = "factor"  # times a normal month: 3
    SCORE = "score"  # NPS, -100 to 100
    CHOICE = "choice"  # one option's value
    CHOICES = "choices"  # several options' values, a tuple
    BOOLEAN = "boolean"
    SCHEDULE = "schedule"  # weekly hours: ``Mon-Fri 09:00-18:00, Sat 09:00-12:00`` or ``24/7``
    LANGUAGES = "languages"  # ISO 639-1 codes, a tuple
    TEXT = "text"  # free words, at most 200 characters


NUMERIC = frozenset(
    {Kind.VOLUME, Kind.DURATION, Kind.MONTHS, Kind.MONEY, Kind.PERCENT, Kind.COUNT, Kind.FACTOR, Kind.SCORE}
)


class Truth(StrEnum):
    """Three-valued: what rests on something not known is neither true nor false."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Option:
    """One answer that may be chosen."""

    value: str | bool | int
    """As kept: ``nearshore``, ``2``; true or false for a yes/no question."""
    label: Texts
    """What its button says, 30 characters at most."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other ways to say it, by language, lower case."""


@dataclass(frozen=True)
class Question:
    """One thing asked of the person."""

    id: str
    """The field id: the key of its answer everywhere."""
    scope: Literal["company", "flow"]
    kind: Kind
    ask: Texts
    """The question as the person reads it."""
    label: Texts
    """What the answer is called in a summary: « Volume mensuel »."""
    why: Texts
    """Why it is asked, one or two sentences."""
    cites: tuple[str, ...]
    """Corpus passages that say so, ``article#section``."""
    options: tuple[Option, ...] = ()
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Answers a person may type, by language; every one is understood (tested)."""
    unit: Texts = field(default_factory=dict)
    """Shown after the number: « contacts/mois »."""
    low: float | None = None
    """The least plausible number; below it the answer is refused."""
    high: float | None = None
    ask_if: Condition | None = None
    """Asked only when this is not NO; None: always."""
    open: bool = False
    """True when the options are only suggestions and other words are kept as typed."""
    refines: bool = False
    """True when it sharpens figures only, and is asked when the person wants to refine."""
    probes: tuple[Value, ...] = ()
    """Values tried to find what the answer could change; of a choice or a yes/no, the options themselves."""

    def option(self, value: Value) -> Option | None:
        """The option of that value."""
        return next((o for o in self.options if o.value == value and type(o.value) is type(value)), None)


@dataclass(frozen=True)
class Test:
    """A field compared with a value. Unknown while the field is."""

    field: str
    op: Literal["is", "in", "has", "above", "below", "at_least", "at_most"]
    """``in``: the value is one of these; ``has``: the list holds one of these; bounds: numbers."""
    operand: Value


@dataclass(frozen=True)
class Known:
    """Whether one of these fields has an answer: NO while none has, and then open to change."""

    fields: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A predicate of the advice, written and tested in Python, by its name."""

    name: str


@dataclass(frozen=True)
class All:
    """Every one holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Any_:
    """At least one holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The condition does not hold."""

    condition: Condition


Condition = Test | Known | Named | All | Any_ | Not


@dataclass(frozen=True)
class Example:
    """A worked example inside a rule: these answers make it fire, or not, or leave it open."""

    answers: Facts
    fires: Truth


class Stage(StrEnum):
    """Where a rule stands in the order of precedence; each stage yields to the one above it."""

    KEEP = "keep"
    """The flow stays in-house, whatever speaks for leaving. ``then: {verdict: in_house}``."""
    PUSH = "push"
    """A reason to go outside. ``then: {push: economic|specialisation}``; with ``partial: <reason>``, it alone carries
    only a part of the flow outside."""
    CAP = "cap"
    """``then: {at_most: partial, reason: <reason>}``; with ``unknown_counts: true``, also when it cannot be told."""
    CONSTRAINT = "constraint"
    """``then: {exclude: [offshore, ...]}``; ``unknown_counts`` as for a cap."""
    LOCATION = "location"
    """``then: {prefer: onshore|nearshore|offshore, weight: number above 0}``."""
    NOTE = "note"
    """Weighs on nothing, is said. ``then: {direction: caution|prepare|in_house|outsource}``."""


@dataclass(frozen=True)
class Rule:
    """One reason that weighs on the recommendation."""

    id: str
    stage: Stage
    when: Condition
    then: Mapping[str, Any]
    """The effect, whose shape its stage fixes: see docs/writing-an-interview.md."""
    because: Texts
    cites: tuple[str, ...]
    examples: tuple[Example, ...]
    title: Texts
    """A few words that name the reason: « Savoir-faire unique »."""


@dataclass(frozen=True)
class Gate:
    """A condition of readiness: closed, or not known to be open, the project does not start."""

    id: str
    title: Texts
    opens: Condition
    """Open only when this is YES."""
    partly: Condition | None
    """Half way when this is YES: counts for half of the weight. The gate is then open, with its action left to do."""
    applies: Condition | None
    """Not looked at when this is NO; None: always."""
    weight: float
    """Its share in the readiness score; the weights of the gates that apply are brought to 100."""
    action: Texts
    """What opens it."""
    weeks: tuple[float, float] | None
    """How long that takes, at least and at most; None when the sources do not say."""
    because: Texts
    cites: tuple[str, ...]
    examples: tuple[Example, ...]


class Chapter(StrEnum):
    """A part of the plan that goes with a recommendation."""

    RISK = "risk"
    KPI = "kpi"
    SLA = "sla"
    CONTRACT = "contract"
    PARTNER = "partner"
    GOVERNANCE = "governance"
    PEOPLE = "people"
    ROADMAP = "roadmap"
    PROVIDER_QUESTION = "provider_question"
    GOES_OUT = "goes_out"
    STAYS = "stays"
    AGAINST = "against"
    WARNING = "warning"


@dataclass(frozen=True)
class Raise:
    """What makes a risk higher on a flow."""

    when: Condition
    by: int
    why: Texts


@dataclass(frozen=True)
class Advice:
    """One line of the plan: a risk and its mitigation, an indicator, a clause, a step, a warning."""

    id: str
    chapter: Chapter
    title: Texts
    text: Texts
    """May hold ``{places}`` that the advice fills in: see ``bot.advice.plan``."""
    cites: tuple[str, ...]
    when: Condition | None = None
    """Said only when this is YES; None: always. Conditions may also look at what was concluded: ``target``,
    ``location``, ``verdict``, ``push`` (a list: economic, specialisation) and ``extent`` (a list of reasons)."""
    assumed: bool = False
    """Ours and not the sources', labelled so."""
    raises: tuple[Raise, ...] = ()
    weeks: tuple[float, float] | None = None
    """How long a step takes, at least and at most."""


@dataclass(frozen=True)
class Interview:
    """One interview, whole."""

    id: str
    version: int
    questions: tuple[Question, ...]
    """In the order in which they are asked."""
    rules: tuple[Rule, ...]
    gates: tuple[Gate, ...]
    advice: tuple[Advice, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        """The questions by field id."""
        return {q.id: q for q in self.questions}

    def question(self, field_id: str) -> Question:
        """The question of that field.

        Raises:
            KeyError: there is none.
        """
        return self.by_id[field_id]

    def rules_of(self, stage: Stage) -> tuple[Rule, ...]:
        """The rules of one stage, in file order."""
        return tuple(rule for rule in self.rules if rule.stage is stage)
