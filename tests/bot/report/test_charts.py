"""The pictures: there when there is something to show, of a phone's size, and whatever the names."""

from __future__ import annotations

import struct
import threading
from dataclasses import replace

import pytest
from report_samples import EVERY, FULL, IN_HOUSE, NAMED_HOSTILE, NOT_READY, PARTIAL, UNKNOWN

from bot.advice.model import Range, Readiness, Swing
from bot.report.canvas import HALF_PAGE
from bot.report.charts import cost_chart, readiness_chart, tornado_chart


def size(png: bytes | None) -> tuple[int, int]:
    assert png is not None
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize(("name", "lang"), [*((name, "fr") for name in EVERY), ("partial", "en")])
def test_pictures_are_as_wide_as_a_phone_shows_well(name: str, lang: str) -> None:
    rec = EVERY[name]
    drawn = [cost_chart(rec, lang), tornado_chart(rec, lang), readiness_chart(rec, lang)]
    for png in filter(None, drawn):
        width, height = size(png)
        assert width == 1024
        assert 300 < height < 1600


def test_no_picture_of_costs_that_are_not_known() -> None:
    for rec in (UNKNOWN, IN_HOUSE):
        assert cost_chart(rec, "fr") is None
        assert tornado_chart(rec, "fr") is None
    assert cost_chart([UNKNOWN, IN_HOUSE], "fr") is None


def test_several_flows_share_one_picture_and_names_are_drawn_as_they_are() -> None:
    alone = size(cost_chart(PARTIAL, "fr"))[1]
    assert size(cost_chart([PARTIAL, FULL, NAMED_HOSTILE, UNKNOWN], "fr"))[1] > 2 * alone


@pytest.mark.parametrize(
    ("gain", "swing"),
    [
        (Range(-300, -200, -100), (-250, -150)),
        (Range(0, 0, 0), (0, 0)),
        (Range(1e6, 2e6, 3e6), (-1e9, 1e9)),
    ],
)
def test_any_difference_can_be_drawn(gain: Range, swing: tuple[float, float]) -> None:
    label = {"fr": "Un libellé bien plus long que la place qu’il trouve sur un téléphone tenu droit " * 2}
    costs = replace(PARTIAL.costs, gain3=gain, tornado=(Swing(label, *swing),))
    size(tornado_chart(replace(PARTIAL, costs=costs), "fr"))


@pytest.mark.parametrize("score", [0, 59, 100])
def test_any_score_can_be_drawn(score: int) -> None:
    decision = replace(NOT_READY.decision, readiness=Readiness(score, ()))
    size(readiness_chart(replace(NOT_READY, decision=decision), "fr"))


def test_the_same_picture_comes_out_twice_and_from_threads() -> None:
    drawn: list[bytes | None] = []
    workers = [threading.Thread(target=lambda: drawn.append(cost_chart(PARTIAL, "fr"))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(drawn) == 3
    assert len(set(drawn)) == 1


def test_a_page_gets_it_as_lines() -> None:
    assert b"<svg" in readiness_chart(PARTIAL, "fr", HALF_PAGE)
