"""The console on a terminal: a prompt with history and completion, styled replies, a spinner."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from rich.console import Console, RenderableType
from rich.panel import Panel
from rich.text import Text

from bot.channels.console import Conversation, visible
from bot.messages import Incoming, Part, Reply, Style, flat

_STYLES = {Style.PLAIN: "", Style.BOLD: "bold", Style.ITALIC: "italic", Style.DETAIL: "italic"}
_PROMPT = "› "
_TICK = 0.1


class Screen:
    """A conversation at the terminal."""

    def __init__(self, conversation: Conversation, console: Console | None = None) -> None:
        self._conversation = conversation
        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(), completer=CommandCompleter(conversation.commands), bottom_toolbar=self._hint
        )

    def talk(self) -> None:
        """Until /quit or Ctrl-D; Ctrl-C clears the line, or gives up waiting for a reply."""
        self._answer(self._conversation.opening)
        while True:
            try:
                line = self._session.prompt(_PROMPT)
            except KeyboardInterrupt:
                continue
            except EOFError:
                break
            if not line.strip():
                continue
            incoming = self._conversation.read(line)
            if incoming is None:
                break
            self._answer(incoming)
        self._console.print(self._conversation.wording.farewell)

    def _hint(self) -> str:
        wording = self._conversation.wording
        return f" {wording.choice_hint if self._conversation.choices else wording.hint}"

    def _answer(self, incoming: Incoming) -> None:
        replies = self._wait(incoming)
        if replies is None:
            self._console.print(self._conversation.wording.interrupted, style="dim")
            return
        for reply, rows in self._conversation.show(replies):
            self._console.print()
            for line in self._conversation.save(reply):
                self._console.print(line, style="green", soft_wrap=True)
            for block in blocks(reply):
                self._console.print(block)
            for row in rows:
                self._console.print("   ".join(row), style="cyan")
        self._console.print()

    def _wait(self, incoming: Incoming) -> Sequence[Reply] | None:
        """The replies, or None when Ctrl-C was pressed; the responder then finishes unheard."""
        replies: list[Reply] = []
        done = threading.Event()

        def work() -> None:
            try:
                replies.extend(self._conversation.respond(incoming))
            finally:
                done.set()

        try:
            threading.Thread(target=work, daemon=True).start()
            with self._console.status(self._conversation.wording.working):
                # With no timeout, Ctrl-C would not be heard on Windows.
                while not done.wait(_TICK):
                    pass
        except KeyboardInterrupt:
            return None
        return replies


class CommandCompleter(Completer):
    """Completes a command while it is the only thing on the line."""

    def __init__(self, commands: dict[str, str]) -> None:
        self._commands = commands

    def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
        """The commands that begin as the line does."""
        typed = document.text_before_cursor
        if not typed.startswith("/") or document.text_after_cursor:
            return
        for name, description in self._commands.items():
            if name.startswith(typed[1:].lower()):
                yield Completion(f"/{name}", start_position=-len(typed), display_meta=description)


def blocks(reply: Reply) -> list[RenderableType]:
    """A reply as things to print one under the other: styled text, and quotes in frames."""
    printed: list[RenderableType] = []
    run: list[Part] = []
    for part in [*flat(reply.parts), Part("", Style.QUOTE)]:
        if part.style is not Style.QUOTE:
            run.append(part)
            continue
        text = Text.assemble(*((visible(each.text), _STYLES[each.style]) for each in run))
        run = []
        if text.plain.strip():
            lead = len(text.plain) - len(text.plain.lstrip("\n"))
            printed.append(text[lead : len(text.plain.rstrip("\n"))])
        if part.text.strip():
            printed.append(Panel(Text(visible(part.text).strip("\n")), border_style="dim"))
    return printed
