"""The Telegram channel: long polling in, messages out, in order within a conversation and at once across them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from telegram import CallbackQuery, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.channels import Responder
from bot.channels.redaction import keep_token_out_of_logs
from bot.channels.telegram_polling import Inbox, Line, Stopped, UpdatesRequest, poll
from bot.channels.telegram_sending import Sender
from bot.channels.telegram_updates import Reader, Received
from bot.channels.turn import fault, take_turn

_THREADS = 32
_LAST_TYPING = 0.5
# Seconds, at the end; Docker kills after ten.
_GRACE = 8.0
_LAST_CALL = 1.5
_LOG = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]
Builder = ApplicationBuilder[Any, Any, Any, Any, Any, Any]


def run(token: str, api_url: str, responder: Responder, on_ready: Callable[[], None]) -> None:
    """Talks on Telegram until SIGINT or SIGTERM.

    Args:
        token: The bot's token.
        api_url: The root of the Bot API server.
        responder: The assistant.
        on_ready: Called once, when polling has begun; must return soon.

    Raises:
        SystemExit: Telegram refuses the token, or another process polls with it; says so in one line.
    """
    keep_token_out_of_logs(token)
    root = api_url.rstrip("/")
    # Where signals cannot be caught by the loop (on Windows), Ctrl-C still stops it cleanly and ends up here.
    try:
        with (
            ThreadPoolExecutor(_THREADS, thread_name_prefix="telegram") as threads,
            contextlib.suppress(KeyboardInterrupt),
        ):
            channel = Channel(application_builder(token, root), responder, threads)
            asyncio.run(_until_signalled(channel, Line(root), on_ready))
    except InvalidToken:
        raise SystemExit("TELEGRAM_BOT_TOKEN is not a bot's token: copy it again from @BotFather.") from None
    except Stopped as reason:
        raise SystemExit(str(reason)) from None


def application_builder(token: str, api_url: str) -> Builder:
    """What every application on this server is built from."""
    return (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .get_updates_request(UpdatesRequest(connection_pool_size=1))
    )


class Channel:
    """One PTB application and what it does with each update."""

    def __init__(self, builder: Builder, responder: Responder, threads: ThreadPoolExecutor) -> None:
        # The order within a conversation is kept by its lock. PTB's own limit is taken before that lock, so that
        # one busy conversation would use it up and delay all others: hence none.
        self.application: App = builder.updater(None).concurrent_updates(sys.maxsize).build()
        self.application.add_handler(TypeHandler(Update, self._on_update))
        self.inbox = Inbox()
        self._responder = responder
        self._threads = threads
        self._reader = Reader(self.application.bot)
        self._sender = Sender(self.application.bot)
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Does something that nobody waits for."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def abandon(self) -> None:
        """Gives up what ``background`` has not finished."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def introduce(self) -> None:
        """Registers the commands: French for everyone, English for those whose Telegram is in English."""
        for code, lang in ((None, "fr"), ("fr", "fr"), ("en", "en")):
            try:
                await self.application.bot.set_my_commands(list(self._responder.commands(lang)), language_code=code)
            except Exception as error:
                _LOG.warning("commands not registered in %s: %s", lang, fault(error))

    async def _on_update(self, update: Update, _: object) -> None:
        # Nothing is awaited before the lock: updates ask for it in the order they came.
        if update.callback_query:
            self.background(_acknowledge(update.callback_query))
        try:
            received = self._reader.read(update)
            if received:
                async with self._lock(received.incoming.chat):
                    await self._answer(received)
        except Exception as error:
            _LOG.error("update %d not handled: %s", update.update_id, fault(error))
        # Not in a finally: an update cancelled by a shutdown comes again.
        self.inbox.done(update.update_id)

    def _lock(self, chat: str) -> asyncio.Lock:
        lock = self._locks.get(chat)
        if lock is None:
            lock = self._locks[chat] = asyncio.Lock()
        return lock

    async def _answer(self, received: Received) -> None:
        done = asyncio.Event()
        typing = asyncio.create_task(self._sender.keep_typing(received.address, done))
        try:
            work = asyncio.get_running_loop().run_in_executor(
                self._threads, take_turn, self._responder, received.incoming
            )
            replies = await work
        finally:
            # Typing shown after the reply would stay for five seconds, so it goes first, if it goes soon.
            done.set()
            await asyncio.wait({typing}, timeout=_LAST_TYPING)
            typing.cancel()
        for reply in replies:
            if not await self._sender.send(reply, received.address):
                return


async def _acknowledge(query: CallbackQuery) -> None:
    """Stops the pressed button's spinner; Telegram refuses when the press is too old."""
    with contextlib.suppress(TelegramError):
        await query.answer()


async def _until_signalled(channel: Channel, line: Line, on_ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Impossible on Windows, where Ctrl-C cancels this task, and outside of the main thread.
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
    await serve(channel, line, on_ready, stop)


async def serve(channel: Channel, line: Line, on_ready: Callable[[], None], stop: asyncio.Event) -> None:
    """Polls until ``stop`` is set, then lets the replies under way finish.

    Raises:
        Stopped: Telegram refuses the token, or another process polls with it.
    """
    work = asyncio.create_task(_work(channel, line, on_ready))
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


async def _work(channel: Channel, line: Line, on_ready: Callable[[], None]) -> None:
    application = channel.application

    def begun() -> None:
        _LOG.info("Telegram: polling as @%s", application.bot.username)
        channel.background(channel.introduce())
        on_ready()

    await line.insist(application.initialize)
    await line.insist(lambda: application.bot.delete_webhook(drop_pending_updates=False))
    await application.start()
    await poll(application.bot, line, channel.inbox, application.update_queue.put, begun)


async def _close(channel: Channel) -> None:
    """Lets replies under way finish, tells Telegram what was handled, and closes the connections."""
    application = channel.application
    if application.running:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await application.stop()
        with contextlib.suppress(TimeoutError, TelegramError):
            async with asyncio.timeout(_LAST_CALL):
                await application.bot.get_updates(offset=channel.inbox.offset(), timeout=0)
    await channel.abandon()
    await application.shutdown()
    await application.bot.shutdown()  # what the line above leaves open when the start failed
