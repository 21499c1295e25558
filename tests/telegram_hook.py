"""The strict server's webhook side: updates posted to the bot as Telegram posts them."""

import http.client
import json
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telegram_requests import JSON

if TYPE_CHECKING:
    from telegram_server import TelegramServer

_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.5)  # seconds before an update not taken is posted again; then always the last
_MOMENT = 0.05


class Hook:
    """Posts each update to one address, again until it is answered with 200, one at a time for each chat.

    Chats do not wait for one another, up to ``connections`` at once. The address given takes the place of the one of
    ``setWebhook``, since nothing on the loopback has a certificate; its secret goes along.
    """

    def __init__(self, server: "TelegramServer", url: str, connections: int = 8, timeout: float = 10) -> None:
        self.posted = 0  # how many updates were taken
        self.tried = 0  # how often one was posted
        self._server = server
        self._url = urlsplit(url)
        self._timeout = timeout
        self._busy: set[object] = set()
        self._ended = False
        self._threads = [threading.Thread(target=self._deliver, daemon=True) for _ in range(connections)]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stops; what was not taken waits in the server."""
        with self._server.changed:
            self._ended = True
            self._server.changed.notify_all()
        for thread in self._threads:
            thread.join(self._timeout + 1)

    def _deliver(self) -> None:
        assert self._url.hostname
        line = http.client.HTTPConnection(self._url.hostname, self._url.port, timeout=self._timeout)
        while (update := self._next()) is not None:
            place = _place(update)
            for attempt in range(1_000_000):
                if self._ended:
                    break
                self.tried += 1
                if self._taken(line, update):
                    self.posted += 1
                    self._server.updates.confirm(update["update_id"])
                    break
                time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
            with self._server.changed:
                self._busy.discard(place)
                self._server.changed.notify_all()
        line.close()

    def _next(self) -> JSON | None:
        """The oldest update of a chat that has none under way, once there is one; None at the end."""
        with self._server.changed:
            while not self._ended:
                seen = set(self._busy)
                for update in self._server.updates.waiting():
                    place = _place(update)
                    if place not in seen:
                        self._busy.add(place)
                        return update
                    seen.add(place)
                self._server.changed.wait(_MOMENT)
        return None

    def _taken(self, line: http.client.HTTPConnection, update: JSON) -> bool:
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": self._server.secret}
        try:
            line.request("POST", self._url.path or "/", json.dumps(update), headers)
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            return False
        return answer.status == 200


def _place(update: JSON) -> object:
    """The chat of an update; the update itself where it has none."""
    for kind in ("message", "edited_message", "my_chat_member"):
        if kind in update:
            return update[kind]["chat"]["id"]
    if "callback_query" in update:
        return update["callback_query"]["message"]["chat"]["id"]
    return f"update {update['update_id']}"
