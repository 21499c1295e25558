"""One question to one outcome: what an answer may hold, in which words, and when there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import shipped as on_disk
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shipped import faq_over, judges, passage
from small_corpus import write_small_corpus

from bot.faq.asking import MAX_QUESTION_CHARS, asking_part
from bot.faq.compose import MAX_PASSAGES
from bot.faq.faq import MAX_ANSWER_CHARS, NEAREST, SEE_ALSO, Faq
from bot.faq.outcome import Answer, NoAnswer, Outcome, Quote, SmallTalk
from bot.settings import Settings
from bot.wording import replies
from bot.wording.catalogue import say
from index import opening
from index.articles import Source
from index.encoder import HashingEncoder
from index.opening import Library

NUMBER = re.compile(r"\d+(?:[.,\u00a0]\d+)*")
CHECKED = 200
"""Questions asked of the shipped corpus in each language."""


def answer_of(outcome: Outcome) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def unspaced(text: str) -> str:
    """With single spaces for lines and fixed spaces, and no bullets: the words alone."""
    return " ".join(re.sub(r"^[-•] ", "", text, flags=re.MULTILINE).split())


def units_of(quote: Quote) -> list[str]:
    """The passage's units that a quote is made of, in its order; an error when a word of it is not the passage's."""
    left, taken = quote.text, []
    available = [unit.text for unit in quote.passage.units]
    while left:
        fitting = [unit for unit in sorted(available, key=len, reverse=True) if left.startswith(unit)]
        assert fitting, f"not in {quote.passage.key}, or said twice: {left!r}"
        available.remove(fitting[0])
        taken.append(fitting[0])
        left = left[len(fitting[0]) :].lstrip(" \n")
    return taken


def check(answer: Answer) -> None:
    """What holds of every answer."""
    assert 0 <= answer.probability <= 1
    assert 1 <= len(answer.quotes) <= MAX_PASSAGES
    said = [unit for quote in answer.quotes for unit in units_of(quote)]
    assert len(said) == len(set(said)), "a unit is said twice"
    assert len({quote.passage for quote in answer.quotes}) == len(answer.quotes)
    assert not set(answer.passages) & set(answer.see_also)
    assert len(answer.see_also) <= SEE_ALSO
    reply = replies.of(answer).plain
    assert len(reply) <= MAX_ANSWER_CHARS, f"{len(reply)} characters"
    body, _, footer = reply.partition(f"\n\n{say(answer.lang, 'sources_footer')}\n")
    assert re.findall(r"\[(\d)\]$", body, re.MULTILINE) == [str(n) for n in range(1, len(answer.passages) + 1)]
    assert [line[:3] for line in footer.splitlines()] == [f"[{n}]" for n in range(1, len(answer.passages) + 1)]
    announced = say(answer.lang, "other_language") in body
    assert announced is (answer.quotes[0].passage.lang != answer.lang)
    check_numbers(answer)


def check_numbers(answer: Answer) -> None:
    """Every figure of the quotes stands in the passage they are from."""
    for quote in answer.quotes:
        held = NUMBER.findall(quote.passage.text)
        assert set(NUMBER.findall(quote.text)) <= set(held)


def asked_of(shipped: on_disk.Shipped, lang: str) -> list[tuple[str, str]]:
    """Each sample question of that language, with its passage's id."""
    return [(q, p.id) for p in shipped.corpus.passages if p.lang == lang for q in p.questions]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_answer_keeps_its_promises(shipped: on_disk.Shipped, lang: str) -> None:
    """Varied questions: the corpus's own, cut, doubled, shouted, mixed, and followed up."""
    own = [question for question, _ in asked_of(shipped, lang)]
    follow_ups = {
        "fr": ["qui dit ça ?", "pourquoi ?", "et l'offshore ?", "un exemple ?", "en anglais ?", "plus de détails", ""],
        "en": ["who says so?", "why?", "what about offshore?", "an example?", "in French?", "tell me more", ""],
    }[lang]
    answered = 0

    @settings(max_examples=CHECKED)
    @given(
        first=st.sampled_from(own),
        second=st.sampled_from(own),
        turn=st.sampled_from(["as it is", "cut", "both", "shouted", "without accents", "reversed"]),
        follow=st.sampled_from(follow_ups),
    )
    def varied(first: str, second: str, turn: str, follow: str) -> None:
        nonlocal answered
        question = {
            "as it is": first,
            "cut": " ".join(first.split()[: max(3, len(first.split()) // 2)]),
            "both": f"{first} {second}",
            "shouted": first.upper(),
            "without accents": first.encode("ascii", "ignore").decode(),
            "reversed": " ".join(reversed(first.split())),
        }[turn]
        for outcome in (
            shipped.faq.answer(question, lang),
            shipped.faq.answer(follow, lang, (second, question)) if follow else None,
        ):
            if isinstance(outcome, Answer):
                answered += 1
                check(outcome)

    varied()
    assert answered >= CHECKED


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_sample_question_leads_to_its_passage(shipped: on_disk.Shipped, lang: str) -> None:
    """Word for word, which any encoder finds: the plumbing, not the quality, which bench/ measures."""
    asked = asked_of(shipped, lang)[::16]
    found = [
        isinstance(outcome := shipped.faq.answer(question, lang), Answer)
        and wanted in [p.id for p in (*outcome.passages, *outcome.see_also)]
        for question, wanted in asked
    ]
    assert sum(found) >= 0.95 * len(asked)


@pytest.mark.parametrize("before", ["", "Quels coûts cachés ?", "What are the hidden costs?"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_lies_beyond_is_refused_with_its_reason(shipped: on_disk.Shipped, lang: str, before: str) -> None:
    asked = [(theme, theme.examples[lang][-1]) for theme in shipped.corpus.themes]
    outcomes = [shipped.faq.answer(question, lang, (before,) if before else ()) for _, question in asked]
    refused = [outcome for outcome in outcomes if isinstance(outcome, NoAnswer)]
    assert len(refused) >= 0.9 * len(asked)
    for outcome in refused:
        assert len(outcome.nearest) <= NEAREST
        assert outcome.lang == lang
    right = sum(
        isinstance(outcome, NoAnswer) and outcome.reason == shipped.corpus.reason(theme.name, lang)
        for (theme, _), outcome in zip(asked, outcomes, strict=True)
    )
    assert right >= 0.9 * len(asked)


# Over corpora that hold in one's head.

RATE = passage("a#rate", "Un téléconseiller coûte 25 € de l’heure. Le tarif monte la nuit.", heading="Le tarif")
STEER = passage("a#steer", "Le pilotage demande un responsable.", heading="Le pilotage")
GLOVES = passage(
    "b#gloves", "Jewellery returns are handled by specialists.", lang="en", article="Luxury", heading="Gloves"
)
SIGNED = Source(("002",), "Le guide", "Armatis", "Ada")


def test_small_talk_comes_before_any_search() -> None:
    assert faq_over().answer("Merci !", "fr") == SmallTalk("fr", "thanks")
    assert faq_over(RATE).answer("hello", "en", ("Combien coûte un téléconseiller ?",)) == SmallTalk("en", "greeting")


def test_an_answer_holds_its_passage_word_for_word() -> None:
    answer = answer_of(faq_over(RATE, STEER).answer("Combien coûte un téléconseiller ?", "fr"))
    check(answer)
    assert answer.quotes[0] == Quote(RATE, RATE.text)
    assert (answer.lang, answer.question, answer.other_language, answer.who_says) == (
        "fr",
        "Combien coûte un téléconseiller ?",
        False,
        False,
    )


def test_what_is_not_supported_is_refused_with_what_is_nearest() -> None:
    outcome = faq_over(RATE, STEER, answering=False).answer("Combien coûte un téléconseiller ?", "fr")
    assert isinstance(outcome, NoAnswer)
    assert outcome.nearest[0] == RATE
    assert outcome.reason is None


def test_an_empty_corpus_refuses_everything() -> None:
    outcome = faq_over().answer("Combien coûte un téléconseiller ?", "fr")
    assert outcome == NoAnswer("fr", "Combien coûte un téléconseiller ?", 0.0, ())
    assert faq_over().answer("pourquoi ?", "en", ("What is it?",)) == NoAnswer("en", "pourquoi ?", 0.0, ())


def test_what_shares_no_word_is_not_called_near() -> None:
    outcome = faq_over(RATE, STEER).answer("zanzibar xylophone", "fr")
    assert isinstance(outcome, NoAnswer)
    assert outcome.nearest == ()


def test_a_passage_of_the_other_language_is_quoted_and_announced() -> None:
    answer = answer_of(faq_over(RATE, GLOVES).answer("jewellery returns", "fr"))
    check(answer)
    assert answer.other_language
    assert say("fr", "other_language") in replies.of(answer).plain


def test_where_both_languages_say_it_the_persons_is_quoted() -> None:
    english = passage("a#rate", "Un téléconseiller is the French word for an agent.", lang="en")
    assert answer_of(faq_over(english, RATE).answer("téléconseiller ?", "fr")).quotes[0].passage == RATE
    assert answer_of(faq_over(english, RATE).answer("téléconseiller ?", "en")).quotes[0].passage == english


def test_who_says_so_gives_the_same_answer_and_the_speaker() -> None:
    signed = passage("a#rate", RATE.text, source=SIGNED)
    answer = answer_of(faq_over(signed, STEER).answer("qui dit ça ?", "fr", ("Combien coûte un téléconseiller ?",)))
    check(answer)
    assert answer.who_says
    assert answer.question == "Combien coûte un téléconseiller ?"
    assert "Armatis (Ada)" in replies.of(answer).plain.splitlines()[0]


def test_another_language_asked_for_is_the_answers() -> None:
    english = passage("a#rate", "A téléconseiller costs 25 euros.", lang="en")
    answer = answer_of(faq_over(RATE, english).answer("en anglais ?", "fr", ("Combien coûte un téléconseiller ?",)))
    assert (answer.lang, answer.quotes[0].passage) == ("en", english)


def test_more_leaves_out_what_has_been_read() -> None:
    night = passage("a#night", "La nuit, un téléconseiller coûte plus.", heading="La nuit")
    faq = faq_over(RATE, night)
    first = answer_of(faq.answer("Combien coûte un téléconseiller ?", "fr")).quotes[0].passage
    more = answer_of(faq.answer("plus de détails", "fr", ("Combien coûte un téléconseiller ?",)))
    assert first not in more.passages


def test_more_and_more_goes_on() -> None:
    parts = [passage(f"a#{n}", f"Le téléconseiller {word} coûte.", heading=word) for n, word in enumerate("abcd")]
    faq = faq_over(*parts)
    asked = ["Combien coûte un téléconseiller ?", "plus de détails", "encore"]
    leads = [answer_of(faq.answer(asked[n], "fr", asked[:n])).quotes[0].passage for n in range(3)]
    assert len(set(leads)) == 3


@pytest.mark.parametrize("back", ["qui dit ça ?", "en français ?"])
def test_what_was_answered_last_is_what_is_spoken_of(back: str) -> None:
    """Whatever reading answered it: here the message alone, for the topic is another."""
    faq = faq_over(RATE, STEER)
    said = ("Le tarif monte la nuit ?", "le pilotage ?", "merci", "en français ?")
    assert answer_of(faq.answer(back, "fr", said)).quotes[0].passage == STEER


def test_a_follow_up_that_the_topic_does_not_support_is_read_alone() -> None:
    answer = answer_of(faq_over(RATE, STEER).answer("le pilotage ?", "fr", ("Quel zanzibar ?",)))
    assert answer.quotes[0].passage == STEER


@pytest.mark.parametrize("strange", ["Zanzibar ?", "et zanzibar ?", "Comment cela se passe-t-il un soir à Zanzibar ?"])
def test_a_topic_lends_no_answer_to_a_question_without_one(strange: str) -> None:
    faq = faq_over(RATE, STEER)
    assert isinstance(faq.answer(strange, "fr"), NoAnswer)
    assert isinstance(faq.answer(strange, "fr", ("Combien coûte un téléconseiller ?",)), NoAnswer)


@pytest.mark.parametrize("new", ["le pilotage ?", "Le pilotage, ça demande quoi comme responsable ?"])
def test_a_new_question_is_not_answered_with_the_topic(new: str) -> None:
    answer = answer_of(faq_over(RATE, STEER).answer(new, "fr", ("Le tarif monte la nuit ?",)))
    assert answer.quotes[0].passage == STEER


def test_a_message_that_says_nothing_of_its_own_is_about_the_topic() -> None:
    answer = answer_of(faq_over(RATE, STEER).answer("et donc ?", "fr", ("Combien coûte un téléconseiller ?",)))
    assert answer.quotes[0].passage == RATE


def test_no_word_is_lost_between_passages_and_reply() -> None:
    answer = answer_of(faq_over(RATE, STEER).answer("téléconseiller et pilotage ?", "fr"))
    reply = unspaced(replies.of(answer).plain)
    assert all(unspaced(unit) in reply for quote in answer.quotes for unit in units_of(quote))


def test_judges_may_be_given() -> None:
    faq = faq_over(RATE)
    strict = Faq(faq._retriever, judges=judges(answering=False))
    assert isinstance(strict.answer("Combien coûte un téléconseiller ?", "fr"), NoAnswer)
    assert isinstance(Faq(faq._retriever, judges=judges()).answer("téléconseiller ?", "fr"), Answer)


def test_passages_and_sources_by_name() -> None:
    signed = passage("c#x", "Texte.", source=SIGNED)
    ours = passage("d#x", "Texte.", source=Source(("000", "002"), "Comparaison"))
    faq = faq_over(ours, signed, RATE, GLOVES)
    assert faq.passage("a#rate", "fr") == RATE
    assert faq.passage("b#gloves", "fr") == GLOVES
    assert faq.passage("gone#gone", "fr") is None
    assert [source.title for source in faq.sources("fr")] == ["Comparaison", "Le guide"]


def test_the_small_corpus_with_dense_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "load_encoder", lambda *_: HashingEncoder(64))
    corpus_dir = write_small_corpus(tmp_path / "small")
    library = Library(Settings(_env_file=None, data_dir=tmp_path / "var", corpus_dir=corpus_dir))
    faq = Faq(library.open(library.by_words()), replies.overhead, replies.citation_cost)
    refused = faq.answer("Quel temps fera-t-il demain ?", "fr")
    assert isinstance(refused, NoAnswer)
    assert refused.reason == "Mes sources ne parlent pas du temps\u00a0: voyez Météo-France."
    answer = answer_of(faq.answer("Combien coûte une heure de téléconseiller ?", "fr"))
    check(answer)
    assert answer.quotes[0].passage.id == "prices#hourly-rate"
    luxury = answer_of(faq.answer("Who handles jewellery returns?", "fr"))
    assert luxury.other_language


# Long messages.


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Combien ?", "Combien ?"),
        ("*Combien* pour `un` _agent_ à [Tana](https://exemple.fr/x_y) ?", "Combien pour un agent à Tana ?"),
        ("niveau_1 * 2 [sic] (ou 3) ?", "niveau_1 * 2 [sic] (ou 3) ?"),
        ("x" * MAX_QUESTION_CHARS, "x" * MAX_QUESTION_CHARS),
        ("Blabla. " * 100 + "Combien coûte-t-il ? " + "Blabla. " * 100, "Combien coûte-t-il ?"),
        ("Un ?\n" + "Blabla\n" * 100 + "Deux ?", "Un ? Deux ?"),
        ("y" * 2_000, "y" * MAX_QUESTION_CHARS),
    ],
)
def test_of_a_long_message_what_asks_is_kept(message: str, kept: str) -> None:
    assert asking_part(message) == kept


@given(message=st.text(alphabet="ab ?!.\n", min_size=500, max_size=3_000))
def test_whatever_its_length_a_message_is_cut_to_size(message: str) -> None:
    assert len(asking_part(message)) <= MAX_QUESTION_CHARS


def test_the_answer_to_a_long_message_is_no_longer_than_others(shipped: on_disk.Shipped) -> None:
    told = "Nous vendons des meubles. " * 30
    answers = [shipped.faq.answer(told + question, "fr") for question, _ in asked_of(shipped, "fr")[::30]]
    given = [len(replies.of(answer, long_message=True).plain) for answer in answers if isinstance(answer, Answer)]
    assert len(given) >= 20
    assert max(given) <= MAX_ANSWER_CHARS


# An operator's own articles are not as short as ours.

LONG_LIST = "Les avantages de la sous-traitance :\n" + "\n".join(
    f"- avantage numéro {n} de la sous-traitance, pour votre équipe de relation client" for n in range(12)
)
TITLE = "Guide interne de la relation client, des appels d’offres et de la reprise en interne, édition 2026"
HEADING = "Les avantages de la sous-traitance, vus par la direction financière et par les métiers"


def test_a_passage_that_is_one_long_list_is_still_quoted() -> None:
    assert len(LONG_LIST) <= 1_000
    theirs = passage("a#b", LONG_LIST, article=TITLE, heading=HEADING)
    answer_of(faq_over(theirs).answer("Quels avantages de la sous-traitance ?", "fr"))


MARKUP = st.sampled_from(
    ["<b>", "&amp;", "*", "_", "```", "{lang}", "%s", "\u202e", "\x00", "\ud800", "🤷🏽‍♀️", "٣", "é" * 50]
)


@given(
    pieces=st.lists(
        st.text(max_size=30) | MARKUP | st.sampled_from(["téléconseiller", "pilotage", "et", "qui dit ça ?"]),
        max_size=12,
    ),
    history=st.lists(st.text(max_size=40) | st.just("Combien coûte un téléconseiller ?"), max_size=7),
    lang=st.sampled_from(["fr", "en"]),
)
@example(pieces=["\ud800"], history=["\udfff"], lang="fr")
def test_nothing_typed_breaks_the_pipeline(pieces: Sequence[str], history: Sequence[str], lang: str) -> None:
    outcome = faq_over(RATE, STEER, GLOVES).answer(" ".join(pieces), lang, tuple(history))
    if isinstance(outcome, Answer):
        check(outcome)
    assert replies.of(outcome).plain.strip()


def test_one_faq_serves_many_threads(shipped: on_disk.Shipped) -> None:
    asked = [question for question, _ in asked_of(shipped, "fr")[::60]]
    alone = [shipped.faq.answer(question, "fr") for question in asked]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: shipped.faq.answer(question, "fr"), asked * 3))
    assert together == alone * 3
