"""Whether each chat went as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.storage.database import Database
from bot.storage.pace import forget
from bot.storage.sessions import SqlSessions
from chaos.people import Heard, Visitor, posted
from chaos.scripts import told, without_chance
from chaos.witness import Witness


@dataclass
class Verdict:
    """What was found over all chats; each fault is told in a line, with the script it happened in."""

    lost: list[str] = field(default_factory=list)
    """Updates without effect, or replies never sent."""
    twice: list[str] = field(default_factory=list)
    """Updates with their effect more than once."""
    out_of_order: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    """Replies, documents or interviews other than those of the undisturbed conversation."""
    updates: int = 0
    replies: int = 0
    """Messages and edits to be sent."""
    resent: int = 0
    """Messages sent again, since it could not be told whether they had been."""
    late: int = 0
    """Those of them that came after a message that follows: their process was alive and had been taken for dead."""
    results: int = 0
    """Interviews whose result is the undisturbed one."""

    @property
    def faults(self) -> list[str]:
        """All of them; none when all is well."""
        kinds = {"lost": self.lost, "twice": self.twice, "order": self.out_of_order, "different": self.different}
        return [f"{kind}: {told}" for kind, faults in kinds.items() for told in faults]


def judge(visitors: Sequence[Visitor], database: Database) -> Verdict:
    """Every chat against its script, in what people saw and in what the database holds."""
    verdict = Verdict()
    witness, sessions = Witness(database), SqlSessions(database)
    with database.writing() as connection:
        # When a chat may be written to again is kept for some seconds after its last message.
        forget(connection, datetime.now(UTC) + timedelta(minutes=5))
    letters = witness.letters()
    verdict.lost += [f"{number} times {what} in the end" for what, number in witness.left().items()]
    for visitor in visitors:
        script = visitor.script
        if visitor.lost and not visitor.hears_all(0):
            verdict.lost.append(visitor.lost)
        _judge_turns(verdict, visitor, witness.turns(visitor.chat))
        if (written := letters[visitor.chat]) != (due := len(script.posts) + len(script.edits)):
            (verdict.twice if written > due else verdict.lost).append(f"{script.name}: {written} replies for {due}")
        faults = len(verdict.faults)
        _judge_replies(verdict, visitor)
        _judge_kept(verdict, visitor, sessions)
        verdict.results += script.result and len(verdict.faults) == faults
        verdict.replies += len(script.posts) + len(script.edits)
    return verdict


def _judge_turns(verdict: Verdict, visitor: Visitor, turns: list[int]) -> None:
    name, due = visitor.script.name, len(visitor.script.acts)
    verdict.updates += due
    if len(set(turns)) < due:
        verdict.lost.append(f"{name}: {len(set(turns))} of {due} updates had an effect")
    if len(set(turns)) < len(turns):
        verdict.twice.append(f"{name}: {len(turns) - len(set(turns))} updates had their effect twice")
    if turns != sorted(turns):
        verdict.out_of_order.append(f"{name}: {turns}")


def _judge_replies(verdict: Verdict, visitor: Visitor) -> None:
    script, messages = visitor.script, visitor.person.chat.messages
    heard = Heard(script.posts)
    for message in messages:
        heard.hears(posted(message))
    verdict.resent += heard.twice + heard.late
    verdict.late += heard.late
    if heard.at < len(script.posts):
        awaited = sorted(script.posts[heard.at])[0]
        verdict.lost.append(f"{script.name}: {heard.at} of {len(script.posts)} replies, then not {awaited[:80]!r}")
    verdict.different += [f"{script.name}: {text[:160]!r}" for text in heard.wrong]
    edits = [told(text) for message in messages for text in message.versions[1:]]
    if edits != list(script.edits):
        verdict.different.append(f"{script.name}: {len(edits)} changed messages, {len(script.edits)} expected")
    held = {message.file.name: message.file.content for message in messages if message.file}
    for name, content in script.files:
        if not _same(held.get(name, b""), content):
            verdict.different.append(f"{script.name}: {name}")


def _judge_kept(verdict: Verdict, visitor: Visitor, sessions: SqlSessions) -> None:
    script = visitor.script
    if script.erased:
        if sessions.holds(visitor.chat):
            verdict.different.append(f"{script.name}: something is left of it")
        return
    kept = sessions.get(visitor.chat).interview
    if (without_chance(kept) if kept else None) != script.interview:
        verdict.different.append(f"{script.name}: the interview kept")


def _same(content: bytes, expected: bytes) -> bool:
    """Pictures may differ in what does not show, figures may not."""
    if expected.startswith(b"{"):
        return bool(content) and json.loads(content) == json.loads(expected)
    return content[:4] == expected[:4]
