"""What passes between a channel and the assistant."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from bot.messages import MAX_CODE_BYTES, Attachment, Choice, Incoming, Kind, Part, Reply, Style, Table, flat


def test_a_reply_reads_as_its_parts_one_after_the_other() -> None:
    reply = Reply((Part("Bonjour", Style.BOLD), Part("\n\n"), Part("« cité »", Style.QUOTE), Part("", Style.ITALIC)))
    assert reply.plain == "Bonjour\n\n« cité »"
    assert Reply(()).plain == ""


def test_a_reply_in_one_style_takes_rows_from_any_iterable() -> None:
    yes, no = Choice("Oui", "y"), Choice("Non", "n")
    reply = Reply.of("Prêt ?", ([choice] for choice in (yes, no)))
    assert reply == Reply((Part("Prêt ?"),), ((yes,), (no,)))
    assert Reply.of("Prêt ?").choices == ()


@pytest.mark.parametrize("code", ["x", "x" * MAX_CODE_BYTES, "é" * (MAX_CODE_BYTES // 2)])
def test_a_code_fits_in_a_button(code: str) -> None:
    assert Choice("Oui", code).code == code


@pytest.mark.parametrize(
    ("label", "code"),
    [("Oui", ""), ("", "y"), ("Oui", "x" * (MAX_CODE_BYTES + 1)), ("Oui", "é" * (MAX_CODE_BYTES // 2 + 1))],
)
def test_a_button_that_no_channel_could_show_is_refused(label: str, code: str) -> None:
    with pytest.raises(ValueError, match="a button needs"):
        Choice(label, code)


def test_a_picture_is_told_from_a_document() -> None:
    assert Attachment("a.png", "image/png", b"x").picture
    assert not Attachment("a.pdf", "application/pdf", b"x").picture


@pytest.mark.parametrize(("name", "content"), [("", b"x"), (" ", b"x"), ("a.pdf", b"")])
def test_an_attachment_that_no_channel_could_send_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(ValueError, match="an attachment needs"):
        Attachment(name, "application/pdf", content)


def test_what_a_document_says_does_not_show_in_logs() -> None:
    assert "secret" not in repr(Attachment("a.json", "application/json", b"secret"))


def test_an_incoming_message_says_least_by_default() -> None:
    incoming = Incoming("console:1", Kind.TEXT)
    assert (incoming.text, incoming.argument, incoming.locale, incoming.quoted) == ("", "", None, "")


@pytest.mark.parametrize(
    "thing", [Incoming("a", Kind.TEXT), Part("a"), Choice("a", "b"), Reply(()), Attachment("a", "b", b"c")]
)
def test_messages_do_not_change_on_their_way(thing: object) -> None:
    with pytest.raises(FrozenInstanceError):
        thing.text = "autre"  # type: ignore[attr-defined]
    assert hash(thing) == hash(thing)


def test_kinds_and_styles_read_well_in_logs() -> None:
    assert [str(kind) for kind in Kind] == ["text", "command", "press", "media"]
    assert f"a {Kind.PRESS}" == "a press"
    assert {str(style) for style in Style} == {"plain", "bold", "italic", "quote", "detail"}


def test_a_table_fills_its_rows_and_drops_columns_of_nothing() -> None:
    instead = (Part("• "), Part("Interne", Style.BOLD), Part("\n120 k€"))
    table = Table.of([("Interne", "120 k€", ""), ("Externe",)], instead, ("", "Montant"))
    assert table.rows == (("Interne", "120 k€"), ("Externe", ""))
    assert table.head == ("", "Montant")
    assert table.text == "• Interne\n120 k€"
    assert Table.of([("a",)], instead, ("", "")).head == ()


def test_without_tables_what_stands_for_them_is_in_their_place() -> None:
    table = Table.of([("a", "b")], (Part("a"), Part(" : b")))
    assert flat((Part("avant"), table, Part("après"))) == (Part("avant"), Part("a"), Part(" : b"), Part("après"))
    assert Reply((Part("avant "), table)).plain == "avant a : b"
