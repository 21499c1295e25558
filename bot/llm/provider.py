"""Which model, where, and through which of LangChain's packages; nothing of LangChain is loaded before it is needed."""

from __future__ import annotations

import ipaddress
import logging
import os
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.messages import AIMessageChunk
    from langchain_core.runnables import Runnable

    from bot.settings import Settings

    Talker = Runnable[LanguageModelInput, AIMessageChunk]

EXTRAS = {
    "openai": "langchain_openai",
    "ollama": "langchain_ollama",
    "anthropic": "langchain_anthropic",
    "mistralai": "langchain_mistralai",
}
"""The providers known well, each an extra of this project, and the package that it installs."""

_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "mistralai": "MISTRAL_API_KEY"}
_TALKATIVE = (
    "openai",
    "anthropic",
    "ollama",
    "mistralai",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "langchain",
    "langsmith",
)


class ModelProblem(Exception):
    """The operator's settings of the language model do not work; the message says what mends them."""


@dataclass(frozen=True)
class Choice:
    """The model that the operator chose."""

    name: str
    """``provider:model``."""
    base_url: str = ""
    key: SecretStr | None = field(default=None, repr=False)
    timeout: float = 8.0
    """Seconds."""
    max_tokens: int = 800
    """Of an answer."""
    declared_local: bool | None = None
    """What the operator says of where words go; None: told from the address."""

    @classmethod
    def of(cls, settings: Settings) -> Choice:
        """What the settings say; LLM is not empty."""
        return cls(
            settings.llm,
            settings.llm_base_url,
            settings.llm_api_key,
            settings.llm_timeout,
            settings.llm_max_tokens,
            settings.llm_local,
        )

    @property
    def provider(self) -> str:
        """Such as ``openai``."""
        return self.name.partition(":")[0]

    @property
    def local(self) -> bool:
        """Whether words stay on this machine or its private network."""
        if self.declared_local is not None:
            return self.declared_local
        model = self.name.partition(":")[2]
        if self.provider == "ollama":
            # Ollama passes the models so named on to its own cloud.
            return not model.endswith(("-cloud", ":cloud")) and _is_near(self.base_url or os.getenv("OLLAMA_HOST", ""))
        return bool(self.base_url) and _is_near(self.base_url)

    def check(self) -> None:
        """Look at what can be told without loading or calling anything.

        Raises:
            ModelProblem: the name is no name, the provider's package is missing, or the key is.
        """
        provider, _, model = self.name.partition(":")
        if not provider or not model:
            raise ModelProblem(f"LLM={self.name}: expected provider:model, such as ollama:mistral-nemo")
        if (package := EXTRAS.get(provider)) and find_spec(package) is None:
            raise ModelProblem(f"LLM={self.name} needs a package that is missing: pip install 'curseur[{provider}]'")
        variable = _KEYS.get(provider)
        if variable and not (self.key or self.base_url or os.getenv(variable)):
            raise ModelProblem(f"LLM={self.name} needs a key: set LLM_API_KEY, or LLM_BASE_URL for a server of yours")

    def talker(self) -> BaseChatModel:
        """The model as LangChain knows it; takes seconds, the first time.

        Raises:
            ModelProblem: LangChain does not know it, or its package is missing.
        """
        from langchain.chat_models import init_chat_model

        for name in _TALKATIVE:  # at DEBUG they tell the words, and the addresses
            logging.getLogger(name).setLevel(logging.WARNING)
        provider, _, model = self.name.partition(":")
        try:
            chat = init_chat_model(model, model_provider=provider, **self._options())
        except ImportError:
            raise ModelProblem(
                f"LLM={self.name} needs a package that is missing: pip install langchain-{provider.replace('_', '-')}"
            ) from None
        except Exception as error:  # whatever a provider's package objects to; its words may quote the key
            raise ModelProblem(f"LLM={self.name} cannot be used ({type(error).__name__}): check LLM, LLM_API_KEY and "
                               "LLM_BASE_URL") from None  # fmt: skip
        if self.provider == "openai":
            chat.root_async_client.beta.chat.completions.stream  # noqa: B018 (loads, for two seconds, what calls need)
        return cast("BaseChatModel", chat)

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"timeout": self.timeout, "max_retries": 0, "max_tokens": self.max_tokens}
        if self.base_url:
            options["base_url"] = self.base_url
        if self.key:
            options["api_key"] = self.key
        match self.provider:
            case "openai":
                # A server of one's own asks for no key, but the package does.
                options |= {"temperature": 0, "stream_usage": True, "use_responses_api": False}
                if self.base_url:
                    options["api_key"] = self.key or SecretStr("none")
                    # The old name of the same limit, which many servers know alone.
                    options["extra_body"] = {"max_tokens": self.max_tokens}
            case "mistralai":
                options |= {"temperature": 0}
            case "ollama":
                near = {"base_url": self.base_url} if self.base_url else {}
                client: dict[str, Any] = {"timeout": self.timeout}
                if self.key:
                    client |= {"headers": {"Authorization": f"Bearer {self.key.get_secret_value()}"}}
                return {"temperature": 0, "num_predict": self.max_tokens, "client_kwargs": client, **near}
        return options


def plain(chat: BaseChatModel) -> Talker:
    """The model, asked for text: its pieces are chunks of messages, which LangChain's types do not tell."""
    return cast("Talker", chat)


def shaped(chat: BaseChatModel, provider: str, schema: type[BaseModel]) -> Talker:
    """The model, asked for JSON of that form in its provider's own way; the JSON comes as text, or as a tool's."""
    from langchain_core.runnables import RunnableSequence

    ways: dict[str, Any] = {"method": "json_schema", "strict": True} if provider == "openai" else {}
    sequence = cast("RunnableSequence[Any, Any]", chat.with_structured_output(json_schema(schema), **ways))
    # What follows parses each piece anew, all that came before included: ours is parsed once, at the end.
    return cast("Talker", sequence.first)


def json_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The form of an answer as JSON Schema, without references; every field is demanded."""
    from langchain_core.utils.function_calling import convert_to_openai_function

    function = convert_to_openai_function(schema)
    demanded = cast("dict[str, Any]", _demanding(function["parameters"]))
    return {"title": function["name"], "description": function["description"], **demanded}


def _demanding(node: Any) -> Any:
    match node:
        case dict():
            inner = {key: _demanding(value) for key, value in node.items()}
            if isinstance(inner.get("properties"), dict):
                inner |= {"required": list(inner["properties"]), "additionalProperties": False}
            return inner
        case list():
            return [_demanding(value) for value in node]
    return node


def _is_near(address: str) -> bool:
    """Whether that is this machine or its private network, as far as the address itself tells; empty: this machine."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    if host in ("", "localhost") or host.endswith(".localhost"):
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    return found.is_loopback or found.is_private or found.is_unspecified
