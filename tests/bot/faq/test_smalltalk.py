"""What is small talk, and above all what is not: a polite question stays a question."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.faq.smalltalk
from bot.faq.smalltalk import small_talk
from bot.wording.catalogue import say
from index import safe_yaml

SAID = {
    "greeting": """
        Bonjour|bonjour !|BONSOIR|salut|Salut tout le monde|coucou|slt|bjr|cc|yo|rebonjour|Bonjour Curseur|👋|!!!|😀😀
        Bonjour à tous|bonjour, ça va ?|Salut, comment vas-tu ?|Bonjour, comment allez-vous ?|Bonjour 👋
        Hello|hello there|Hi|hi all|hey|hey bot|Good morning|good evening|Good afternoon!|Hi there!|hi everyone
        hello, how are you?
    """,
    "how_are_you": """
        ça va ?|Comment ça va ?|comment allez-vous ?|tu vas bien ?|Vous allez bien aujourd'hui ?
        How are you?|How are you today?|how is it going|how are things
    """,
    "thanks": """
        merci|Merci !|merci beaucoup|Merci infiniment|Super merci|ok merci|merci bcp|mrc|Merci pour ton aide
        merci à vous
        Merci, c'est très clair|parfait, merci|merci mille fois|merci pour la réponse|merci 🙏
        Thanks|thank you|Thank you so much!|thx|ty|cheers|Thanks a lot|thanks for your help|Great, thanks!
    """,
    "praise": """
        super|Parfait !|génial|c'est parfait|bravo|nickel|top|d'accord|compris|c'est clair|très clair|je vois
        excellent
        ok|OK.|okay|Great|perfect|awesome|well done|good job|got it|I see|nice|👍 ok
    """,
    "farewell": """
        au revoir|À bientôt|bonne journée|Bonne soirée !|à demain|ciao|à plus|Bonne nuit|au revoir et merci
        bye|Bye bye|goodbye|see you|See you later|have a nice day|à la prochaine
    """,
    "identity": """
        qui es-tu ?|Qui êtes-vous ?|tu es un robot ?|es-tu humain ?|êtes-vous un robot ou un humain ?|t'es un bot ?
        c'est qui Curseur ?|c'est quoi ce bot ?|comment tu t'appelles ?|quel est ton nom ?|c'est quoi Curseur ?
        est-ce que je parle à une vraie personne ?|vous êtes une IA ?|tu es ChatGPT ?
        who are you?|are you a robot?|Are you human?|are you a real person?|are you ChatGPT?|what is your name?
        What's this bot?|Who made you?|are you an AI?
    """,
    "abilities": """
        que sais-tu faire ?|Que peux-tu faire ?|que savez-vous faire ?|qu'est-ce que tu sais faire ?|à quoi tu sers ?
        à quoi sers-tu ?|comment ça marche ?|Comment tu fonctionnes ?|aide|Aide-moi|tu peux m'aider ?
        pouvez-vous m'aider ?
        quelles questions puis-je te poser ?|Quels sujets ?|en quoi peux-tu m'aider ?|de quoi peux-tu parler ?|menu
        info
        Help|help me|what can you do?|What can you do for me?|can you help me?|how can you help me?|What do you know?
        what questions can I ask you?|?|??|start
    """,
    "insult": """
        t'es nul|tu es nul|nul|idiot|stupide|c'est nul|débile|tu es vraiment nul|inutile
        You are useless|you're stupid|rubbish
    """,
}

ASKED = """
    Bonjour, quels sont les coûts cachés ?|Bonjour, pouvez-vous me dire ce qu'est le nearshore ?
    Salut, c'est quoi l'offshore ?
    Merci, et l'offshore ?|merci, combien ça coûte ?|Ok et les risques ?|Super, et pour une PME ?
    C'est clair, mais par où commencer ?
    Bonsoir, je voudrais externaliser mon service client|Hello, what is nearshore?|Hi, what are the hidden costs?
    Thanks, and offshore?|Great, but why?|Good morning, should I outsource?|Could you please tell me about SLAs?
    Pourriez-vous m'expliquer les SLA, s'il vous plaît ?|Pouvez-vous m'aider à choisir un prestataire ?
    tu peux m'aider à choisir entre onshore et offshore ?|Can you help me choose a provider?
    Help me compare onshore and offshore
    aide-moi à choisir|Comment ça marche, l'externalisation ?|comment marche le nearshore ?
    Qui sont les prestataires ?
    qui gère les données ?|Who manages the data?|What can I outsource?|what can you outsource first?
    que peut-on externaliser ?
    Que peux-tu me dire sur l'onshore ?|que savez-vous des coûts cachés ?|What do you know about nearshore?
    Un robot peut-il remplacer mes conseillers ?|Les chatbots sont-ils utiles ?|est-ce que c'est une bonne idée ?
    c'est quoi un SLA ?|Quel est le nom des prestataires ?|bonne question : et les salariés ?
    Au revoir la qualité si j'externalise ?|Merci de m'expliquer les inconvénients
    Thank you for explaining the risks of offshore
    bonjour merci de me donner les chiffres du marché|Est-ce que l'offshore est nul ?|Is offshore rubbish?
    OK je comprends, mais quels sont les risques ?|Bonjour !! L'externalisation, c'est rentable ?
    Hey, how long does it take?
    good, what about quality?|Je vois. Et les données ?|how do you measure quality?|how do you choose a provider?
    Comment vous choisissez un prestataire ?|Avez-vous un exemple ?|Quels risques ?|pourquoi ?|combien ?|oui|non|yes
    no|123
    onshore|et vous, que conseillez-vous ?|À quoi ressemble la bonne journée d'un téléconseiller ?|qui dit ça ?
    en anglais ?
"""


def phrases(table: str) -> list[str]:
    return [phrase for line in table.strip().splitlines() for phrase in line.strip().split("|")]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert sum(len(set(phrases(table))) for table in SAID.values()) >= 80
    assert len(set(phrases(ASKED))) >= 40


@pytest.mark.parametrize("kind", SAID)
def test_small_talk_is_recognised(kind: str) -> None:
    assert {phrase: small_talk(phrase) for phrase in phrases(SAID[kind])} == dict.fromkeys(phrases(SAID[kind]), kind)


def test_a_polite_question_is_a_question() -> None:
    assert {phrase: kind for phrase in phrases(ASKED) if (kind := small_talk(phrase))} == {}


def test_case_accents_punctuation_and_emoji_do_not_matter() -> None:
    for variant in ("À BIENTÔT", "a bientot", "à bientôt !!!", "  à   bientôt… 👋", "à, bientôt", "a\u0300 bientôt"):
        assert small_talk(variant) == "farewell", variant


def test_a_message_without_a_word() -> None:
    assert small_talk("") is None
    assert small_talk(" \n\t") is None
    assert small_talk("🙂") == "greeting"
    assert small_talk("…") == "greeting"
    assert small_talk("🤔?") == "abilities"
    assert small_talk("___") == "greeting"


def test_every_kind_has_its_reply_in_both_languages() -> None:
    kinds = safe_yaml.load(Path(bot.faq.smalltalk.__file__).with_name("smalltalk.yaml").read_text(encoding="utf-8"))
    assert set(kinds) == set(SAID)
    assert all(say(lang, kind) for kind in kinds for lang in ("fr", "en"))


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_kind_or_nothing(text: str) -> None:
    assert small_talk(text) in {None, *SAID}


@given(st.sampled_from(phrases(ASKED)[:40]), st.sampled_from(["Bonjour, ", "hello ", "👋 ", "Merci ! "]))
def test_a_greeting_before_a_question_changes_nothing(question: str, greeting: str) -> None:
    assert small_talk(greeting + question) is None


@pytest.mark.parametrize("words", ["ok merci ", "super super ", "es tu ", "bonjour a tous ", "tu peux m'aider "])
def test_a_very_long_message_is_told_at_once(words: str) -> None:
    assert small_talk(words * 1_000 + "x") is None
