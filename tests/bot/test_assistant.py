"""One turn of the conversation: languages, commands, buttons, memory, and what is logged of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import faq_over, passage

from bot.assistant import Assistant
from bot.citations import Citations
from bot.dialogue.interviewer import Interviewer
from bot.faq.asking import MAX_QUESTION_CHARS
from bot.faq.faq import Faq
from bot.interview.loader import shipped_interview
from bot.knowledge import NotReady
from bot.messages import Incoming, Kind, Reply
from bot.sessions import IDLE_HOURS, MAX_TURNS, MemorySessions
from bot.wording import replies
from bot.wording.catalogue import commands, examples, say
from index.articles import Corpus, Source
from index.lexical import LexicalIndex
from index.lexicon import Concept

GUIDE = Source(("001",), "Le guide", "Armatis", nature="prestataire")
PASSAGES = (
    passage("a#rate", "Un téléconseiller coûte 25 € de l’heure.", heading="Le tarif", source=GUIDE),
    passage("a#night", "La nuit majore le tarif du téléconseiller.", heading="La nuit", source=GUIDE),
    passage(
        "a#rate", "An agent costs 25 euros an hour.", lang="en", article="Prices", heading="The rate", source=GUIDE
    ),
    passage(
        "a#night", "The night raises the agent's rate.", lang="en", article="Prices", heading="Night", source=GUIDE
    ),
    passage(
        "b#gloves", "Luxury brands ask for white gloves.", lang="en", article="Luxury", heading="Gloves", source=GUIDE
    ),
)
AGENT = Concept("agent", "party", fr=("téléconseiller",), en=("agent",))
CHAT = "test:1"


class Ready:
    """Knowledge that is there; or, without a Faq, that never will be."""

    def __init__(self, faq: Faq | None) -> None:
        self._faq = faq

    def faq(self) -> Faq:
        if self._faq is None:
            raise NotReady
        return self._faq

    @property
    def vocabularies(self) -> Mapping[str, LexicalIndex] | None:
        return self._faq._retriever.lexical if self._faq else None


def assistant_over(faq: Faq | None, default: str = "fr") -> Assistant:
    interviewer, citations = Interviewer(shipped_interview()), Citations(lambda: Corpus(PASSAGES))
    return Assistant(
        Ready(faq),  # type: ignore[arg-type]
        MemorySessions(),
        interviewer,
        citations,
        default,
        receipt=lambda: "5f3a9c21",
    )


@pytest.fixture(scope="module")
def faq() -> Faq:
    return faq_over(*PASSAGES, concepts=(AGENT,))


@pytest.fixture
def assistant(faq: Faq) -> Assistant:
    return assistant_over(faq)


def says(assistant: Assistant, text: str, locale: str | None = None, chat: str = CHAT) -> Reply:
    [reply] = assistant.respond(Incoming(chat, Kind.TEXT, text, locale=locale))
    return reply


def commands_it(assistant: Assistant, name: str, argument: str = "", locale: str | None = None) -> str:
    [reply] = assistant.respond(Incoming(CHAT, Kind.COMMAND, name, argument, locale))
    return reply.plain


def presses(assistant: Assistant, code: str, locale: str | None = None, chat: str = CHAT) -> Reply:
    [reply] = assistant.respond(Incoming(chat, Kind.PRESS, code, locale=locale))
    return reply


@pytest.mark.parametrize(
    ("locale", "default", "lang"),
    [
        ("fr", "en", "fr"),
        ("fr-CA", "en", "fr"),
        ("FR_fr", "en", "fr"),
        ("en", "fr", "en"),
        ("en-GB", "fr", "en"),
        ("de", "fr", "en"),
        ("pt-br", "fr", "en"),
        (None, "fr", "fr"),
        (None, "en", "en"),
        ("", "en", "en"),
    ],
)
def test_a_newcomer_is_spoken_to_in_the_language_of_their_app(
    faq: Faq, locale: str | None, default: str, lang: str
) -> None:
    assistant = assistant_over(faq, default)
    assert commands_it(assistant, "start", locale=locale).startswith(say(lang, "welcome"))
    [media] = assistant.respond(Incoming("test:2", Kind.MEDIA, "voice", locale=locale))
    assert media.plain == say(lang, "media")
    assert assistant.trouble(Incoming("test:3", Kind.TEXT, "x", locale=locale)).plain == say(lang, "trouble")


def test_the_language_follows_what_is_typed_and_is_remembered(assistant: Assistant) -> None:
    assert "25 euros" in says(assistant, "How much does an agent cost?", "fr").plain
    assert commands_it(assistant, "unknown", locale="fr") == say("en", "unknown_command")
    assert "25 €" in says(assistant, "Combien coûte un téléconseiller ?", "fr").plain
    assert commands_it(assistant, "unknown", locale="en") == say("fr", "unknown_command")


def test_a_message_that_does_not_tell_keeps_the_language(assistant: Assistant) -> None:
    says(assistant, "Hello!", "fr")
    assert says(assistant, "👋", "fr").plain == say("en", "greeting")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_command_offered_is_understood(assistant: Assistant, lang: str) -> None:
    assert assistant.commands(lang) == commands(lang)
    for name, _ in commands(lang):
        reply = commands_it(assistant, name, locale=lang)
        assert reply != say(lang, "unknown_command"), name
        again = commands_it(assistant, name.upper(), locale=lang)
        # A receipt says what there was to erase, and now there is nothing.
        assert again == reply or (name in ("effacer", "erase") and again.startswith(say(lang, "erased")))


def test_an_english_command_from_a_newcomer_is_answered_in_english(assistant: Assistant) -> None:
    assert commands_it(assistant, "help", locale="fr") == say("en", "help")
    assert commands_it(assistant, "aide", locale="fr") == say("fr", "help")


@pytest.mark.parametrize(("argument", "lang"), [("en", "en"), ("English", "en"), (" FR ", "fr"), ("français", "fr")])
def test_the_language_command_with_its_argument(assistant: Assistant, argument: str, lang: str) -> None:
    assert commands_it(assistant, "langue", argument) == say(lang, "language_set")
    assert commands_it(assistant, "unknown") == say(lang, "unknown_command")


@pytest.mark.parametrize(("argument", "lang"), [("anglais", "en"), ("anglaise", "en")])
def test_the_language_command_in_french_words(assistant: Assistant, argument: str, lang: str) -> None:
    assert commands_it(assistant, "langue", argument) == say(lang, "language_set")


def test_the_language_command_without_one_offers_both(assistant: Assistant) -> None:
    [reply] = assistant.respond(Incoming(CHAT, Kind.COMMAND, "langue", "klingon"))
    assert reply.plain == say("fr", "language_ask")
    assert [[choice.code for choice in row] for row in reply.choices] == [["l:fr", "l:en"]]


def test_privacy_tells_the_true_figures(assistant: Assistant) -> None:
    told = commands_it(assistant, "confidentialite")
    assert told == say("fr", "privacy", turns=MAX_TURNS, hours=IDLE_HOURS, model=say("fr", "model_privacy_none"))
    assert "6 derniers messages" in told
    assert "12 heures" in told.replace("\u00a0", " ")


def test_the_welcome_offers_examples_and_both_languages(assistant: Assistant) -> None:
    [reply] = assistant.respond(Incoming(CHAT, Kind.COMMAND, "start"))
    assert [row[0].label for row in reply.choices[:-1]] == [say("fr", "button_start"), *examples("fr")]
    assert [choice.code for choice in reply.choices[-1]] == ["l:fr", "l:en"]
    assert "/confidentialite" in reply.plain


def test_a_follow_up_needs_the_question_before_and_erasing_takes_it_away(assistant: Assistant) -> None:
    says(assistant, "Combien coûte un téléconseiller ?", "fr")
    assert "25 €" in says(assistant, "qui dit ça ?").plain
    assert commands_it(assistant, "effacer").startswith(say("fr", "erased"))
    assert assistant._sessions.get(CHAT).history == ()
    assert commands_it(assistant, "unknown", locale="en") == say("en", "unknown_command")


def test_conversations_do_not_mix(assistant: Assistant) -> None:
    says(assistant, "Combien coûte un téléconseiller ?", "fr", chat="test:1")
    says(assistant, "Hello", "fr", chat="test:2")
    assert assistant._sessions.get("test:1").history == ("Combien coûte un téléconseiller ?",)
    assert assistant._sessions.get("test:2").lang == "en"


def test_a_passage_opens_in_its_language_or_in_the_one_it_exists_in(assistant: Assistant) -> None:
    assert "Un téléconseiller coûte" in presses(assistant, "p:fr:a#rate", "en").plain
    assert "An agent costs" in presses(assistant, "p:en:a#rate", "fr").plain
    assert "white gloves" in presses(assistant, "p:fr:b#gloves", "fr").plain


def test_an_example_is_asked_as_if_typed(assistant: Assistant) -> None:
    assert presses(assistant, "x:en:0", "fr").plain.startswith(say("en", "no_answer_words_only"))
    assert assistant._sessions.get(CHAT).history == (examples("en")[0],)
    assert assistant._sessions.get(CHAT).lang == "en"


def test_the_language_button_says_the_last_answer_again(assistant: Assistant) -> None:
    says(assistant, "Combien coûte un téléconseiller ?", "fr")
    assert "An agent costs" in presses(assistant, "a:en").plain
    assert assistant._sessions.get(CHAT).lang == "en"
    assert assistant._sessions.get(CHAT).history == ("Combien coûte un téléconseiller ?",)
    assert "Un téléconseiller coûte" in presses(assistant, "a:fr").plain


def test_the_language_button_needs_no_words_in_common() -> None:
    assistant = assistant_over(faq_over(*PASSAGES))
    assert "25 €" in says(assistant, "Combien coûte un téléconseiller ?", "fr").plain
    assert "25 euros" in presses(assistant, "a:en").plain


def test_the_language_button_without_an_answer_only_sets_the_language(assistant: Assistant) -> None:
    assert presses(assistant, "a:en").plain == say("en", "language_set")
    assert presses(assistant, "l:fr").plain == say("fr", "language_set")


@pytest.mark.parametrize(
    "code",
    ["", ":", "p", "p:fr", "p:fr:", "p:fr:a", "p:de:a#rate", "p:fr:gone#gone", "l", "l:", "l:de", "l:fr:x", "a:xx",
     "x:fr:99", "x:fr:-1", "x:de:0", "x:fr:", "x:fr:1.0", "q1:oui", "P:fr:a#rate", "p:fr:a#rate\n", "💣", "x" * 64,
     "x:fr:" + "9" * 59],
)  # fmt: skip
def test_a_button_of_another_age_or_of_nobodys_making(assistant: Assistant, code: str) -> None:
    assert presses(assistant, code, "fr").plain == say("fr", "stale")


def test_a_button_with_a_figure_that_is_no_number(assistant: Assistant) -> None:
    assert presses(assistant, "x:fr:²", "fr").plain == say("fr", "stale")


CODES = st.one_of(
    st.text(max_size=64),
    st.lists(st.sampled_from(["p", "l", "x", "a", "fr", "en", "0", "1", "9", "a#rate", "#", "", "de"]), max_size=5).map(
        ":".join
    ),
)


@given(codes=st.lists(CODES.filter(lambda code: "²" not in code and not _odd_digit(code)), max_size=5))
def test_no_code_breaks_anything(faq: Faq, codes: list[str]) -> None:
    assistant = assistant_over(faq)
    for code in codes:
        assert presses(assistant, code).plain.strip()


def _odd_digit(code: str) -> bool:
    return any(c.isdigit() and not c.isdecimal() for c in code)


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u00a0", "\u2003"])
def test_nothing_to_read(assistant: Assistant, text: str) -> None:
    assert says(assistant, text, "en").plain == say("en", "empty")
    assert assistant._sessions.get(CHAT).history == ()


def test_a_long_message_is_answered_by_what_it_asks(assistant: Assistant) -> None:
    told = "Nous vendons des meubles. " * 100
    reply = says(assistant, f"{told} Combien coûte un téléconseiller ? {told}")
    assert reply.plain.startswith(say("fr", "long_message"))
    assert "25 €" in reply.plain
    assert len(assistant._sessions.get(CHAT).history[0]) == 300
    exactly = "Combien coûte un téléconseiller ?".ljust(MAX_QUESTION_CHARS, "?")
    assert not says(assistant, exactly).plain.startswith(say("fr", "long_message"))


def test_while_the_models_warm_up_it_says_so(faq: Faq) -> None:
    warming = assistant_over(None)
    for doing in (
        Incoming(CHAT, Kind.TEXT, "Combien ?", locale="fr"),
        Incoming(CHAT, Kind.COMMAND, "sources", locale="fr"),
        Incoming(CHAT, Kind.PRESS, "p:fr:a#rate", locale="fr"),
        Incoming(CHAT, Kind.PRESS, "x:fr:0", locale="fr"),
    ):
        [reply] = warming.respond(doing)
        assert reply.plain == say("fr", "preparing")
    assert warming._sessions.get(CHAT).history == ()


def test_what_needs_no_model_is_answered_at_once() -> None:
    warming = assistant_over(None)
    for name in ("start", "aide", "langue", "confidentialite", "effacer"):
        assert commands_it(warming, name, locale="fr") != say("fr", "preparing")
    assert says(warming, "  ").plain == say("fr", "empty")
    [media] = warming.respond(Incoming(CHAT, Kind.MEDIA, "photo"))
    assert media.plain == say("fr", "media")


@given(
    text=st.text(max_size=700),
    kind=st.sampled_from(Kind),
    locale=st.none() | st.text(max_size=8),
    argument=st.text(max_size=20),
)
def test_every_message_gets_at_least_one_reply(
    faq: Faq, text: str, kind: Kind, locale: str | None, argument: str
) -> None:
    if kind is Kind.PRESS and _odd_digit(text):
        return
    answered = assistant_over(faq).respond(Incoming(CHAT, kind, text, argument, locale))
    assert answered
    assert all(reply.plain.strip() for reply in answered)


def test_the_log_holds_ids_and_no_text(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        says(assistant, "Combien coûte un téléconseiller ?")
        says(assistant, "merci")
        presses(assistant, "x:fr:0")
        commands_it(assistant, "langue", "secret")
    ours = [r.getMessage() for r in caplog.records if r.name.startswith("bot")]
    assert ours[0].startswith("Answer in fr a#rate")
    assert ours[1].strip() == "SmallTalk in fr"
    for word in ("Combien", "téléconseiller", "merci", "secret", CHAT, "€"):
        assert not any(word in line for line in ours)


def test_many_people_at_once(assistant: Assistant) -> None:
    def talk(person: int) -> list[str]:
        lang = "fr" if person % 2 else "en"
        asked = {"fr": "Combien coûte un téléconseiller ?", "en": "How much does an agent cost?"}[lang]
        return [
            says(assistant, text, chat=f"test:{person}").plain
            for text in (asked, "merci" if lang == "fr" else "thanks")
        ]

    with ThreadPoolExecutor(8) as threads:
        for person, (answer, thanks) in enumerate(threads.map(talk, range(40))):
            lang = "fr" if person % 2 else "en"
            assert ("25 €" if lang == "fr" else "25 euros") in answer
            assert thanks == say(lang, "thanks")


def test_every_button_it_offers_leads_somewhere(assistant: Assistant) -> None:
    for text in ("Bonjour", "Combien coûte un téléconseiller ?", "que sais-tu faire ?"):
        for row in says(assistant, text, "fr").choices:
            for choice in row:
                assert presses(assistant, choice.code, chat="test:9").plain != say("fr", "stale"), choice
    assert replies.LANGUAGE_CODE != replies.AGAIN_CODE
