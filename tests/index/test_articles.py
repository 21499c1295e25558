"""Articles, their passages and questions, read from Markdown and YAML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_corpus import Section, front_matter, write_article

from index.articles import MAX_PASSAGE_CHARS, Corpus, Passage, Source, Unit, read_corpus, split_units
from index.errors import CorpusProblem
from index.themes import Theme

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write ``fr/a.md`` with that body, and its questions; returns the corpus's folder."""

    def write(body: str, questions: str | None = None, **front: str) -> Path:
        path = tmp_path / "small" / "fr" / "a.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(front_matter("a", "fr", **front) + body, encoding="utf-8")
        if questions is not None:
            path.with_suffix(".questions.yaml").write_text(questions, encoding="utf-8")
        return path.parents[1]

    return write


def only(root: Path) -> Passage:
    (passage,) = read_corpus(root).passages
    return passage


def texts(units: tuple[Unit, ...]) -> list[str]:
    return [u.text for u in units]


def test_passages_come_in_reading_order_french_first(corpus: Corpus) -> None:
    assert [p.key for p in corpus.passages] == [
        "fr/places#nearshore",
        "fr/places#offshore",
        "fr/prices#hourly-rate",
        "fr/prices#hidden-costs",
        "en/luxury#white-glove",
        "en/places#nearshore",
        "en/places#offshore",
        "en/prices#hourly-rate",
        "en/prices#hidden-costs",
    ]


def test_a_passage_holds_what_its_section_says(corpus: Corpus) -> None:
    passage = corpus.get("prices#hourly-rate", "fr")
    assert passage == Passage(
        id="prices#hourly-rate",
        lang="fr",
        article="Les prix",
        heading="Le tarif horaire",
        text="Un prestataire facture 25\u00a0€ de l’heure. Le tarif monte la nuit.",
        source=Source(("001",)),
        questions=("Combien coûte une heure de téléconseiller\u00a0?", "tarif horaire prestataire"),
        reviewed="2026-11-22",
    )
    assert (passage.key, passage.article_id) == ("fr/prices#hourly-rate", "prices")


def test_the_source_is_read_whole(write: Write) -> None:
    source = '{number: ["001", "003"], title: T, publisher: P, author: A, date: 2025-09-08, nature: a guide}'
    assert only(write("## H {#h}\n\nText.\n", source=source)).source == Source(
        ("001", "003"), "T", "P", "A", "2025-09-08", "a guide"
    )


def test_a_section_may_name_its_own_sources(write: Write) -> None:
    root = write("## H {#h}\n<!-- sources: 002, 004 -->\n\nText.\n\n## G {#g}\n\nMore.\n")
    own, inherited = read_corpus(root).passages
    assert (own.source.numbers, own.text) == (("002", "004"), "Text.")
    assert inherited.source.numbers == ("001",)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_either_line_ending_will_do(write: Write, newline: str) -> None:
    root = write("## H {#h}\n\nOne.\n\n- two\n- three\n")
    path = root / "fr" / "a.md"
    path.write_bytes(path.read_bytes().replace(b"\n", newline.encode()))
    assert only(root).text == "One.\n- two\n- three"


def test_a_longer_section_is_split_and_its_questions_stay_with_the_first_part(write: Write) -> None:
    sentence = "Le prestataire traite les appels simples et garde une trace de chaque échange avec le client. "
    root = write(f"## H {{#h}}\n\n{sentence * 25}\n", 'h: ["Pourquoi ?"]')
    parts = read_corpus(root).passages
    assert [p.id for p in parts] == ["a#h", "a#h-2", "a#h-3"]
    assert all(len(p.text) <= MAX_PASSAGE_CHARS and p.text.endswith(".") for p in parts)
    assert " ".join(p.text for p in parts) == (sentence * 25).strip()
    assert [len(p.questions) for p in parts] == [1, 0, 0]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("Text.\n", "before the first '##' heading"),
        ("# Title\n\n## H {#h}\n\nText.\n", "before the first '##' heading"),
        ("## H\n\nText.\n", "heading 'H' lacks an id"),
        ("## H {#h}\n\n<!-- sources: 001 -->\n", "section {#h} is empty"),
        ("## H {#h}\n\nText.\n\n## G {#h}\n\nMore.\n", "two sections have the id fr/a#h"),
    ],
)
def test_a_malformed_body_is_refused(write: Write, body: str, complaint: str) -> None:
    with pytest.raises(CorpusProblem, match=complaint):
        read_corpus(write(body))


@pytest.mark.parametrize(
    ("front", "complaint"),
    [
        ({"title": ""}, "lacks 'title:'"),
        ({"reviewed": ""}, "lacks 'reviewed:'"),
        ({"source": ""}, "lacks 'source:'"),
        ({"id": "b"}, "'id:' must be a and 'language:' fr"),
        ({"language": "en"}, "'id:' must be a and 'language:' fr"),
        ({"source": "001"}, "'source:' needs a 'number:'"),
        ({"source": "{title: T}"}, "'source:' needs a 'number:'"),
        ({"title": "["}, "not valid YAML"),
    ],
)
def test_malformed_front_matter_is_refused(write: Write, front: dict[str, str], complaint: str) -> None:
    with pytest.raises(CorpusProblem, match=complaint):
        read_corpus(write("## H {#h}\n\nText.\n", **front))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "starts without front matter"),
        (b"## H {#h}\n\nText.\n", "starts without front matter"),
        (b"---\n- a\n---\n", "expected 'name: value' lines"),
        (b"---\ntitle: \xe9\n---\n", "cannot be read"),
        (b"---\ntitle: \x00\n---\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_article_is_named(write: Write, content: bytes, complaint: str) -> None:
    root = write("")
    (root / "fr" / "a.md").write_bytes(content)
    with pytest.raises(CorpusProblem, match=complaint) as caught:
        read_corpus(root)
    assert str(root / "fr" / "a.md") in str(caught.value)


@pytest.mark.parametrize(
    ("questions", "complaint"),
    [
        ("g: [q]", r"no such section in a\.md: \['g'\]"),
        ("h: a question", "'h' must be a list of questions"),
        ("h: [3]", "'h' must be a list of questions"),
        ("h: ['']", "'h' must be a list of questions"),
        ("- q", "expected 'name: value' lines"),
        ("h: [", "not valid YAML"),
    ],
)
def test_malformed_questions_are_refused(write: Write, questions: str, complaint: str) -> None:
    with pytest.raises(CorpusProblem, match=complaint) as caught:
        read_corpus(write("## H {#h}\n\nText.\n", questions))
    assert "a.questions.yaml" in str(caught.value)


def test_an_article_that_is_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "fr" / "a.md").mkdir(parents=True)
    with pytest.raises(CorpusProblem, match="cannot be read"):
        read_corpus(tmp_path)


def test_a_folder_without_articles_points_to_its_setting(tmp_path: Path) -> None:
    with pytest.raises(CorpusProblem, match="check CORPUS_DIR"):
        read_corpus(tmp_path)


def test_get_prefers_the_language_asked_and_falls_back_to_the_other(corpus: Corpus) -> None:
    found = [corpus.get(name, "fr") for name in ("places#nearshore", "luxury#white-glove", "places#moon")]
    assert [p and p.lang for p in found] == ["fr", "en", None]
    assert corpus.has("luxury#white-glove", "en")
    assert not corpus.has("luxury#white-glove", "fr")


def test_readable_in_a_language_is_its_own_passages_and_those_it_lacks(corpus: Corpus) -> None:
    french, english = ([p.key for p in corpus.readable_in(lang)] for lang in ("fr", "en"))
    assert french == [*[p.key for p in corpus.passages if p.lang == "fr"], "en/luxury#white-glove"]
    assert english == [p.key for p in corpus.passages if p.lang == "en"]


def test_the_reason_of_a_theme_is_typeset(corpus: Corpus) -> None:
    assert corpus.reason("weather", "fr") == "Mes sources ne parlent pas du temps\u00a0: voyez Météo-France."
    assert corpus.reason("weather", "en") == "My sources do not speak of the weather: see the Met Office."
    assert corpus.reason("astrology", "fr") is None


def passage_of(**changes: object) -> Passage:
    plain = {"id": "a#h", "lang": "fr", "article": "A", "heading": "H", "text": "T.", "source": Source(("001",))}
    return Passage(**{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"id": "a#g"}, {"lang": "en"}, {"article": "B"}, {"heading": "G"}, {"text": "U."}, {"questions": ("Q?",)}],
)
def test_the_digest_sees_all_that_is_indexed(change: dict[str, object]) -> None:
    before, after = passage_of(), passage_of(**change)
    assert before.digest != after.digest
    assert Corpus((before,)).digest != Corpus((after,)).digest


def test_the_digest_ignores_order_and_what_is_read_from_the_file_each_time() -> None:
    one, two = passage_of(), passage_of(id="a#g")
    assert Corpus((one, two)).digest == Corpus((two, one)).digest
    assert passage_of(reviewed="2027-01-01", source=Source(("002",))).digest == one.digest


def test_the_digest_sees_a_theme_s_examples() -> None:
    def corpus(*examples: str) -> Corpus:
        return Corpus((passage_of(),), (Theme("law", {"fr": "Non", "en": "No"}, {"fr": examples, "en": ()}),))

    assert len({corpus().digest, corpus("a").digest, corpus("a", "b").digest, Corpus((passage_of(),)).digest}) == 4


def test_the_digest_is_the_same_in_every_process() -> None:
    assert passage_of().digest == "baaec664be3ec5e5"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un. Deux ! Trois ?", ["Un.", "Deux !", "Trois ?"]),
        ("Une seule phrase sans point", ["Une seule phrase sans point"]),
        ("Voir M. Dupont et p. 12. Fin.", ["Voir M. Dupont et p. 12.", "Fin."]),
        ("e.g. Spain, i.e. Europe. Then more.", ["e.g. Spain, i.e. Europe.", "Then more."]),
        ("Selon J. Martin, oui. Non.", ["Selon J. Martin, oui.", "Non."]),
        ('Il dit "oui." Puis part.', ['Il dit "oui."', "Puis part."]),
        ("Le taux est de 3.5 points. 25 % suivent.", ["Le taux est de 3.5 points.", "25 % suivent."]),
        ("Attendez… Oui.", ["Attendez…", "Oui."]),
        ("Avant.\nAprès.", ["Avant.", "Après."]),
        ("Trois coûts :\n- un\n- deux", ["Trois coûts :\n- un\n- deux"]),
        ("Dit. Trois coûts :\n- un\n- deux\nFin.", ["Dit.", "Trois coûts :\n- un\n- deux", "Fin."]),
        ("Sans deux-points.\n- un\n- deux", ["Sans deux-points.", "- un\n- deux"]),
        ("Et puis :", ["Et puis :"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_units_are_sentences_and_lists_with_their_lead_in(text: str, expected: list[str]) -> None:
    units = tuple(split_units(text))
    assert texts(units) == expected
    assert [u.is_list for u in units] == ["\n- " in t for t in expected]


@given(st.text(st.sampled_from("aB .:!?…\n-«»\u00a0’1\r\u2028") | st.characters(), max_size=200))
def test_units_lose_no_text(text: str) -> None:
    assert "".join("".join(u.text for u in split_units(text)).split()) == "".join(text.split())


@given(st.text(max_size=200))
def test_units_are_never_blank(text: str) -> None:
    assert all(u.text.strip() for u in split_units(text))


MARKDOWN = st.text(st.sampled_from("#{}- \nabc<>!:.é`~*[]()\\\"'\t"), max_size=80)
YAML = st.text(st.sampled_from("abh:[]{}\"'\n- &*!|>,#?0é%@`"), max_size=40)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")),
    MARKDOWN.map(lambda body: (front_matter("a", "fr") + body).encode()),
    YAML.map(lambda front: f"---\n{front}\n---\n## H {{#h}}\n\nText.\n".encode()),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENTS, questions=st.none() | YAML)
def test_whatever_the_files_hold_it_is_read_or_refused_in_words(
    write: Write, content: bytes, questions: str | None
) -> None:
    root = write("")
    (root / "fr" / "a.md").write_bytes(content)
    asked = root / "fr" / "a.questions.yaml"
    asked.unlink(missing_ok=True)
    if questions is not None:
        asked.write_text(questions, encoding="utf-8")
    told = ""
    try:
        assert all(p.text and p.digest for p in read_corpus(root).passages)
    except CorpusProblem as problem:
        told = str(problem)
    assert not told or f"{root}/fr/a." in told or "fr/a#" in told


def test_writing_a_section_by_hand_reads_as_it_was_written(tmp_path: Path) -> None:
    section = Section("s", "Un titre : essai ?", "Une phrase.\n\n- un point\n- un autre", ("Quoi ?",))
    write_article(tmp_path, "fr", "a", (section,))
    passage = only(tmp_path)
    assert passage.heading == "Un titre\u00a0: essai\u00a0?"
    assert texts(passage.units) == ["Une phrase.", "- un point\n- un autre"]
