"""What the tests of the bot share: the shipped corpus, and a small one, behind the real pipeline."""

from __future__ import annotations

import pytest
import shipped as on_disk

from index.analyzer import Analyzer
from index.lexicon import read_lexicon


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> on_disk.Shipped:
    """The shipped corpus with the HashingEncoder, warm."""
    return on_disk.hashed(tmp_path_factory)


@pytest.fixture(scope="session")
def analyzers() -> dict[str, Analyzer]:
    """The analyzer of each language, with the shipped lexicon."""
    concepts = read_lexicon(on_disk.CORPUS / "lexicon.yaml")
    return {lang: Analyzer(lang, concepts) for lang in ("fr", "en")}
