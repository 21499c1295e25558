"""Grading, halves, tables, the citation checker, the curve, and a whole evaluation over a tiny corpus."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from bench import curve, evaluate, grading, latency, results
from bench.citations import faults
from bench.grading import Given, Graded, failures, part_of, quality, speed, table
from bench.labels import Labelled
from bot.faq.evidence import Evidence, Judge
from bot.settings import Settings
from bot.wording.catalogue import say
from index.opening import Library
from index.settings import read_settings

HIDDEN = "Les coûts cachés apparaissent après la signature. Ils ajoutent 12\u00a0% :\n- la formation\n- le pilotage"
NEAR = "Le nearshore va jusqu’à 33\u00a0%. Il reste proche."


def answer(*quoted: str) -> dict[str, Any]:
    """The JSON of an answer that quotes the first passage, then the second."""
    body = "\n\nÀ savoir aussi\n".join(f"{text.replace('- ', '• ')} [{n}]" for n, text in enumerate(quoted, 1))
    cited = [HIDDEN, NEAR][: len(quoted)]
    lines = "\n".join(f"[{n}] Les coûts › Titre (Exemple)" for n in range(1, len(cited) + 1))
    return {
        "id": "q",
        "status": "answered",
        "lang": "fr",
        "answer": f"{body}\n\nSources\n{lines}",
        "citations": [{"passage": f"costs#{n}", "text": text} for n, text in enumerate(cited)],
        "suggestions": [],
    }


def given(text: str = "", score: float = 0.9, *, answered: bool = True, **more: Any) -> Given:
    return Given(answered=answered, text=text, score=score, ms=10.0, **more)


def graded(id: str, facts: tuple[str, ...], what: Given, **more: Any) -> Graded:
    return Graded(Labelled(id, "fr", "?", facts=facts, **more), what)


# Citations


def test_quotes_of_their_passages_are_correct() -> None:
    assert faults(answer(HIDDEN)) == []
    assert faults(answer(HIDDEN, "Il reste proche.")) == []


def test_an_invented_number_is_caught() -> None:
    wrong = faults(answer(HIDDEN.replace("12", "45")))
    assert any("45 stands in no cited passage" in fault for fault in wrong)


def test_a_number_of_another_passage_is_caught_where_it_is_not_said() -> None:
    assert faults(answer(HIDDEN.replace("12", "33"), "Il reste proche.")) == ["not in [1]: Ils ajoutent 33\u00a0% :"]


def test_an_invented_sentence_or_bullet_is_caught() -> None:
    assert faults(answer(HIDDEN + "\n- le loyer")) == ["not in [1]: le loyer"]
    assert faults(answer("Tout va bien. " + HIDDEN)) == ["not in [1]: Tout va bien."]


def test_a_citation_of_nothing_and_one_of_no_use_are_caught() -> None:
    assert "[3] names no citation" in faults(
        {**answer(HIDDEN), "answer": answer(HIDDEN)["answer"].replace("[1]", "[3]")}
    )
    assert "[2] is listed and never used" in faults(
        {**answer(HIDDEN, NEAR), "answer": answer(HIDDEN)["answer"] + "\n[2] x"}
    )


def test_a_sentence_that_nothing_is_cited_for_is_caught() -> None:
    result = answer(HIDDEN)
    result["answer"] = result["answer"].replace("\n\nSources", " Et voilà.\n\nSources")
    assert faults(result) == ["nothing is cited for: Et voilà."]


def test_an_answer_without_sources_is_caught() -> None:
    assert faults({**answer(HIDDEN), "answer": HIDDEN}) == ["there is no list of sources"]


def test_the_assistants_own_words_need_no_citation() -> None:
    result = answer(HIDDEN)
    said = [say("fr", "other_language"), say("fr", "who_says", speaker="Exemple, qui vend depuis 1999")]
    result["answer"] = "\n".join(said) + "\n\n" + result["answer"]
    assert faults(result) == []


# Grading


def test_an_answer_is_wrong_that_lacks_a_fact_or_should_not_be() -> None:
    whole = graded("fr-001", ("cout", "12"), given("Coûts : 12 %"))
    partial = graded("fr-001", ("cout", "12"), given("Coûts"))
    refused = graded("fr-001", ("cout",), given("Je ne connais pas ces coûts.", answered=False))
    beyond = graded("un-001", (), given("Coûts"), near=True)
    assert (whole.complete, whole.wrong) == (True, False)
    assert (partial.complete, partial.wrong, partial.found) == (False, True, (True, False))
    assert (refused.complete, refused.wrong, refused.found) == (False, False, (False,))
    assert (beyond.complete, beyond.wrong) == (False, True)


def test_questions_fall_into_groups_and_halves() -> None:
    items = [
        graded("fr-001", ("x",), given()),
        graded("fu-002", ("x",), given(), history=("avant",)),
        graded("un-003", (), given(), near=True),
        graded("un-004", (), given()),
    ]
    assert [g.group for g in items] == ["fr", "follow-ups", "near", "far"]
    assert [g.asked.id for g in part_of(items, "tune")] == ["fr-001", "un-003"]
    assert [g.asked.id for g in part_of(items, "report")] == ["fu-002", "un-004"]
    assert part_of(items, "all") == items


def test_a_table_holds_shares_side_by_side() -> None:
    ours = [
        graded("fr-001", ("cout", "12"), given("Coûts : 12 %", result=answer(HIDDEN), quoted="coûts 12")),
        graded("fr-003", ("cout", "12"), given("", answered=False, result=answer(HIDDEN))),
        graded("un-001", (), given("", answered=False), near=True),
    ]
    theirs = [Graded(g.asked, given("coûts")) for g in ours]
    text = table({"Ours": quality(ours), "Theirs": quality(theirs)})
    assert text.splitlines()[0] == "| | Ours | Theirs |"
    assert "| All needed facts, in French (2) | 50% | 0% |" in text
    assert "| Facts found (4) | 50% | 50% |" in text
    assert "| Unanswerable, yet answered: near the subject (1) | 0% | 100% |" in text
    assert "| Answerable, yet refused (2) | 50% | 0% |" in text
    assert "| Answers whose citations are all correct | 100% | – |" in text
    assert "| All needed facts, in English (0) | – | – |" in text


def test_time_and_size() -> None:
    items = [graded("fr-001", ("x",), replace(given("abcd"), ms=ms)) for ms in (1.0, 2.0, 300.0)]
    assert speed(items, 512.4)["Warm answer, p50"] == "2.0 ms"
    assert speed(items, 512.4)["Median length of an answer"] == "4 characters"
    assert speed(items, 512.4)["Resident memory"] == "512 MB"
    assert speed(items, None)["Resident memory"] == "–"


def test_failures_show_the_tuning_half_only() -> None:
    bad = {**answer(HIDDEN.replace("12", "45"))}
    lines = failures(
        [
            graded("fr-001", ("cout", "offshore"), given("Coûts", result=bad)),
            graded("fr-002", ("offshore",), given("Coûts", result=bad)),
            graded("fr-003", ("cout",), given("Coûts", result=answer(HIDDEN))),
            graded("fr-005", ("cout",), given("", answered=False, result={**answer(), "citations": []})),
            graded("un-001", (), given("Coûts", result=answer(HIDDEN)), near=True),
        ]
    )
    assert [line.split()[0].rstrip(":") for line in lines] == ["fr-001", "fr-001", "fr-001", "fr-005", "un-001"]
    assert "lacks 1 of 2: offshore; cited: costs#0" in lines[0]
    assert "45 stands in no cited passage" in lines[2]
    assert "refused; nearest: nothing" in lines[3]


# The curve


def test_a_peers_curve_keeps_its_surest_answers_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve, "LEAST_ANSWERS", 1)
    items = [
        graded("fr-001", ("a",), given("a", 3.0)),
        graded("fr-002", ("a",), given("b", 1.0)),
        graded("fr-003", ("a",), given("a", 1.0)),
        graded("un-004", (), given("a", 0.5)),
    ]
    assert curve.by_score(items) == [(0.25, 0.0), (0.75, 1 / 3), (1.0, 0.5)]
    assert curve.point(items) == (1.0, 0.5)


def test_nothing_answered_is_no_risk() -> None:
    assert curve.point([graded("fr-001", ("a",), given("", answered=False))]) == (0.0, 0.0)


def test_draws_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "curve.png"
    curves = {
        "Ours": [(0.1, 0.0), (1.0, 0.3)],
        "One peer": [(0.1, 0.2), (1.0, 0.6)],
        "Other": [(0.1, 0.2), (1.0, 0.61)],
    }
    curve.draw(curves, (0.6, 0.1), 0.66, path)
    assert path.read_bytes().startswith(b"\x89PNG")


# Time


def test_memory_and_percentiles() -> None:
    assert (latency.resident_mb() or 0) > 10
    assert latency.resident_mb(2**30) is None
    assert latency.percentiles([5.0]) == (5.0, 5.0)
    assert latency.percentiles(list(range(101))) == (50.0, 95.0)


def test_measures_a_process_from_outside() -> None:
    echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    found = latency.launch(["a", "b"], ["-c", echo])
    assert found.first_seconds > 0
    assert len(found.warm_ms) == 2
    assert found.memory is None or found.memory > 1


def test_a_process_that_stops_is_said() -> None:
    with pytest.raises(SystemExit, match="without answering"):
        latency.launch([], ["-c", "pass"])


# The whole


@pytest.fixture
def bold(tiny: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index that is built, and judges that always answer: the shipped ones were not fitted for hashes."""
    Library(read_settings(Settings)).update()
    judge = Judge({field.name: 0.0 for field in fields(Evidence)}, intercept=0.0, threshold=0.0)
    for module in ("bot.faq.faq", "bench.evaluate"):
        monkeypatch.setattr(f"{module}.shipped_judges", lambda: {"dense": judge, "words": judge})


ASKED = [
    Labelled("fr-001", "fr", "Quels sont les coûts cachés ?", facts=("12 ?%", "formation")),
    Labelled("fr-002", "fr", "C'est quoi le nearshore ?", facts=("maroc", "33")),
    Labelled("en-001", "en", "What are the hidden costs?", facts=("12 ?%", "offshore")),
    Labelled("un-001", "fr", "Quel est le salaire d'un conseiller au Maroc ?", near=True),
]


@pytest.mark.usefixtures("bold")
def test_prints_a_whole_evaluation(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(evaluate, "all_questions", lambda: ASKED)
    evaluate.main(peers=False, show_failures=True)
    out = capsys.readouterr().out
    assert "| All needed facts, in French (1) | 100% |" in out.partition("Tune half")[0]
    assert "| Unanswerable, yet answered: near the subject (1) | 100% |" in out
    assert "| Answers whose citations are all correct | 100% |" in out
    assert "en-001" in out.partition("Failures of the tuning half")[2]
    assert "lacks 1 of 2: offshore" in out


@pytest.mark.usefixtures("bold")
def test_writes_the_page_and_the_chart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:

    def peer(name: str, questions: list[Labelled], **_: Any) -> evaluate.System:
        return evaluate.System([Graded(q, given("12 %, formation")) for q in questions], 90.0, "some texts")

    monkeypatch.setattr(evaluate, "all_questions", lambda: ASKED)
    monkeypatch.setattr(evaluate, "ask_peer", peer)
    monkeypatch.setattr(evaluate, "launch", lambda _: latency.Launched(1.5, (), None))
    monkeypatch.setattr(evaluate, "HERE", tmp_path)
    evaluate.main(peers=True, show_failures=False)
    page = (tmp_path / "results.md").read_text(encoding="utf-8")
    assert "| | Curseur | LangChain tutorial | BM25 | both fused |" in page
    assert "The peers read some texts." in page
    assert "`hashing:1`" in page
    assert "first answer, index and encoder loaded: 1.5 s" in page
    assert "fr-001" in page.partition("word for word among the corpus")[2]
    assert (tmp_path / "risk-coverage.png").is_file()


@pytest.mark.usefixtures("bold")
def test_our_curve_at_threshold_zero_is_what_is_given() -> None:
    settings = read_settings(Settings)
    knowledge = evaluate.build_knowledge(settings)
    knowledge.warm()
    ours = evaluate.ask_ours(knowledge, ASKED).graded
    assert evaluate.sweep(knowledge.faq()._retriever, ours)[-1] == curve.point(ours)
    assert [g.given.lang for g in ours] == ["fr", "fr", "en", "fr"]


@pytest.mark.usefixtures("tiny")
def test_a_peer_runs_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(evaluate.__file__).parents[1]))
    monkeypatch.setenv("BENCH_SOURCES", "nowhere")
    system = evaluate.ask_peer("bm25", ASKED, own_corpus=True)
    assert [g.asked.id for g in system.graded] == [q.id for q in ASKED]
    assert system.graded[0].complete
    assert "our own corpus" in system.material
    assert system.memory is None or system.memory > 10
    with pytest.raises(SystemExit, match="bm25 failed"):
        evaluate.ask_peer("bm25", ASKED)


@pytest.mark.usefixtures("tiny")
def test_an_index_to_build_first_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with pytest.raises(SystemExit, match="python -m index"):
        evaluate.main(peers=False, show_failures=False)


def test_every_labelled_question_is_asked() -> None:
    asked = grading.all_questions()
    assert len({q.id for q in asked}) == len(asked) > 400


@pytest.mark.usefixtures("tiny")
def test_says_which_questions_the_corpus_holds_word_for_word() -> None:
    assert results.verbatim(Library(read_settings(Settings)).corpus, ASKED) == ["fr-001", "fr-002", "en-001"]
