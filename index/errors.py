"""What can go wrong between the corpus and the index, told to the operator.

IndexProblem
├── CorpusProblem      an article, its questions or the lexicon cannot be read
├── EncoderProblem     the embedding model cannot be fetched, unpacked or loaded
├── IndexMissing       nothing has been built yet
├── IndexStale         the index was built from another corpus, encoder or format
└── StoreProblem       Chroma cannot be read, written or reached
"""


class IndexProblem(Exception):
    """Base of the errors an operator can mend; the message says how."""


class CorpusProblem(IndexProblem):
    """An article, its questions or the lexicon cannot be read; names the file."""


class EncoderProblem(IndexProblem):
    """The embedding model cannot be fetched, unpacked or loaded."""


class IndexMissing(IndexProblem):
    """Nothing has been built yet, or what was built is gone."""


class IndexStale(IndexProblem):
    """The index was built from another corpus, encoder or format."""


class StoreProblem(IndexProblem):
    """Chroma cannot be read, written or reached."""
