"""The Telegram channel: long polling into the inbox, turns, and messages out of the outbox.

Whatever happens to the process, each update has its effect once, in order within a conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from time import perf_counter
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.blind import fault
from bot.channels import Responder
from bot.channels.metering import timed
from bot.channels.pump import Pump, insist
from bot.channels.telegram_polling import KINDS, Line, Raw, Stopped, UpdatesRequest, poll
from bot.channels.telegram_profile import introduce
from bot.channels.telegram_requests import CountedRequest
from bot.channels.telegram_sending import Dropped, Later, Sender
from bot.channels.telegram_turns import Turns
from bot.channels.telegram_updates import conversation_of
from bot.channels.upkeep import look_after
from bot.logs import keep_out_of_logs
from bot.meter import MESSAGES, RECEIVED, STAGE, UNMETERED, Meter
from bot.queues import Arrived, Letter, Lost, Queues, Unavailable

_TURNS = 32
_SENDS = 32
_DATABASE_THREADS = 6
_CONNECTIONS = 64
# Seconds, at the end; Docker kills after ten.
_GRACE = 6.0
_LAST_LETTERS = 2.0
_PAUSE = 1.0
_MOMENT = 0.02
_LOG = logging.getLogger(__name__)


def run(
    token: str,
    api_url: str,
    responder: Responder,
    queues: Queues,
    on_ready: Callable[[], None],
    webhook: tuple[str, str] | None = None,
    meter: Meter = UNMETERED,
) -> None:
    """Talks on Telegram until SIGINT or SIGTERM.

    Args:
        token: The bot's token.
        api_url: The root of the Bot API server.
        responder: The assistant.
        queues: Where updates and replies are kept.
        on_ready: Called once, when updates come in; must return soon.
        webhook: The address that Telegram is to call, and the ``host:port`` to listen on; None polls.

    Raises:
        SystemExit: Telegram refuses the token, or another process polls with it; says so in one line.
    """
    keep_out_of_logs(token)
    root = api_url.rstrip("/")
    # Where signals cannot be caught by the loop (on Windows), Ctrl-C still stops it cleanly and ends up here.
    try:
        with (
            ThreadPoolExecutor(_TURNS, thread_name_prefix="turn") as thinking,
            ThreadPoolExecutor(_DATABASE_THREADS, thread_name_prefix="database") as keeping,
            contextlib.suppress(KeyboardInterrupt),
        ):
            channel = Channel(make_bot(token, root, meter), responder, queues, thinking, keeping, meter)
            asyncio.run(_until_signalled(channel, Line(root), on_ready, webhook))
    except InvalidToken:
        raise SystemExit("TELEGRAM_BOT_TOKEN is not a bot's token: copy it again from @BotFather.") from None
    except Stopped as reason:
        raise SystemExit(str(reason)) from None


def make_bot(token: str, api_url: str, meter: Meter = UNMETERED) -> Bot:
    """A client of that server, not connected yet."""
    return Bot(
        token,
        f"{api_url}/bot",
        f"{api_url}/file/bot",
        request=CountedRequest(meter, _CONNECTIONS),
        get_updates_request=UpdatesRequest(meter),
    )


class Channel:
    """One bot, its two queues and what takes from them."""

    def __init__(
        self,
        bot: Bot,
        responder: Responder,
        queues: Queues,
        thinking: Executor,
        keeping: Executor,
        meter: Meter = UNMETERED,
    ) -> None:
        self.bot = bot
        self.queues = queues
        self._responder = responder
        self._meter = meter
        self._sender = Sender(bot)
        self.sending = Pump("outbox", queues.outbox, timed(self._send, meter, "outbox", "send"), _SENDS, keeping)
        turns = Turns(bot, responder, queues.inbox, thinking, self.sending.wake, meter)
        self.turns = Pump("inbox", queues.inbox, timed(turns.handle, meter, "inbox", "turn"), _TURNS, keeping)
        self.running: list[asyncio.Task[None]] = []
        """What the pumps do, once they do."""
        self._tasks: set[asyncio.Task[None]] = set()

    def background(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Does something that nobody waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def abandon(self) -> None:
        """Gives up what ``background`` has not finished."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def keep(self, updates: Sequence[Raw]) -> None:
        """Keeps updates as they came; returns once they are safe, and raises when they are not."""
        arrived = [Arrived(raw["update_id"], conversation_of(raw), json.dumps(raw)) for raw in updates]
        begun = perf_counter()
        new = await self.turns.call(self.queues.inbox.store, arrived)
        self.turns.wake()
        self._meter.time(STAGE, perf_counter() - begun, "store")
        for raw in updates:
            kind = next((kind for kind in KINDS if kind in raw), "other")
            self._meter.count(RECEIVED, kind, "new" if raw["update_id"] in new else "repeated")
            if raw["update_id"] in new and isinstance(query := raw.get("callback_query"), dict):
                self.background(self._acknowledge(query))

    async def emptied(self, at_most: float) -> None:
        """Returns when nothing waits any more, or cannot be told, or after ``at_most`` seconds."""
        with contextlib.suppress(TimeoutError, Unavailable):
            async with asyncio.timeout(at_most):
                queues = (self.queues.inbox, self.queues.outbox)
                # Other processes empty the queues too, and no event tells of it.
                while any([(await self.turns.call(q.waiting)).number for q in queues]):  # noqa: ASYNC110
                    await asyncio.sleep(_MOMENT)

    async def introduce(self) -> None:
        """Registers the bot's commands and descriptions."""
        await introduce(self.bot, self._responder)

    async def _acknowledge(self, query: Raw) -> None:
        """Stops the pressed button's spinner; Telegram refuses when the press is too old."""
        with contextlib.suppress(TelegramError, KeyError):
            await self.bot.answer_callback_query(query["id"])

    async def _send(self, letter: Letter) -> None:
        outbox = self.queues.outbox
        outcome = await self._sender.send(letter)
        self._meter.count(MESSAGES, *outcome.told)

        async def write_down() -> None:
            match outcome:
                case Later(after, reason):
                    await self.sending.call(outbox.retry, letter, after, reason)
                case Dropped(reason, whole_chat):
                    await self.sending.call(outbox.drop, letter, reason, whole_chat)
                case _:
                    await self.sending.call(outbox.sent, letter)

        with contextlib.suppress(Lost):
            await insist(write_down)


async def _until_signalled(
    channel: Channel, line: Line, on_ready: Callable[[], None], webhook: tuple[str, str] | None
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Impossible on Windows, where Ctrl-C cancels this task, and outside of the main thread.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
    await serve(channel, line, on_ready, stop, webhook)


async def serve(
    channel: Channel,
    line: Line,
    on_ready: Callable[[], None],
    stop: asyncio.Event,
    webhook: tuple[str, str] | None = None,
) -> None:
    """Receives updates until ``stop`` is set, then lets the turns under way finish and their replies leave.

    Raises:
        Stopped: Telegram refuses the token, or another process polls with it.
    """
    work = asyncio.create_task(_work(channel, line, on_ready, webhook))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        work.cancel()
        await asyncio.wait({work})
        await _close(channel)
    if not work.cancelled():
        work.result()


async def _work(channel: Channel, line: Line, on_ready: Callable[[], None], webhook: tuple[str, str] | None) -> None:
    bot = channel.bot

    async def begun() -> None:
        await channel.emptied(at_most=1.0)  # who waited while the bot was away is greeted first
        _LOG.info("Telegram: receiving as @%s", bot.username)
        channel.background(channel.introduce())
        on_ready()

    await line.insist(bot.initialize)
    await insist(lambda: channel.turns.call(channel.queues.upkeep.recover))
    channel.running = [channel.background(pump.run()) for pump in (channel.turns, channel.sending)]
    channel.background(look_after(channel.queues.upkeep, (channel.turns, channel.sending)))
    if webhook:
        await _listen(channel, line, webhook, begun)
    else:
        await _poll(channel, line, begun)


async def _poll(channel: Channel, line: Line, begun: Callable[[], Coroutine[Any, Any, None]]) -> None:
    bot = channel.bot

    async def keep(updates: Sequence[Raw]) -> None:
        await insist(lambda: channel.keep(updates))

    await line.insist(lambda: bot.delete_webhook(drop_pending_updates=False))
    while True:
        try:
            await poll(bot, line, keep, lambda: channel.background(begun()))
        except Stopped:
            raise
        except Exception as error:
            _LOG.error("polling begins anew: %s", fault(error))
            await asyncio.sleep(_PAUSE)


async def _listen(
    channel: Channel, line: Line, webhook: tuple[str, str], begun: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    from bot.channels.telegram_webhook import Door, Webhook  # which loads a web server

    hook = Webhook.of(*webhook, channel.bot.token)
    door = Door(hook, channel.keep, lambda: channel.turns.call(channel.queues.inbox.waiting))
    async with door.open():
        await line.insist(
            lambda: channel.bot.set_webhook(
                hook.url, secret_token=hook.secret, allowed_updates=KINDS, drop_pending_updates=False
            )
        )
        await begun()
        await asyncio.Event().wait()


async def _close(channel: Channel) -> None:
    """Lets turns under way finish and their replies leave, and closes the connections; the rest waits in the queues."""
    if channel.running:
        turns, sending = channel.running
        channel.turns.stop()
        await asyncio.wait({turns}, timeout=_GRACE)
        channel.sending.stop(when_empty=True)
        await asyncio.wait({sending}, timeout=_LAST_LETTERS)
    await channel.abandon()
    await channel.bot.shutdown()
