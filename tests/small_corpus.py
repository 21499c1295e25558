"""A corpus small enough to hold in one's head: two articles in both languages, one in English only, a lexicon."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """One section of an article, with its sample questions."""

    id: str
    heading: str
    text: str
    questions: tuple[str, ...] = ()


PRICES = {
    "fr": (
        Section(
            "hourly-rate",
            "Le tarif horaire",
            "Un prestataire facture 25 € de l'heure. Le tarif monte la nuit.",
            ("Combien coûte une heure de téléconseiller ?", "tarif horaire prestataire"),
        ),
        Section(
            "hidden-costs",
            "Les coûts cachés",
            "Trois coûts échappent au devis :\n\n- la formation initiale\n- le pilotage\n- la reprise en interne",
            ("Quels frais ne sont pas dans le devis ?",),
        ),
    ),
    "en": (
        Section(
            "hourly-rate",
            "The hourly rate",
            "A provider bills 25 euros an hour. The rate rises at night.",
            ("How much is an hour of an agent's time?",),
        ),
        Section(
            "hidden-costs",
            "Hidden costs",
            "Three costs are missing from the quote:\n\n- initial training\n- steering\n- taking it back",
            ("Which expenses does the quote leave out?",),
        ),
    ),
}
PLACES = {
    "fr": (
        Section(
            "nearshore",
            "Le nearshore",
            "Le nearshore place l'équipe dans un pays voisin. Le décalage horaire reste faible.",
            ("Qu'est-ce que le nearshore ?",),
        ),
        Section(
            "offshore",
            "L'offshore",
            "L'offshore place l'équipe dans un pays lointain. Madagascar est souvent choisi.",
            ("Faut-il partir à Madagascar ?",),
        ),
    ),
    "en": (
        Section(
            "nearshore",
            "Nearshore",
            "Nearshore puts the team in a neighbouring country. The time difference stays small.",
            ("What is nearshore?",),
        ),
        Section(
            "offshore",
            "Offshore",
            "Offshore puts the team in a faraway country. Madagascar is a frequent choice.",
            ("Should we go to Madagascar?",),
        ),
    ),
}
LUXURY = Section(
    "white-glove",
    "White-glove service",
    "Luxury brands ask for white-glove service. Jewellery returns are handled by specialists.",
    ("Who handles jewellery returns?",),
)
"""Exists in English only."""

TITLES = {
    "prices": {"fr": "Les prix", "en": "Prices"},
    "places": {"fr": "Les lieux", "en": "Places"},
    "luxury": {"en": "Luxury"},
}

LEXICON = """\
- concept: offshore
  kind: location
  fr: ["offshore", "pays lointain", "à l’autre bout du monde"]
  en: ["offshore", "faraway country"]
- concept: nearshore
  kind: location
  fr: ["nearshore", "pays voisin"]
  en: ["nearshore", "neighbouring country"]
- concept: steering
  kind: practice
  fr: ["pilotage", "piloter", "gouvernance"]
  en: ["steering", "governance"]
"""

BEYOND = """\
- theme: weather
  reason:
    fr: "Mes sources ne parlent pas du temps : voyez Météo-France."
    en: "My sources do not speak of the weather: see the Met Office."
  fr: ["Quel temps fera-t-il demain ?", "météo du week-end"]
  en: ["Will it rain tomorrow?", "weekend weather"]
- theme: cooking
  reason:
    fr: "Mes sources ne cuisinent pas."
    en: "My sources do not cook."
  fr: ["Comment réussir une omelette ?"]
  en: ["How do I cook an omelette?"]
"""


def write_small_corpus(root: Path) -> Path:
    """Write the whole corpus under ``root``, which is returned."""
    for lang in ("fr", "en"):
        write_article(root, lang, "prices", PRICES[lang])
        write_article(root, lang, "places", PLACES[lang])
    write_article(root, "en", "luxury", (LUXURY,))
    (root / "lexicon.yaml").write_text(LEXICON, encoding="utf-8")
    (root / "beyond-other.yaml").write_text(BEYOND, encoding="utf-8")
    return root


def write_article(root: Path, lang: str, name: str, sections: tuple[Section, ...]) -> Path:
    """Write one article and its questions; returns the article's file."""
    path = root / lang / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    title = TITLES.get(name, {}).get(lang, name)
    body = "\n".join(f"\n## {s.heading} {{#{s.id}}}\n\n{s.text}\n" for s in sections)
    path.write_text(front_matter(name, lang, title) + body, encoding="utf-8")
    asked = {s.id: s.questions for s in sections if s.questions}
    path.with_suffix(".questions.yaml").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    return path


def front_matter(name: str, lang: str, title: str = "A title", **more: str) -> str:
    """The lines an article starts with; ``more`` adds to them or replaces them."""
    lines = {"id": name, "language": lang, "title": title, "source": '{number: "001"}', "reviewed": "2026-11-22"}
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in {**lines, **more}.items()) + "---\n"
