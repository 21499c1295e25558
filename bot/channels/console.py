"""The terminal channel: a conversation at a prompt, or plain lines in and out when piped."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import count
from pathlib import Path
from string import ascii_lowercase
from typing import TextIO

from bot.channels import Responder, console_documents
from bot.channels.turn import take_turn
from bot.messages import Choice, Incoming, Kind, Reply

_LEAVING = {"quit", "quitter", "exit"}
_COMMAND = re.compile(r"/(\w{1,64})(?:\s+(.*))?", re.DOTALL)
_NUMBER = re.compile(r"\[?(\d{1,3})\]?")
_LETTER = re.compile(r"\[?([a-z])\]?", re.IGNORECASE)
_CHAT = "console:terminal"
# Escape sequences in a text could rewrite the screen.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Wording:
    """What the console itself says, in one language."""

    hint: str
    choice_hint: str
    working: str
    interrupted: str
    saved: str
    not_saved: str
    leave: str
    farewell: str


# French puts a narrow no-break space (U+202F) before ";" and a no-break space (U+00A0) before ":" and in guillemets.
WORDINGS = {
    "fr": Wording(
        hint="Écrivez votre message\u202f; /quit ou Ctrl-D pour partir.",
        choice_hint="Un numéro choisit\u202f; «\u00a0=1\u00a0» envoie le nombre 1.",
        working="Je réfléchis…",
        interrupted="Réponse interrompue.",
        saved="Enregistré\u00a0: {path}",
        not_saved="Impossible d’enregistrer dans {path}\u00a0: {reason}",
        leave="Quitter",
        farewell="Au revoir, et à bientôt\u202f!",
    ),
    "en": Wording(
        hint="Type your message; /quit or Ctrl-D to leave.",
        choice_hint="A number chooses; “=1” sends the number 1.",
        working="Thinking…",
        interrupted="Answer interrupted.",
        saved="Saved: {path}",
        not_saved="Could not save in {path}: {reason}",
        leave="Leave",
        farewell="Goodbye, and see you soon!",
    ),
}


def run(responder: Responder, lang: str | None) -> None:
    """Talks in the terminal until the person leaves, or until the end of a piped input.

    Args:
        responder: The assistant.
        lang: ``fr`` or ``en``; None takes the terminal's language, else French.
    """
    conversation = Conversation(responder, lang or _terminal_language())
    if interactive():
        from bot.channels.console_screen import Screen  # a piped run need not load it

        Screen(conversation).talk()
    else:
        pipe(conversation, sys.stdin, sys.stdout)


def interactive() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class Conversation:
    """A new conversation, the choices now on the screen, and the folder for the documents it brings."""

    def __init__(self, responder: Responder, locale: str | None, documents: Path = console_documents.FOLDER) -> None:
        lang = "en" if (locale or "").lower().startswith("en") else "fr"
        self.wording = WORDINGS[lang]
        self.commands = dict(responder.commands(lang)) | {"quit": self.wording.leave}
        self.choices: tuple[Choice, ...] = ()
        self._responder = responder
        self._lettered = False
        self._locale = locale
        self._documents = documents

    @property
    def opening(self) -> Incoming:
        """What makes the assistant say its welcome."""
        return self._incoming(Kind.COMMAND, "start")

    def read(self, line: str) -> Incoming | None:
        """What a line means here; None to leave. A number, or a letter where a number may be the answer, chooses among
        the choices shown; ``=1`` is the number 1."""
        line = line.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").strip()
        command, chosen = _COMMAND.fullmatch(line), self._chosen(line)
        if command and command[1].lower() in _LEAVING:
            return None
        if command:
            return self._incoming(Kind.COMMAND, command[1].lower(), (command[2] or "").strip())
        if chosen is not None:
            return self._incoming(Kind.PRESS, self.choices[chosen].code)
        return self._incoming(Kind.TEXT, line[1:] if self.choices and re.fullmatch(r"=\d+", line) else line)

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        """The replies to one message. Never raises."""
        return take_turn(self._responder, incoming)

    def show(self, replies: Sequence[Reply]) -> Iterator[tuple[Reply, list[list[str]]]]:
        """Each reply with the rows of its choices, numbered from 1 (or lettered) and replacing those shown before."""
        self.choices = tuple(choice for reply in replies for row in reply.choices for choice in row)
        self._lettered = any(reply.typed for reply in replies) and len(self.choices) <= len(ascii_lowercase)
        marks = iter(ascii_lowercase) if self._lettered else map(str, count(1))
        for reply in replies:
            yield reply, [[f"[{next(marks)}] {visible(choice.label)}" for choice in row] for row in reply.choices]

    def save(self, reply: Reply) -> Iterator[str]:
        """Saves what comes with a reply; what to print of each: its caption, and where it is."""
        for attachment in reply.attachments:
            try:
                told = self.wording.saved.format(path=console_documents.save(attachment, self._documents))
            except OSError as error:
                told = self.wording.not_saved.format(path=self._documents, reason=error.strerror)
            yield "\n".join(visible(line) for line in (attachment.caption, told) if line)

    def _chosen(self, line: str) -> int | None:
        """The place of the choice that a line names."""
        if self._lettered:
            letter = _LETTER.fullmatch(line)
            place = ascii_lowercase.index(letter[1].lower()) if letter else -1
        else:
            number = _NUMBER.fullmatch(line)
            place = int(number[1]) - 1 if number else -1
        return place if 0 <= place < len(self.choices) else None

    def _incoming(self, kind: Kind, text: str, argument: str = "") -> Incoming:
        return Incoming(_CHAT, kind, text, argument, self._locale)


def pipe(conversation: Conversation, lines: TextIO, output: TextIO) -> None:
    """Answers each line in plain text, until the end or /quit; blank lines are passed over."""
    for stream in (lines, output):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Whoever reads the output may leave first, as `head` does.
    with contextlib.suppress(BrokenPipeError):
        for line in lines:
            if not line.strip():
                continue
            incoming = conversation.read(line)
            if incoming is None:
                break
            for reply, rows in conversation.show(conversation.respond(incoming)):
                blocks = [
                    *conversation.save(reply),
                    visible(reply.plain).strip("\n"),
                    *("   ".join(row) for row in rows),
                ]
                print("\n".join(block for block in blocks if block), end="\n\n", file=output, flush=True)


def visible(text: str) -> str:
    """The text without control characters, which could rewrite the screen."""
    return _CONTROL.sub("", text)


def _terminal_language() -> str | None:
    """The language of the terminal, such as ``fr_FR``, when it is one of ours."""
    setting = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return setting.partition(".")[0] if setting[:2] in WORDINGS else None
