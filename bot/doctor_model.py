"""Whether the language model answers, whether words leave for it, and what may still be spent."""

from __future__ import annotations

from bot.finding import Finding
from bot.llm.budget import Price, utc_today
from bot.llm.exchange import Exchange
from bot.llm.failures import Failed
from bot.llm.provider import Choice, ModelProblem, plain
from bot.settings import Settings

_QUESTION = (("user", "Say: yes"),)
_MEND = {
    "timeout": "it does not answer within LLM_TIMEOUT: check that it runs, or wait for it longer",
    "refused": "it cannot be reached, or refuses: check LLM, LLM_BASE_URL and LLM_API_KEY",
    "rate": "it says that too much is asked of it: check what its provider allows you",
    "broken": "it does not answer as it should: check LLM_BASE_URL, and its server's own log",
}


def model(settings: Settings) -> Finding:
    """A real question to the model, of a few tokens and nobody's words; never shows the key.

    Raises:
        StorageProblem: what was spent cannot be read.
    """
    if not settings.llm:
        return Finding("model", True, "no LLM: answers are made of the corpus's own sentences")
    choice = Choice.of(settings)
    named = f"LLM={settings.llm}"
    try:
        choice.check()
        exchange = Exchange(plain(choice.talker()), _QUESTION, settings.llm_timeout, settings.llm_max_tokens)
        next(iter(exchange))
    except ModelProblem as problem:
        return Finding("model", False, str(problem))
    except Failed as failed:
        detail = f" ({failed.detail})" if failed.detail else ""
        return Finding("model", False, f"{named}: {_MEND.get(failed.reason, failed.reason)}{detail}")
    where = "words stay here" if choice.local else "words leave, with each person's consent"
    return Finding("model", True, f"{named} answers; {where}; {_budget(settings)}")


def _budget(settings: Settings) -> str:
    from bot.storage import checkup  # which loads SQLAlchemy

    spent = checkup.spent(settings.database, utc_today())
    of = f" of {settings.llm_daily_budget}" if settings.llm_daily_budget else ""
    cost = f", or {Price.parse(settings.llm_price).of(spent):.2f}" if settings.llm_price else ""
    return f"{spent.tokens}{of} tokens spent today{cost}"
