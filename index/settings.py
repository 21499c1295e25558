"""Where the corpus is, where the index goes and what encodes it: environment variables, or a ``.env`` file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from pydantic import Field, HttpUrl, TypeAdapter, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from index.errors import IndexProblem

SECRETS_DIR = "/run/secrets"
"""Where containers find files named after settings (telegram_bot_token, database_url); SECRETS_DIR names another."""


class SettingsProblem(IndexProblem):
    """One or more settings are wrong; the message lists them all and where they are set."""


class IndexSettings(BaseSettings):
    """What ``python -m index`` needs. An empty value is the default."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True,
                                      frozen=True)  # fmt: skip

    data_dir: Path = Field(default=Path("var"), description="Holds the index and the unpacked encoder.")
    corpus_dir: Path = Field(default=Path("corpus"), description="Articles in fr/ and en/, and lexicon.yaml.")
    embedding_model: str = Field(
        default="packaged",
        description="The encoder: 'packaged', a model hub id, or a sentence-transformers folder.",
    )
    chroma_url: str = Field(
        default="", description="A Chroma server's root, such as http://127.0.0.1:8000; empty: embedded in DATA_DIR."
    )

    @field_validator("data_dir", "corpus_dir")
    @classmethod
    def _at_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("chroma_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return checked_url(value)

    @property
    def lexicon_file(self) -> Path:
        return self.corpus_dir / "lexicon.yaml"

    @property
    def build_lock(self) -> Path:
        return self.data_dir / "index.lock"


def checked_url(value: str) -> str:
    """The address of a server, without its trailing slash; empty stays empty."""
    if value:
        try:
            TypeAdapter(HttpUrl).validate_python(value)
        except ValidationError as error:
            raise ValueError("expected an address such as http://127.0.0.1:8000") from error
    return value.rstrip("/")


S = TypeVar("S", bound=IndexSettings)


def read_settings(kind: type[S]) -> S:
    """Read the settings of that kind from the environment, ``.env`` and the folder of secrets, the first that has one.

    Raises:
        SettingsProblem: some are wrong; each is named with its reason, never with its value (it may be a secret).
    """
    secrets = Path(os.environ.get("SECRETS_DIR") or SECRETS_DIR)
    if "SECRETS_DIR" in os.environ and not secrets.is_dir():
        raise SettingsProblem(f"SECRETS_DIR={secrets}: there is no such folder")
    try:
        return kind(_secrets_dir=secrets if secrets.is_dir() else None)
    except UnicodeDecodeError as error:
        raise SettingsProblem(f".env or a file in {secrets} is not UTF-8 text ({error.reason}): save it so") from None
    except (OSError, SettingsError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsProblem(f".env or a file in {secrets} cannot be read ({reason}): check its rights") from None
    except ValidationError as error:
        wrong = [
            f"  {'.'.join(map(str, e['loc'])).upper()}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        places = [".env"] * Path(".env").exists() + [str(secrets)] * secrets.is_dir() + ["the environment"]
        raise SettingsProblem("\n".join([f"wrong settings (in {' or '.join(places)}):", *wrong])) from None


def have_a_home(settings: IndexSettings) -> None:
    """Make DATA_DIR the user's home folder when there is none, as in a container: Chroma does not load without one."""
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(settings.data_dir.absolute())
