"""Free words to values, without a model, in French and English. Pure.

One message and one question give one ``Understood``; a message may also hold several facts (``mentions``), or take
back an earlier answer (``correction``). ``format_value`` writes a value as a person reads it.
"""

from bot.interview.schedule import hours_per_week
from bot.interview.understanding.corrections import correction
from bot.interview.understanding.formats import format_value
from bot.interview.understanding.outcome import Correction, Mention, Outcome, Understood
from bot.interview.understanding.reading import understand
from bot.interview.understanding.schedules import open_intervals
from bot.interview.understanding.several import mentions

__all__ = [
    "Correction",
    "Mention",
    "Outcome",
    "Understood",
    "correction",
    "format_value",
    "hours_per_week",
    "mentions",
    "open_intervals",
    "understand",
]
