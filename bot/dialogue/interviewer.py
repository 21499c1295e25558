"""One message of an interview to its turn: a button, a command, an answer, several facts, a correction, a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue import flows, results
from bot.dialogue.answering import answer_of, ask_again, back, edit, go_on, keep, read_back, two_readings
from bot.dialogue.asking import facts_list, option_rows, question, why
from bot.dialogue.codes import NO_NONCE, RESTART_ASK, RESUME, START, choice, opening, read
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.state import Dialogue, Pending, Waiting
from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Interview, Kind, Question
from bot.interview.understanding import Outcome, Understood, correction, mentions, understand
from bot.messages import Choice, Part, Reply, Style
from bot.wording.catalogue import say

COMMANDS = {
    "entretien": "open", "interview": "open",
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

_TO_YES_OR_NO = frozenset((Waiting.READ_BACK, Waiting.TRIED, Waiting.CANCEL, Waiting.RESTART, Waiting.REMOVE))


class Interviewer:
    """Leads interviews. Holds none: each comes with its turn. Safe to share between threads."""

    def __init__(self, interview: Interview) -> None:
        self.desk = Desk(interview)

    def invitation(self, dialogue: Dialogue | None, lang: str) -> Choice:
        """The button that leads into the interview."""
        if dialogue is None:
            return opening(say(lang, "button_start"), START)
        return opening(say(lang, "button_resume"), RESUME)

    def command(self, name: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
        """What a command does; None when it is not one of the interview's, or there is no interview to do it to."""
        action = COMMANDS.get(name)
        if action is None:
            return None
        if action == "open":
            return self._open(dialogue, lang, around)
        if dialogue is None:
            start = (self.invitation(None, lang),)
            return Turn((Reply.of(say(lang, "no_interview"), (start,)),), None)
        if action == "skip":
            return self._skip(dialogue, lang)
        return self._do(action, "", dialogue, lang, around)

    def press(self, code: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
        """What a button does; None when its code is not the interview's. One of an earlier interview is refused."""
        parts = read(code)
        if parts is None:
            return None
        nonce, action, arguments = parts
        if nonce == NO_NONCE:
            match action:
                case "start" | "resume":
                    return self._open(dialogue, lang, around)
                case "again":
                    return self._restarted(lang, around)
        if dialogue is None or nonce != dialogue.nonce:
            return self._stale(dialogue, lang)
        return self._pressed(action, arguments, dialogue, lang, around) or self._stale(dialogue, lang)

    def text(self, text: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn | None:
        """What a message says; None when it is a question for the corpus and no interview waits for an answer."""
        pending = dialogue.pending
        if not dialogue.active:
            return None
        if pending and pending.waiting in _TO_YES_OR_NO:
            if (said := _yes_or_no(text, lang)) is not None:
                return self._confirmed(said, dialogue, lang, around)
            dialogue = dialogue.asking(None)
        asked = self._asked(dialogue)
        trying = pending is not None and pending.waiting is Waiting.WHAT_IF
        if asked is None:
            return self._at_result(text, dialogue, lang, around)
        return self._answered(text, asked, dialogue, lang, around, trying=trying)

    # Messages

    def _asked(self, dialogue: Dialogue) -> Question | None:
        """The question that the next message answers: one to give again or to try, else the interview's next."""
        pending = dialogue.pending
        if pending and pending.waiting in (Waiting.EDIT, Waiting.WHAT_IF) and pending.name:
            return self.desk.interview.by_id.get(pending.name)
        return self.desk.next(dialogue)

    def _answered(
        self, text: str, asked: Question, dialogue: Dialogue, lang: str, around: Surroundings, *, trying: bool
    ) -> Turn:
        questions = self.desk.interview.questions
        understood = understand(text, asked, lang)
        if understood.kind is Outcome.COMMAND:
            return self._do(understood.command, understood.field, dialogue, lang, around)
        if not trying:
            if taken_back := correction(text, questions, lang):
                return self._corrected(taken_back.field, taken_back.understood, dialogue, lang, around)
            several = {
                m.field: answer_of(m.understood, lang)
                for m in mentions(text, questions, lang, asked.id)
                if m.understood.kind is Outcome.VALUE
            }
            if len(several) > 1 and asked.kind is not Kind.TEXT:
                return read_back(self.desk, dialogue, several, lang)
            if len(several) > 1 and understood.kind is not Outcome.VALUE:
                return read_back(self.desk, dialogue, several, lang)
            if len(several) == 1 and asked.id not in several and understood.kind is Outcome.INVALID:
                return read_back(self.desk, dialogue, several, lang)
        match understood.kind:
            case Outcome.VALUE:
                return self._kept({asked.id: answer_of(understood, lang)}, dialogue, lang, trying=trying)
            case Outcome.UNKNOWN:
                return self._kept({asked.id: Answer()}, dialogue, lang, trying=trying)
            case Outcome.SKIP:
                return self._skip(dialogue, lang)
            case Outcome.AMBIGUOUS:
                then = "x" if trying else "a"
                return Turn((two_readings(dialogue, asked, understood, lang, then),), dialogue)
            case Outcome.DIGRESSION:
                return self._digression(text, asked, dialogue, lang, around)
        return ask_again(self.desk, dialogue, asked, lang, understood.reason.get(lang) or say(lang, "not_understood"))

    def _at_result(self, text: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn | None:
        """Once there is a result, a message may correct an answer or ask for something; else it is a question."""
        if taken_back := correction(text, self.desk.interview.questions, lang):
            return self._corrected(taken_back.field, taken_back.understood, dialogue, lang, around)
        name = self.desk.interview.question("flow_name")
        understood = understand(text, name, lang)
        if understood.kind is Outcome.COMMAND and understood.command not in ("help", "why", "pause"):
            return self._do(understood.command, understood.field, dialogue, lang, around)
        return None

    def _digression(self, text: str, asked: Question, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
        answer = around.answer(text)
        again = question(self.desk, dialogue, asked, lang, [Part(say(lang, "back_to_interview"), Style.ITALIC)])
        return Turn((answer, again), dialogue)

    def _corrected(
        self, name: str, understood: Understood, dialogue: Dialogue, lang: str, around: Surroundings
    ) -> Turn:
        asked = self.desk.interview.question(name)
        match understood.kind:
            case Outcome.VALUE:
                return keep(self.desk, dialogue, {name: answer_of(understood, lang)}, lang, correcting=True)
            case Outcome.UNKNOWN:
                return keep(self.desk, dialogue, {name: Answer()}, lang, correcting=True)
            case Outcome.AMBIGUOUS:
                return Turn((two_readings(dialogue, asked, understood, lang, "a"),), dialogue)
            case Outcome.INVALID:
                pending = Pending(Waiting.EDIT, name, flow=dialogue.flow)
                why_not = understood.reason.get(lang) or say(lang, "not_understood")
                return ask_again(self.desk, dialogue.asking(pending), asked, lang, why_not)
        return edit(self.desk, dialogue, name, lang)

    def _kept(self, given: Mapping[str, Answer], dialogue: Dialogue, lang: str, *, trying: bool) -> Turn:
        if trying:
            return results.tried(self.desk, dialogue, given, lang)
        correcting = any(name in dialogue.answers for name in given)
        return keep(self.desk, dialogue, given, lang, correcting=correcting)

    def _skip(self, dialogue: Dialogue, lang: str) -> Turn:
        asked = self._asked(dialogue)
        if asked is None or (dialogue.pending and dialogue.pending.waiting in (Waiting.EDIT, Waiting.WHAT_IF)):
            return go_on(self.desk, dialogue.asking(None), lang)
        return keep(self.desk, dialogue, {asked.id: Answer(skipped=True)}, lang)

    # Commands, typed or said

    def _do(self, action: str, name: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
        match action:
            case "back":
                return back(self.desk, dialogue, lang)
            case "cancel":
                return self._ask_first(Waiting.CANCEL, "cancel_ask", dialogue, lang)
            case "restart":
                return self._ask_first(Waiting.RESTART, "restart_ask", dialogue, lang)
            case "pause":
                paused = replace(dialogue, active=False, pending=None)
                resume = ((self.invitation(dialogue, lang),),)
                return Turn((Reply.of(say(lang, "paused"), resume),), paused)
            case "why":
                return self._why(dialogue, self._asked(dialogue), lang, around)
            case "summary":
                return self._summary(dialogue, lang)
            case "result":
                if self.desk.next(dialogue) is None:
                    return results.result(self.desk, dialogue.asking(None), lang)
                return results.provisional(self.desk, dialogue, lang)
            case "portfolio":
                return flows.listing(self.desk, dialogue, lang)
            case "add_flow":
                return flows.add(self.desk, dialogue, lang)
            case "edit" if name in self.desk.interview.by_id:
                return edit(self.desk, dialogue, name, lang)
            case "edit":
                return self._what_to_edit(dialogue, lang)
        return self._help(dialogue, lang)

    def _help(self, dialogue: Dialogue, lang: str) -> Turn:
        asked = self._asked(dialogue)
        text = say(lang, "interview_help")
        if asked is None:
            return Turn((Reply.of(text),), dialogue)
        return Turn((Reply.of(text), question(self.desk, dialogue, asked, lang)), dialogue)

    def _why(self, dialogue: Dialogue, asked: Question | None, lang: str, around: Surroundings) -> Turn:
        if asked is None:
            return results.open_section(self.desk, dialogue, "why", lang, around.titles(lang)) or self._help(dialogue, lang)
        reasons = why(self.desk, dialogue, asked, lang, around.titles(lang))
        return Turn((question(self.desk, dialogue, asked, lang, reasons),), dialogue)

    def _summary(self, dialogue: Dialogue, lang: str) -> Turn:
        told = facts_list(self.desk, dialogue.answers, lang) or say(lang, "nothing_yet")
        title = say(lang, "summary_title", name=flows.flow_name(dialogue.current, lang))
        rows: list[tuple[Choice, ...]] = [(choice(say(lang, "button_edit"), dialogue.nonce, "e", dialogue.flow),)]
        rows.append(
            (
                choice(say(lang, "button_continue"), dialogue.nonce, "g"),
                choice(say(lang, "button_flows"), dialogue.nonce, "p"),
            )
        )
        return Turn((Reply((Part(title, Style.BOLD), Part(f"\n{told}")), tuple(rows)),), dialogue)

    def _what_to_edit(self, dialogue: Dialogue, lang: str) -> Turn:
        answered = [q for q in self.desk.interview.questions if q.id in dialogue.answers]
        if not answered:
            return go_on(self.desk, dialogue, lang, [Part(say(lang, "nothing_yet"))])
        rows = [(choice(q.label[lang], dialogue.nonce, "e", dialogue.flow, q.id),) for q in answered]
        return Turn((Reply.of(say(lang, "edit_ask"), rows),), dialogue)

    def _ask_first(self, waiting: Waiting, key: str, dialogue: Dialogue, lang: str) -> Turn:
        yes = choice(say(lang, f"button_{waiting.value}_yes"), dialogue.nonce, "yes")
        no = choice(say(lang, "button_continue"), dialogue.nonce, "no")
        pending = Pending(waiting, flow=dialogue.flow)
        return Turn((Reply.of(say(lang, key), ((yes, no),)),), dialogue.asking(pending))

    def _confirmed(self, yes: bool, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
        pending = dialogue.pending
        assert pending is not None
        free = dialogue.asking(None)
        match pending.waiting:
            case Waiting.READ_BACK if yes:
                return keep(self.desk, replace(free, flow=pending.flow), pending.given, lang)
            case Waiting.READ_BACK:
                return go_on(self.desk, free, lang, [Part(say(lang, "not_kept"))])
            case Waiting.TRIED if yes:
                return keep(self.desk, free, pending.given, lang, correcting=True)
            case Waiting.CANCEL if yes:
                return Turn((Reply.of(say(lang, "cancelled"), ((self.invitation(None, lang),),)),), None)
            case Waiting.RESTART if yes:
                return self._restarted(lang, around)
            case Waiting.REMOVE if yes:
                return flows.remove(self.desk, free, pending.flow, lang)
            case Waiting.REMOVE:
                return flows.listing(self.desk, free, lang)
        return go_on(self.desk, free, lang)

    # Opening

    def _open(self, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn:
        if dialogue is None:
            return self._restarted(lang, around)
        resumed = replace(dialogue, active=True, pending=None)
        answered = len(resumed.answers)
        if not answered:
            return self._restarted(lang, around)
        welcome = Part(say(lang, "resumed", answered=answered, name=flows.flow_name(resumed.current, lang)))
        turn = go_on(self.desk, resumed, lang, [welcome])
        *others, last = turn.replies
        again = opening(say(lang, "button_restart"), RESTART_ASK)
        return Turn((*others, replace(last, choices=(*last.choices, (again,)))), turn.dialogue)

    def _restarted(self, lang: str, around: Surroundings) -> Turn:
        return go_on(self.desk, Dialogue(around.nonce()), lang, [Part(say(lang, "interview_opening"))])

    def _stale(self, dialogue: Dialogue | None, lang: str) -> Turn:
        """A button of an interview that is no more, or that says nothing: where the person is, is shown again."""
        if dialogue is None:
            return Turn((Reply.of(say(lang, "stale_interview"), ((self.invitation(None, lang),),)),), None)
        turn = go_on(self.desk, dialogue.asking(None), lang, [Part(say(lang, "stale_question"))])
        return turn

    # Buttons

    def _pressed(
        self, action: str, arguments: tuple[str, ...], dialogue: Dialogue, lang: str, around: Surroundings
    ) -> Turn | None:
        """One press of this interview's buttons; None when it means nothing, any more or ever."""
        match action, arguments:
            case "yes" | "no", ():
                if dialogue.pending and dialogue.pending.waiting in _TO_YES_OR_NO:
                    return self._confirmed(action == "yes", dialogue, lang, around)
                return None
            case "b", ():
                return back(self.desk, dialogue, lang)
            case "g", ():
                return go_on(self.desk, replace(dialogue, pending=None, active=True), lang)
            case "p", ():
                return flows.listing(self.desk, dialogue, lang)
            case "add", ():
                return flows.add(self.desk, dialogue, lang)
        flow = dialogue.portfolio.flow(int(arguments[0])) if arguments and _is_number(arguments[0]) else None
        if flow is None:
            return None
        here = replace(dialogue, flow=flow.id, active=True)
        match action, arguments[1:]:
            case "n" | "r", ():
                return self._do("result", "", here, lang, around)
            case "f", ():
                refining = tuple(dict.fromkeys((*here.refining, flow.id)))
                return go_on(self.desk, replace(here, refining=refining, pending=None), lang)
            case "t", (name,):
                return results.open_section(self.desk, here, name, lang, around.titles(lang))
            case "more", ():
                return results.more(here, lang)
            case "d", ():
                return results.documents(here, lang)
            case "d", (kind,):
                return results.document(self.desk, here, kind, lang, around)
            case "w", ():
                return results.what_if(self.desk, here.asking(None), lang)
            case "p", ():
                return flows.flow_menu(self.desk, here, flow, lang)
            case "go", ():
                return flows.open_flow(self.desk, here, flow, lang)
            case "ren", ():
                return flows.rename(self.desk, here, flow, lang)
            case "copy", ():
                return flows.copy(self.desk, here, flow, lang)
            case "del", ():
                return flows.ask_to_remove(here, flow, lang)
            case "e", ():
                return self._what_to_edit(here, lang)
            case _, (name, *rest) if name in self.desk.interview.by_id:
                return self._pressed_answer(action, self.desk.interview.question(name), tuple(rest), here, lang, around)
        return None

    def _pressed_answer(
        self,
        action: str,
        asked: Question,
        arguments: tuple[str, ...],
        dialogue: Dialogue,
        lang: str,
        around: Surroundings,
    ) -> Turn | None:
        match action, arguments:
            case "e", ():
                return edit(self.desk, dialogue, asked.id, lang)
            case "w", ():
                return results.what_if_value(self.desk, dialogue, asked, lang)
            case "y", ():
                return self._why(dialogue, asked, lang, around)
            case "u", ():
                return self._kept({asked.id: Answer()}, dialogue, lang, trying=False)
            case ("a" | "x"), (number,) if _is_number(number) and int(number) < len(asked.options):
                answer = Answer(asked.options[int(number)].value)
                return self._kept({asked.id: answer}, dialogue, lang, trying=action == "x")
            case "m", (mask, then) if (ticked := _mask(mask, asked)) is not None:
                return self._ticked(asked, ticked, then, dialogue, lang)
            case "ok", (mask, then) if (ticked := _mask(mask, asked)):
                values = tuple(str(o.value) for n, o in enumerate(asked.options) if ticked >> n & 1)
                return self._kept({asked.id: Answer(values)}, dialogue, lang, trying=then == "x")
            case "v", (value, then):
                reading = _number(value)
                if asked.kind not in NUMERIC or reading is None or not _within(asked, reading):
                    return None
                return self._kept({asked.id: Answer(reading)}, dialogue, lang, trying=then == "x")
        return None

    def _ticked(self, asked: Question, mask: int, then: str, dialogue: Dialogue, lang: str) -> Turn:
        """A multiple choice so far, with its buttons again; the message that was pressed is replaced where it can be."""
        chosen = say(lang, "list_joiner").join(o.label[lang] for n, o in enumerate(asked.options) if mask >> n & 1)
        lead = asked.ask[lang].partition("\n")[0]
        parts = (Part(lead, Style.BOLD), Part("\n" + (say(lang, "ticked", chosen=chosen) if mask else "")))
        reply = Reply(parts, tuple(option_rows(dialogue, asked, lang, then, mask)), replaces=True)
        return Turn((reply,), dialogue)


def _yes_or_no(text: str, lang: str) -> bool | None:
    """Whether a message says yes or no, in all their shades; None when neither."""
    said = understand(text, _YES_NO, lang)
    return said.value if said.kind is Outcome.VALUE and isinstance(said.value, bool) else None


_YES_NO = Question(
    id="confirmed",
    scope="flow",
    kind=Kind.BOOLEAN,
    ask={"fr": "Oui ou non ?", "en": "Yes or no?"},
    label={"fr": "Confirmation", "en": "Confirmation"},
    why={"fr": "", "en": ""},
    cites=(),
)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6


def _mask(text: str, asked: Question) -> int | None:
    try:
        mask = int(text, 16) if len(text) <= 8 else -1
    except ValueError:
        return None
    return mask if asked.kind is Kind.CHOICES and 0 <= mask < 1 << len(asked.options) else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _within(asked: Question, value: float) -> bool:
    return (asked.low is None or value >= asked.low) and (asked.high is None or value <= asked.high)
