"""Which reply markups Telegram takes, and its words when it refuses."""

import json
from typing import Any

from telegram_markup import checked_link
from telegram_requests import JSON, Refused

MAX_CALLBACK_DATA = 64  # bytes
MAX_INLINE_BUTTONS = 100
MAX_INLINE_BYTES = 10_240  # of JSON: met by bots with few but long buttons, not documented
MAX_REPLY_BUTTONS = 300

_MARKUPS = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {
        *("keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"),
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_STYLES = {"danger", "success", "primary"}
_ACTIONS = {
    *("url", "callback_data", "web_app", "login_url", "copy_text", "callback_game", "pay", "switch_inline_query"),
    *("switch_inline_query_current_chat", "switch_inline_query_chosen_chat"),
}
_REQUESTS = {
    *("request_contact", "request_location", "request_poll", "request_users", "request_chat", "request_managed_bot"),
    "web_app",
}


def check_markup(markup: JSON, *, inline_only: bool, private: bool) -> None:
    """Raises Refused unless Telegram would take this reply markup."""
    kinds = [kind for kind in _MARKUPS if kind in markup]
    if len(kinds) != 1 or not set(markup) <= _MARKUPS[kinds[0]]:
        raise Refused(f"can't parse reply markup: unexpected fields {sorted(markup)}")
    kind = kinds[0]
    if inline_only and kind != "inline_keyboard":
        raise Refused("inline keyboard expected")
    if kind in ("remove_keyboard", "force_reply"):
        if markup[kind] is not True:
            raise Refused(f'Field "{kind}" must be of type Boolean')
        return
    buttons = _buttons(markup[kind], kind)
    for button in buttons:
        if kind == "inline_keyboard":
            _check_inline(button)
        else:
            _check_reply(button, private)
    too_long = len(json.dumps(markup, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_INLINE_BYTES
    if kind == "inline_keyboard" and (too_long or len(buttons) > MAX_INLINE_BUTTONS):
        raise Refused("reply markup is too long")
    if len(buttons) > MAX_REPLY_BUTTONS:
        raise Refused("reply markup is too long")


def _buttons(rows: Any, kind: str) -> list[Any]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refused(f'Field "{kind}" must be an Array of Arrays')
    return [button for row in rows for button in row]


def _check_look(button: JSON, what: str) -> None:
    text = button.get("text")
    prefix = "Inline keyboard" if what == "inline keyboard button" else "Keyboard"
    if text is None:
        raise Refused(f"can't parse {what}: Can't find field \"text\"")
    if not isinstance(text, str):
        raise Refused(f'can\'t parse {what}: Field "text" must be of type String')
    if not text.strip():
        raise Refused(f"{prefix.lower()} button text must be non-empty")
    if button.get("style", "primary") not in _STYLES:
        raise Refused(f"can't parse {what}: Unsupported style specified")


def _check_inline(button: Any) -> None:
    what = "inline keyboard button"
    if not isinstance(button, dict):
        raise Refused(f"can't parse {what}: InlineKeyboardButton must be an Object")
    _check_look(button, what)
    if unknown := set(button) - _LOOKS - _ACTIONS:
        raise Refused(f"can't parse {what}: unknown fields {sorted(unknown)}")
    actions = set(button) & _ACTIONS
    if not actions or button.get("callback_data") == "":
        raise Refused(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:  # Telegram would keep one of them and say nothing
        raise Refused(f"can't parse {what}: several actions {sorted(actions)} in one button")
    data, url = button.get("callback_data", "-"), button.get("url", "tg://-")
    if not isinstance(data, str) or not isinstance(url, str):
        raise Refused(f'can\'t parse {what}: Field "{actions.pop()}" must be of type String')
    if len(data.encode()) > MAX_CALLBACK_DATA:
        raise Refused("BUTTON_DATA_INVALID")
    if checked_link(url) is None:
        raise Refused(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_reply(button: Any, private: bool) -> None:
    what = "keyboard button"
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise Refused(f"can't parse {what}: KeyboardButton must be a String or an Object")
    _check_look(button, what)
    if unknown := set(button) - _LOOKS - _REQUESTS:
        raise Refused(f"can't parse {what}: unknown fields {sorted(unknown)}")
    requests = set(button) & _REQUESTS
    if len(requests) > 1:
        raise Refused(f"can't parse {what}: several requests {sorted(requests)} in one button")
    if requests and not private:
        raise Refused(f"{requests.pop()} can be used in private chats only")
