"""The command line for scripts: the JSON contract, in process and once through a real ``python -m bot ask``."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from typing import Any

import pytest
import shipped as on_disk
from hypothesis import given
from hypothesis import strategies as st
from shipped import faq_over, passage
from small_assistant import Ready

from bot.faq.faq import Faq
from bot.script import Answerer
from index.articles import Source
from index.progress import progress

KEYS = ["id", "status", "lang", "answer", "citations", "suggestions", "ms"]
CITED = ["passage", "article", "heading", "source", "sources", "text"]
SUGGESTED = ["passage", "article", "heading"]
GUIDE = Source(("002", "004"), "Le guide", "Armatis")
RATE = passage("a#rate", "Un téléconseiller coûte 25 € de l’heure.", heading="Le tarif", source=GUIDE)
PASSAGES = (
    RATE,
    *(passage(f"b#{n}", f"Thème {n} : le téléconseiller travaille.", heading=f"Thème {n}") for n in range(5)),
    passage("a#rate", "An agent costs 25 euros an hour.", lang="en", article="Prices", heading="The rate"),
)


@pytest.fixture(scope="module")
def faq() -> Faq:
    return faq_over(*PASSAGES)


def answerer(faq: Faq, default: str = "fr", lang: str | None = None) -> Answerer:
    return Answerer(Ready(faq), default, lang)  # type: ignore[arg-type]


def answers(faq: Faq, *lines: object, lang: str | None = None) -> tuple[list[dict[str, Any]], str, int]:
    """The JSON objects, standard error and the exit status; a line is bytes, or a value to write as JSON."""
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    out, errors = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    status = answerer(faq, lang=lang).answer_lines(io.BytesIO(raw), out, errors)
    out.seek(0)
    return [json.loads(line) for line in out.read().split("\n") if line], errors.getvalue(), status


def check(result: dict[str, Any]) -> None:
    """The contract of one object."""
    assert list(result) == KEYS
    assert result["status"] in ("answered", "no_answer", "smalltalk")
    assert result["lang"] in ("fr", "en")
    assert isinstance(result["answer"], str)
    assert result["answer"]
    assert isinstance(result["ms"], float)
    assert result["ms"] >= 0
    for cited in result["citations"]:
        assert list(cited) == CITED
        assert isinstance(cited["sources"], list)
        assert cited["source"] == cited["sources"][0]
        assert all(isinstance(cited[key], str) and cited[key] for key in CITED if key != "sources")
    for suggested in result["suggestions"]:
        assert list(suggested) == SUGGESTED
        assert all(isinstance(value, str) and value for value in suggested.values())
    assert bool(result["citations"]) == (result["status"] == "answered")
    assert len(result["citations"]) <= 3


def test_an_answer(faq: Faq) -> None:
    [result], errors, status = answers(faq, {"id": "q1", "question": "Combien coûte un téléconseiller ?"})
    check(result)
    assert (result["id"], result["status"], result["lang"], errors, status) == ("q1", "answered", "fr", "", 0)
    assert result["answer"].startswith("Un téléconseiller coûte 25 € de l’heure. [1]")
    assert result["citations"][0] == {
        "passage": "a#rate",
        "article": "Les prix",
        "heading": "Le tarif",
        "source": "002",
        "sources": ["002", "004"],
        "text": RATE.text,
    }
    cited = {c["passage"] for c in result["citations"]}
    assert result["suggestions"]
    assert not cited & {s["passage"] for s in result["suggestions"]}


def test_a_refusal_suggests_what_is_nearest() -> None:
    [result], _, status = answers(faq_over(*PASSAGES, answering=False), {"id": 1, "question": "téléconseiller ?"})
    check(result)
    assert (result["status"], result["citations"], status) == ("no_answer", [], 0)
    assert len(result["suggestions"]) == 3


def test_small_talk(faq: Faq) -> None:
    [result], _, _ = answers(faq, {"id": 1, "question": "bonjour"})
    check(result)
    assert (result["status"], result["citations"], result["suggestions"]) == ("smalltalk", [], [])


@pytest.mark.parametrize("name", ["q-1", 7, 1.5, None, True, ["a", 1], {"a": {"b": None}}, "é\u2028💣", ""])
def test_the_id_comes_back_as_it_was_given(faq: Faq, name: object) -> None:
    [result], _, status = answers(faq, {"id": name, "question": "merci"})
    assert (result["id"], status) == (name, 0)


def test_other_fields_are_ignored(faq: Faq) -> None:
    [result], errors, status = answers(faq, {"id": 1, "question": "merci", "expected": "x", "status": 3})
    check(result)
    assert (errors, status) == ("", 0)


@pytest.mark.parametrize(
    ("line", "option", "lang"),
    [
        ({"question": "Combien coûte un téléconseiller ?"}, None, "fr"),
        ({"question": "How much does an agent cost?"}, None, "en"),
        ({"question": "KPI", "history": ["How much does an agent cost?"]}, None, "en"),
        ({"question": "KPI", "history": ["How much?", "Combien coûte-t-il ?"]}, None, "fr"),
        ({"question": "KPI"}, None, "fr"),
        ({"question": "KPI"}, "en", "en"),
        ({"question": "Combien coûte un téléconseiller ?"}, "en", "en"),
        ({"question": "How much does an agent cost?", "lang": "fr"}, "en", "fr"),
        ({"question": "KPI", "lang": None}, "en", "en"),
    ],
)
def test_the_language_is_given_or_told(faq: Faq, line: dict[str, Any], option: str | None, lang: str) -> None:
    [result], _, _ = answers(faq, {"id": 1, **line}, lang=option)
    assert result["lang"] == lang


def test_the_history_completes_a_follow_up(faq: Faq) -> None:
    asked = {"id": 1, "question": "qui dit ça ?", "history": ["Combien coûte un téléconseiller ?"]}
    [result], _, _ = answers(faq, asked)
    assert result["citations"][0]["passage"] == "a#rate"
    assert "Armatis" in result["answer"].splitlines()[0]
    nothing: list[list[str] | None] = [[], None]
    for empty in nothing:
        [result], _, status = answers(faq, {"id": 1, "question": "merci", "history": empty})
        assert (result["status"], status) == ("smalltalk", 0)


BAD = [
    (b"{", "not JSON"),
    (b"\xff\xfe", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b"9" * 5_000, "not JSON"),
    (b"null", '"id" and "question"'),
    (b"[1]", '"id" and "question"'),
    (b'"text"', '"id" and "question"'),
    ({"question": "merci"}, '"id" and "question"'),
    ({"id": 1}, '"question" must be a text'),
    ({"id": 1, "question": None}, '"question" must be a text'),
    ({"id": 1, "question": ["merci"]}, '"question" must be a text'),
    ({"id": 1, "question": "merci", "lang": "de"}, '"lang" must be'),
    ({"id": 1, "question": "merci", "lang": ["fr"]}, '"lang" must be'),
    ({"id": 1, "question": "merci", "history": "avant"}, '"history" must be'),
    ({"id": 1, "question": "merci", "history": ["avant", 3]}, '"history" must be'),
    ({"id": 1, "question": "merci", "history": {}}, '"history" must be'),
]


@pytest.mark.parametrize(("line", "why"), BAD)
def test_a_bad_line_is_told_by_its_number_and_the_rest_go_on(faq: Faq, line: object, why: str) -> None:
    good = {"id": "good", "question": "merci"}
    results, errors, status = answers(faq, good, b"", line, b"  ", good)
    assert [result["id"] for result in results] == ["good", "good"]
    assert status == 1
    [told] = errors.splitlines()
    assert told.startswith("line 3: ")
    assert why in told


def test_order_is_kept_and_blank_lines_are_passed_over(faq: Faq) -> None:
    lines = [json.dumps({"id": n, "question": "merci" if n % 2 else "téléconseiller ?"}).encode() for n in range(20)]
    results, errors, status = answers(faq, b"", *lines, b"\r", b"\t", b"")
    assert [result["id"] for result in results] == list(range(20))
    assert (errors, status) == ("", 0)


def test_nothing_asked_is_no_error(faq: Faq) -> None:
    assert answers(faq, b"") == ([], "", 0)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(faq: Faq) -> None:
    results, errors, status = answers(
        faq, b'\xef\xbb\xbf{"id": 1, "question": "merci"}\r', b'{"id": 2, "question": "merci"}\r'
    )
    assert ([r["id"] for r in results], errors, status) == ([1, 2], "", 0)


def test_each_answer_is_out_before_the_next_question_is_read(faq: Faq) -> None:
    out = io.StringIO()

    class Lines(io.BytesIO):
        def __next__(self) -> bytes:
            seen.append(len(out.getvalue().splitlines()))
            return super().__next__()

    seen: list[int] = []
    lines = Lines(b'{"id": 1, "question": "merci"}\n' * 3)
    answerer(faq).answer_lines(lines, out, io.StringIO())
    assert seen == [0, 1, 2, 3]


def test_one_question_as_json_has_no_id(faq: Faq) -> None:
    result = json.loads(answerer(faq).answer_one("Combien coûte un téléconseiller ?", as_json=True))
    check({"id": None, **result})
    assert "id" not in result


def test_one_question_as_text_ends_with_what_to_read_next(faq: Faq) -> None:
    answer, *next_ = answerer(faq).answer_one("Combien coûte un téléconseiller ?", as_json=False).split("\n  → ")
    assert answer.startswith("Un téléconseiller coûte 25 €")
    assert next_
    assert all(re.fullmatch(r"Thème \d \(b#\d\)", line) for line in next_)
    assert answerer(faq).answer_one("merci", as_json=False).count("\n") == 0


def test_an_empty_question_is_refused_not_broken(faq: Faq) -> None:
    [result], _, status = answers(faq, {"id": 1, "question": ""})
    check(result)
    assert (result["status"], status) == ("no_answer", 0)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "question": st.text(max_size=60)
        | st.sampled_from(["téléconseiller ?", "merci", "pourquoi ?", "en anglais ?"])
        | JSON,
        "lang": st.sampled_from(["fr", "en", "de", None]) | JSON,
        "history": st.lists(st.text(max_size=30) | st.just("tarif"), max_size=4) | JSON,
        "other": JSON,
    },
)
LINE = st.one_of(
    ASKED.map(lambda asked: json.dumps(asked).encode()),
    JSON.map(lambda j: json.dumps(j).encode()),
    st.binary(max_size=60),
)


@given(lines=st.lists(LINE.map(lambda line: line.replace(b"\n", b" ")), max_size=6))
def test_no_line_breaks_it(faq: Faq, lines: list[bytes]) -> None:
    results, errors, status = answers(faq, *lines)
    for result in results:
        check(result)
    told = errors.splitlines()
    assert len(results) + len(told) == sum(bool(line.strip()) for line in lines)
    assert all(re.match(r"line [1-6]: ", line) for line in told)
    assert status == bool(told)


@pytest.mark.parametrize("question", ["\ud800", "tarif \udfff ?", "\x00", "\u202e", "𝕋éléconseiller"])
def test_odd_characters_in_a_question(faq: Faq, question: str) -> None:
    [result], _, _ = answers(faq, {"id": 1, "question": question, "history": [question]})
    check(result)


def test_a_lone_surrogate_in_an_id(faq: Faq) -> None:
    good = {"id": 2, "question": "merci"}
    results, _, _ = answers(faq, b'{"id": "\\ud800", "question": "merci"}', good)
    assert results[-1]["id"] == 2


@pytest.mark.parametrize("name", [b"NaN", b"Infinity", b"-Infinity"])
def test_an_id_that_is_not_json(faq: Faq, name: bytes) -> None:
    out = io.StringIO()
    answerer(faq).answer_lines(io.BytesIO(b'{"id": ' + name + b', "question": "merci"}'), out, io.StringIO())
    assert name.decode() not in out.getvalue()


def test_the_progress_bar_stays_off_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("encoding") as report:
        report(0, 0)
        report(1, 2)
        report(2, 2)
    assert capsys.readouterr().out == ""


def test_the_real_command(shipped: on_disk.Shipped) -> None:
    asked = [
        {"id": "fr", "question": "C'est quoi l'onshore ?"},
        {"id": "en", "question": "What is offshore?", "lang": "en"},
        {"id": "follow", "question": "et l'offshore ?", "history": ["C'est quoi l'onshore ?"]},
        {"id": "beyond", "question": "Qui a gagné la coupe du monde 2018 ?"},
        {"id": "hello", "question": "Bonjour"},
    ]
    lines = "\n".join([*map(json.dumps, asked[:2]), "not JSON", *map(json.dumps, asked[2:])])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", "ask", "--jsonl"],
        input=lines.encode(),
        env=shipped.environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    errors = done.stderr.decode().strip()
    assert errors.splitlines() == [errors]
    assert errors.startswith("line 3: not JSON")
    assert done.returncode == 1
    results = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for result in results:
        check(result)
    assert [(r["id"], r["status"], r["lang"]) for r in results] == [
        ("fr", "answered", "fr"),
        ("en", "answered", "en"),
        ("follow", "answered", "fr"),
        ("beyond", "no_answer", "fr"),
        ("hello", "smalltalk", "fr"),
    ]
    leads = [r["citations"][0]["passage"] for r in results[:3]]
    assert leads == [f"onshore-nearshore-offshore#{place}" for place in ("onshore", "offshore", "offshore")]
    assert results[0]["citations"][0]["source"] == "000"
