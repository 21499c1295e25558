"""A tiny corpus, and the settings that name it."""

from __future__ import annotations

from pathlib import Path

import pytest

ARTICLES = {
    "fr/costs": """---
id: costs
language: fr
title: Les coûts
source: {number: "001", title: "Le vrai prix", publisher: Exemple, nature: "guide d’un vendeur"}
reviewed: 2026-11-22
---

## Les coûts cachés {#hidden}

Les coûts cachés d’un prestataire apparaissent après la signature du contrat. Ils ajoutent 12 % au prix affiché :

- la formation initiale
- le pilotage interne

## Le nearshore {#nearshore}

Le nearshore confie les appels à un pays proche, comme le Maroc ou la Tunisie. L’économie va jusqu’à 33 %.
""",
    "en/costs": """---
id: costs
language: en
title: Costs
source: {number: "001", title: "Le vrai prix", publisher: Exemple, nature: "a seller’s guide"}
reviewed: 2026-11-22
---

## Hidden costs {#hidden}

A provider’s hidden costs appear after the contract is signed. They add 12% to the list price:

- initial training
- in-house steering

## Nearshore {#nearshore}

Nearshore hands calls to a nearby country, such as Morocco or Tunisia. It saves up to 33%.
""",
}
QUESTIONS = {
    "fr/costs": 'hidden: ["Quels sont les coûts cachés ?"]\nnearshore: ["C\'est quoi le nearshore ?"]\n',
    "en/costs": 'hidden: ["What are the hidden costs?"]\nnearshore: ["What is nearshore?"]\n',
}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the corpus, and the index once a test has had it built."""
    root = tmp_path_factory.mktemp("tiny")
    for name, text in ARTICLES.items():
        path = root / "corpus" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.with_suffix(".questions.yaml").write_text(QUESTIONS[name], encoding="utf-8")
    return root


@pytest.fixture
def tiny(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that name the tiny corpus, hashes for an encoder."""
    monkeypatch.chdir(folder)
    for key, value in {"CORPUS_DIR": "corpus", "DATA_DIR": "var", "EMBEDDING_MODEL": "hashing"}.items():
        monkeypatch.setenv(key, value)
    for key in ("BENCH_SOURCES", "CHROMA_URL", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.delenv(key, raising=False)
