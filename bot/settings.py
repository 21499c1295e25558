"""Every setting of the bot, from environment variables or a ``.env`` file."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from bot.llm.budget import Price
from index.settings import IndexSettings, checked_url


class Settings(IndexSettings):
    """What the bot needs besides the index. An empty value is the default."""

    telegram_bot_token: SecretStr | None = Field(
        default=None, description="The bot's token, from @BotFather; without it, the bot talks in the terminal."
    )
    telegram_api_url: str = Field(default="https://api.telegram.org", description="The root of the Bot API server.")
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="sqlite:///path, or postgresql://user:password@host/name; empty: a SQLite file in DATA_DIR.",
    )
    webhook_url: str = Field(
        default="", description="The https address that Telegram calls with updates; empty: the bot asks for them."
    )
    webhook_listen: str = Field(default="127.0.0.1:8080", description="Where the webhook's server listens, host:port.")
    retention_days: int = Field(
        default=90, ge=1, le=3650, description="After so many days without a message, all of a conversation is erased."
    )
    telegram_rate: int = Field(
        default=30, ge=2, le=1000, description="Messages a second to all chats together; Telegram's limit is 30."
    )
    questions_per_minute: int = Field(
        default=20, ge=1, le=1000, description="Questions that one chat may ask at once, and then in each minute."
    )
    gestures_per_minute: int = Field(
        default=120, ge=10, le=10_000, description="The same for its presses, commands and answers in an interview."
    )
    questions_per_second: int = Field(
        default=40, ge=1, le=10_000, description="Questions of all chats together that this process answers a second."
    )
    llm: str = Field(
        default="", description="A language model, provider:model, such as ollama:mistral-nemo; empty: none."
    )
    llm_base_url: str = Field(default="", description="Its server's address, when it is not the provider's own.")
    llm_api_key: SecretStr | None = Field(default=None, description="The key that its server asks for.")
    llm_timeout: float = Field(
        default=8, ge=1, le=60, description="Seconds after which an answer of the model is no longer waited for."
    )
    llm_max_tokens: int = Field(default=800, ge=50, le=8_000, description="Tokens of an answer of the model, at most.")
    llm_daily_budget: int = Field(
        default=2_000_000, ge=0, description="Tokens, sent and received, that may be spent in a day (UTC); 0: no limit."
    )
    llm_person_budget: int = Field(default=100_000, ge=0, description="The same for one chat; 0: no limit.")
    llm_price: str = Field(
        default="", description="What a million tokens cost, sent/received, such as 0.15/0.60; empty: cost not counted."
    )
    llm_local: bool | None = Field(
        default=None, description="Whether words stay with the operator; empty: told from the address."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="How much is logged.")
    log_format: Literal["", "text", "json"] = Field(
        default="", description="How it is written: text or json; empty: text in a terminal, json elsewhere."
    )
    metrics_listen: str = Field(
        default="127.0.0.1:9464", description="Where Prometheus reads the bot's figures, host:port; off: nowhere."
    )
    default_language: Literal["fr", "en"] = Field(
        default="fr", description="The language of a person whose own is not known."
    )

    @field_validator("llm")
    @classmethod
    def _is_model(cls, value: str) -> str:
        provider, _, model = value.strip().partition(":")
        if value.strip() and not (provider and model):
            raise ValueError("expected provider:model, such as ollama:mistral-nemo or openai:gpt-5-mini")
        return value.strip()

    @field_validator("llm_price")
    @classmethod
    def _is_price(cls, value: str) -> str:
        if value.strip():
            Price.parse(value)
        return value.strip()

    @field_validator("telegram_api_url", "llm_base_url")
    @classmethod
    def _is_api_url(cls, value: str) -> str:
        return checked_url(value)

    @field_validator("webhook_url")
    @classmethod
    def _is_webhook(cls, value: str) -> str:
        url = value.strip()
        if url and not url.startswith("https://"):
            raise ValueError("expected an address that begins with https://, as Telegram demands")
        return url

    @field_validator("webhook_listen", "metrics_listen")
    @classmethod
    def _is_listen(cls, value: str, field: ValidationInfo) -> str:
        if field.field_name == "metrics_listen" and value.strip().lower() == "off":
            return ""
        host, _, port = value.strip().rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
            raise ValueError("expected host:port, such as 127.0.0.1:8080 or 0.0.0.0:8080")
        return value.strip()

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value().strip()
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("expected sqlite:///path/to/file.db or postgresql://user:password@host/name")
        return SecretStr(url)

    @field_validator("telegram_bot_token")
    @classmethod
    def _looks_like_a_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            number, _, secret = value.get_secret_value().strip().partition(":")
            if not number.isdigit() or not secret:
                raise ValueError("expected a token such as 123456:ABC-DEF, as @BotFather gives it")
            return SecretStr(value.get_secret_value().strip())
        return None

    @property
    def database(self) -> str:
        """The database's address, the default one spelled out."""
        return self.database_url.get_secret_value() or f"sqlite:///{quote((self.data_dir / 'curseur.db').as_posix())}"
