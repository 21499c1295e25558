"""Documents saved at the terminal: safe names, nothing overwritten, nobody else's eyes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.console_documents import FOLDER, save
from bot.messages import Attachment


def document(name: str, content: bytes = b"x") -> Attachment:
    return Attachment(name, "application/octet-stream", content)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("avis d'été (final).pdf", "avis d_été (final).pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("..", "document"),
        (".bashrc", "bashrc"),
        ("-rf", "-rf"),
        ("nul.txt", "_nul.txt"),
        ("a\x1b[31m\n.pdf", "a_31m_.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_name_is_made_safe(tmp_path: Path, name: str, kept: str) -> None:
    assert save(document(name), tmp_path) == tmp_path / kept


@given(st.text(min_size=1).filter(str.strip))
def test_no_name_leads_out_of_the_folder_or_fails(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "saved"
    path = save(document(name), folder)
    assert path.resolve().parent == folder.resolve()
    assert path.is_file()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    paths = [save(document("avis.pdf", bytes([number])), tmp_path) for number in range(3)]
    assert [path.name for path in paths] == ["avis.pdf", "avis (2).pdf", "avis (3).pdf"]
    assert [path.read_bytes() for path in paths] == [b"\0", b"\1", b"\2"]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("kept")
    (tmp_path / "avis.pdf").symlink_to(target)
    assert save(document("avis.pdf"), tmp_path).name == "avis (2).pdf"
    assert target.read_text() == "kept"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_the_owner_can_read_it() -> None:
    path = save(document("avis.pdf"))
    assert path.parent == FOLDER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(FOLDER.stat().st_mode) == 0o700


def test_what_cannot_be_written_whole_is_not_left_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, opened: int, mode: str) -> None:
            self.opened = opened

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            os.close(self.opened)

        def write(self, content: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", Full)
    with pytest.raises(OSError, match="No space left"):
        save(document("avis.pdf"), tmp_path)
    assert list(tmp_path.iterdir()) == []
