"""The console: piped, and on a terminal played by prompt_toolkit's pipe input."""

from __future__ import annotations

import _thread
import io
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.channels import console
from bot.channels.console import WORDINGS, Conversation, pipe
from bot.channels.console_screen import CommandCompleter, Screen
from bot.messages import Attachment, Choice, Incoming, Kind, Part, Reply, Style

CHOICES = ((Choice("Oui", "q1:oui"), Choice("Non", "q1:non")), (Choice("Je ne sais pas", "q1:?"),))
WELCOME = Reply(
    (Part("Bonjour", Style.BOLD), Part("\n\nTexte\n"), Part("Une citation.", Style.QUOTE), Part("\nFin", Style.ITALIC)),
    CHOICES,
)


class Parrot:
    """Welcomes with choices, then repeats."""

    def __init__(self, reply: Callable[[Incoming], Reply] | None = None) -> None:
        self.heard: list[Incoming] = []
        self.reply = reply or (lambda incoming: Reply.of(f"{incoming.kind} {incoming.text}"))

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        self.heard.append(incoming)
        return [WELCOME if incoming.text == "start" else self.reply(incoming)]

    def description(self, lang: str) -> tuple[str, str]:
        return ("", "")

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        return [("start", "Début" if lang == "fr" else "Begin"), ("sources", "Sources")]

    def trouble(self, incoming: Incoming) -> Reply:
        return Reply.of("Désolé.")


def piped(typed: str, parrot: Parrot | None = None) -> str:
    output = io.StringIO()
    pipe(Conversation(parrot or Parrot(), "fr"), io.StringIO(typed), output)
    return output.getvalue()


def test_piped_lines_get_plain_answers() -> None:
    assert piped("/start\n") == ("Bonjour\n\nTexte\nUne citation.\nFin\n[1] Oui   [2] Non\n[3] Je ne sais pas\n\n")
    assert piped("Bonjour\n\n  \nEncore") == "text Bonjour\n\ntext Encore\n\n"


def test_a_number_counts_only_while_choices_are_shown() -> None:
    parrot = Parrot()
    piped("2\n/start\n2\n2\n/start\n[3]\n/start\n4\n/start\n=2\n=2\n", parrot)
    heard = [(incoming.kind, incoming.text) for incoming in parrot.heard if incoming.text != "start"]
    assert heard == [
        (Kind.TEXT, "2"),
        (Kind.PRESS, "q1:non"),
        (Kind.TEXT, "2"),
        (Kind.PRESS, "q1:?"),
        (Kind.TEXT, "4"),
        (Kind.TEXT, "2"),
        (Kind.TEXT, "=2"),
    ]


@pytest.mark.parametrize("word", ["/quit", "/QUIT", "/quitter", "/exit"])
def test_leaving(word: str) -> None:
    assert piped(f"un\n{word}\ndeux\n") == "text un\n\n"


def test_commands_have_arguments() -> None:
    parrot = Parrot()
    piped("/Sources du coût total\n", parrot)
    [incoming] = parrot.heard
    assert (incoming.kind, incoming.text, incoming.argument) == (Kind.COMMAND, "sources", "du coût total")
    assert (incoming.chat.startswith("console:"), incoming.locale) == (True, "fr")


CHART = Attachment("coûts.png", "image/png", b"\x89PNG", "Coûts sur 3 ans")
ADVICE = Attachment("avis.pdf", "application/pdf", b"%PDF")
DOCUMENTS = Path("curseur-documents")


def test_documents_are_saved_and_their_place_is_told_before_the_text() -> None:
    told = piped("avis\navis\n", Parrot(lambda incoming: Reply((Part("Voici."),), CHOICES[1:], (CHART, ADVICE))))
    first = f"Coûts sur 3 ans\nEnregistré\u00a0: {DOCUMENTS / 'coûts.png'}\nEnregistré\u00a0: {DOCUMENTS / 'avis.pdf'}"
    assert told.startswith(f"{first}\nVoici.\n[1] Je ne sais pas\n\n")
    assert str(DOCUMENTS / "avis (2).pdf") in told
    assert (DOCUMENTS / "coûts.png").read_bytes() == CHART.content
    assert len(list(DOCUMENTS.iterdir())) == 4


def test_a_folder_that_cannot_be_written_costs_only_the_document() -> None:
    DOCUMENTS.write_text("a file where a folder should be")
    told = piped("avis\n", Parrot(lambda incoming: Reply((Part("Voici."),), (), (ADVICE,))))
    assert told.startswith(f"Impossible d’enregistrer dans {DOCUMENTS}\u00a0: ")
    assert told.endswith("\nVoici.\n\n")


def test_the_folder_is_the_one_that_was_given(tmp_path: Path) -> None:
    conversation = Conversation(Parrot(), "en", tmp_path / "kept")
    told = list(conversation.save(Reply((), (), (ADVICE,))))
    assert told == [f"Saved: {tmp_path / 'kept' / 'avis.pdf'}"]
    assert not DOCUMENTS.exists()


def test_the_screen_saves_documents_too() -> None:
    parrot = Parrot(lambda incoming: Reply((Part("Voici."),), (), (CHART, ADVICE)))
    shown = typed(["x\r", LEAVE], parrot, width=20)
    assert f"Enregistré\u00a0: {DOCUMENTS / 'avis.pdf'}\n" in shown, "a path is not cut in two"
    assert shown.index("Coûts sur 3 ans") < shown.index("avis.pdf") < shown.index("Voici.")


def test_trouble_is_told() -> None:
    def reply(incoming: Incoming) -> Reply:
        raise ValueError

    assert piped("Bonjour\n", Parrot(reply)) == "Désolé.\n\n"


def test_no_escape_sequence_comes_out() -> None:
    assert piped("\x1b[31mrouge\x07\n") == "text [31mrouge\n\n"


def test_a_reader_that_leaves_is_no_trouble() -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    pipe(Conversation(Parrot(), "fr"), io.StringIO("a\nb\n"), Gone())


@pytest.mark.parametrize(
    ("variables", "locale", "wording"),
    [
        ({}, None, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en_GB", "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr_FR", "fr"),
        ({"LANG": "C.UTF-8"}, None, "fr"),
    ],
)
def test_the_language_is_the_terminals(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], locale: str | None, wording: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    parrot = Parrot()
    monkeypatch.setattr(sys, "stdin", io.StringIO("Bonjour\n"))
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    console.run(parrot, None)
    assert parrot.heard[0].locale == locale
    assert Conversation(parrot, locale).wording is WORDINGS[wording]


def test_the_console_speaks_correct_french() -> None:
    for sentence in vars(WORDINGS["fr"]).values():
        assert "'" not in sentence
        assert not re.search(r"[^\u202f][;?!]|[^\u00a0][:»]|«[^\u00a0]", sentence), sentence


def test_a_piped_run_loads_no_screen() -> None:
    program = """
import sys
from bot.channels import console
from bot.messages import Reply
class Assistant:
    def respond(self, incoming): return [Reply.of(incoming.text + " \\u202f\\U0001f44d")]
    def commands(self, lang): return []
    def trouble(self, incoming): return Reply.of("trouble")
console.run(Assistant(), "fr")
print([name for name in sys.modules if name in ("rich", "prompt_toolkit", "telegram")])
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input="é\xff\n".encode("latin-1"), capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["�� \u202f👍", "", "[]"]
    assert done.stderr == b""


def typed(keys: Sequence[str], parrot: Parrot | None = None, width: int = 60) -> str:
    """What the screen shows, without colours, when somebody types these keys."""
    output = Console(file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False)
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        screen = Screen(Conversation(parrot or Parrot(), "fr"), output)
        for each in keys:
            keyboard.send_text(each)
        screen.talk()
    assert isinstance(output.file, io.StringIO)
    return output.file.getvalue()


LEAVE = "\x04"


def test_the_screen_welcomes_and_takes_leave() -> None:
    shown = typed([LEAVE])
    assert "Bonjour\n\nTexte\n╭─" in shown
    assert "│ Une citation." in shown
    assert "Fin\n[1] Oui   [2] Non\n[3] Je ne sais pas\n" in shown
    assert shown.endswith("Au revoir, et à bientôt\u202f!\n")


def test_the_screen_takes_choices_and_pasted_lines() -> None:
    parrot = Parrot()
    typed(["2\r", "\x1b[200~un\r\ndeux\x1b[201~\r", "\r", "/quit\r"], parrot)
    assert [(i.kind, i.text) for i in parrot.heard[1:]] == [(Kind.PRESS, "q1:non"), (Kind.TEXT, "un\ndeux")]


def test_ctrl_c_clears_the_line() -> None:
    parrot = Parrot()
    typed(["effacé\x03", "gardé\r", LEAVE], parrot)
    assert [incoming.text for incoming in parrot.heard[1:]] == ["gardé"]


def test_what_was_typed_can_be_recalled() -> None:
    with create_pipe_input() as keyboard, create_app_session(input=keyboard, output=DummyOutput()):
        screen = Screen(Conversation(Parrot(), "fr"), Console(file=io.StringIO()))
        keyboard.send_text(f"premier\rsecond\r{LEAVE}")
        screen.talk()
        assert screen._session.history.get_strings() == ["premier", "second"]


def test_replies_are_wrapped_and_markup_is_text() -> None:
    reply = Reply.of("[bold]mot[/bold] :smile: \x1b[31m" + "mot " * 30)
    shown = typed(["x\r", LEAVE], Parrot(lambda incoming: reply), width=30)
    assert "[bold]mot[/bold] :smile: [31mmot mot" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 30


def test_ctrl_c_gives_up_waiting() -> None:
    heard = threading.Event()

    def reply(incoming: Incoming) -> Reply:
        for _ in range(3):  # Python drops one that falls into a finaliser: a person presses again
            _thread.interrupt_main()
            if heard.wait(5):
                break
        return Reply.of("trop tard")

    shown = typed(["x\r", LEAVE], Parrot(reply))
    heard.set()
    assert "Réponse interrompue." in shown
    assert "trop tard" not in shown


@pytest.mark.parametrize(
    ("line", "completions"),
    [
        ("/", ["/start", "/sources", "/quit"]),
        ("/S", ["/start", "/sources"]),
        ("/sources", ["/sources"]),
        ("/x", []),
        ("", []),
        ("a /s", []),
    ],
)
def test_commands_are_completed(line: str, completions: list[str]) -> None:
    completer = CommandCompleter(Conversation(Parrot(), "fr").commands)
    found = completer.get_completions(Document(line), CompleteEvent())
    assert [completion.text for completion in found] == completions
