"""The figures of ``bot/meter.py`` as Prometheus reads them, and those read only when it asks.

| metric | meaning |
|---|---|
| ``curseur_queue_waiting{queue}`` | updates to handle (``inbox``), messages to send (``outbox``), of all processes |
| ``curseur_queue_oldest_seconds{queue}`` | how long the oldest of them has waited; 0 when none does |
| ``curseur_queue_given_up{queue}`` | updates set aside, messages dropped, still on record |
| ``curseur_database_up`` | 1 when the database answered, else 0, and the three above are missing |
| ``process_*`` | memory, processor time, open files, start of this process (Linux) |

All others are this process's alone, from its start. None has a label that tells who a person is or what was said.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import MetricsHandler
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot import logs
from bot.meter import METRICS, UNMETERED, Counted, Meter, Timed
from bot.queues import Queues, Waiting

READ_AGAIN_AFTER = 1.0
"""Seconds for which what was read of the queues is good enough."""

_REQUEST_SECONDS = 10.0
_LOG = logging.getLogger(__name__)


class PrometheusMeter:
    """A ``Meter`` that Prometheus can read over HTTP."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        self._counters = {
            what.name: Counter(what.name, what.meaning, what.labels, registry=self._registry)
            for what in METRICS
            if isinstance(what, Counted)
        }
        self._histograms = {
            what.name: Histogram(what.name, what.meaning, what.labels, registry=self._registry, buckets=what.buckets)
            for what in METRICS
            if isinstance(what, Timed)
        }

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        """As in ``Meter``."""
        counter = self._counters[what.name]
        (counter.labels(*labels) if labels else counter).inc(by)

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """As in ``Meter``."""
        histogram = self._histograms[what.name]
        (histogram.labels(*labels) if labels else histogram).observe(seconds)

    def watch(self, queues: Queues) -> None:
        """Tell of these too, read each time somebody asks."""
        self._registry.register(_Watched({"inbox": queues.inbox.waiting, "outbox": queues.outbox.waiting}))

    def serve(self, listen: str) -> Callable[[], None]:
        """Answer Prometheus there, in a thread, until what this returns is called.

        Args:
            listen: ``host:port``.

        Raises:
            OSError: nothing can listen there, most often since another process does.
        """
        host, _, port = listen.rpartition(":")
        server = _Server(host.strip("[]"), int(port), _Handler.factory(self._registry))
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()

        def close() -> None:
            server.shutdown()
            server.server_close()

        return close


def published(listen: str, queues: Queues) -> Meter:
    """A meter that Prometheus reads there, for as long as the process lives; where nothing can listen, none.

    Args:
        listen: ``host:port``.
        queues: told of too.
    """
    meter = PrometheusMeter()
    meter.watch(queues)
    try:
        meter.serve(listen)
    except OSError as error:
        _LOG.warning(
            "METRICS_LISTEN=%s cannot be listened on (%s): no figures from this process; give each its own, or off",
            listen,
            error.strerror,
        )
        return UNMETERED
    logs.count_into(meter)
    return meter


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), handler)

    def server_bind(self) -> None:
        # That of HTTPServer asks the name service for this machine's name, which may take seconds.
        TCPServer.server_bind(self)


class _Handler(MetricsHandler):
    timeout = _REQUEST_SECONDS


class _Watched(Collector):
    def __init__(self, queues: Mapping[str, Callable[[], Waiting]]) -> None:
        self._queues = queues
        self._lock = threading.Lock()
        self._read: dict[str, Waiting] | None = None
        self._read_at = float("-inf")

    def describe(self) -> list[Metric]:
        """Nothing: asking must not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics, as the queues are now or were a moment ago."""
        waiting = GaugeMetricFamily("curseur_queue_waiting", "What waits or is being dealt with.", labels=["queue"])
        oldest = GaugeMetricFamily("curseur_queue_oldest_seconds", "For how long the oldest waits.", labels=["queue"])
        aside = GaugeMetricFamily("curseur_queue_given_up", "Set aside or dropped, on record.", labels=["queue"])
        read = self._lately()
        for name, queue in (read or {}).items():
            waiting.add_metric([name], queue.number)
            oldest.add_metric([name], queue.oldest.total_seconds() if queue.oldest else 0.0)
            aside.add_metric([name], queue.aside)
        yield from (waiting, oldest, aside)
        yield GaugeMetricFamily("curseur_database_up", "Whether the database answered.", value=float(read is not None))

    def _lately(self) -> dict[str, Waiting] | None:
        with self._lock:
            if time.monotonic() - self._read_at >= READ_AGAIN_AFTER:
                try:
                    self._read = {name: waiting() for name, waiting in self._queues.items()}
                except Exception:  # whatever it is, the other figures are told
                    self._read = None
                self._read_at = time.monotonic()
            return self._read
