"""What Telegram says of the bot: whether it knows it, and whether it can hand it its updates."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.finding import Finding
from bot.settings import Settings

RECENT = 3_600
"""Seconds for which an error that Telegram met with the webhook is told."""

MANY = 100
"""Updates that Telegram holds back: more of them wait for a bot that does not run."""

_SECONDS = 5


def telegram(settings: Settings) -> Iterator[Finding]:
    """The token, then the webhook or its absence; never shows the token."""
    if settings.telegram_bot_token is None:
        yield Finding(
            "telegram", True, "no TELEGRAM_BOT_TOKEN: the bot talks in the terminal (@BotFather gives a token)"
        )
        return
    try:
        name = _asked(settings, "getMe")["username"]
    except urllib.error.HTTPError as error:
        yield Finding("telegram", False, _refused(settings, error.code))
        return
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        yield Finding(
            "telegram", False, f"TELEGRAM_API_URL={settings.telegram_api_url} cannot be reached: check the network"
        )
        return
    yield Finding("telegram", True, f"@{name} on {settings.telegram_api_url}")
    try:
        yield _webhook(settings, _asked(settings, "getWebhookInfo"))
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        yield Finding("webhook", False, "Telegram does not tell how it hands over updates: try later")


def _refused(settings: Settings, code: int) -> str:
    if code in (401, 404):
        return "TELEGRAM_BOT_TOKEN is refused: copy it again from @BotFather"
    return f"TELEGRAM_API_URL={settings.telegram_api_url} answers {code}: try later"


def _asked(settings: Settings, method: str) -> Any:
    assert settings.telegram_bot_token
    url = f"{settings.telegram_api_url}/bot{settings.telegram_bot_token.get_secret_value()}/{method}"
    with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 (an http address, checked by Settings)
        return json.load(answer)["result"]


def _webhook(settings: Settings, told: dict[str, Any]) -> Finding:
    """What Telegram says of it; of an address, the server alone is shown: a path may be a secret."""
    held = int(told["pending_update_count"])
    waits = f", {held} updates wait there" if held else ""
    there, wanted = str(told["url"]), settings.webhook_url
    if there != wanted:
        calls = f"Telegram calls {_server(there)}" if there else "Telegram calls nobody"
        wants = f"WEBHOOK_URL names {_server(wanted)}" if wanted else "WEBHOOK_URL is empty"
        detail = f"{calls}, and {wants}{waits}: start the bot, which tells Telegram"
        return Finding("webhook", True, detail, heed=True)
    if not wanted:
        detail = f"none: the bot asks Telegram for updates{waits}"
        return Finding("webhook", True, detail + _hint(held), heed=held > MANY)
    if time.time() - int(told.get("last_error_date", 0)) < RECENT:
        detail = (
            f"Telegram could not hand over updates to {_server(wanted)} ({told.get('last_error_message', '?')}){waits}"
        )
        hint = "check that it reaches this bot: the address, its certificate, the load balancer, WEBHOOK_LISTEN"
        return Finding("webhook", False, f"{detail}: {hint}")
    return Finding("webhook", True, f"Telegram calls {_server(wanted)}{waits}{_hint(held)}", heed=held > MANY)


def _hint(held: int) -> str:
    return ": is 'python -m bot run' running?" if held > MANY else ""


def _server(url: str) -> str:
    return urlsplit(url).netloc
