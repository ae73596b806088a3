"""What a team can be trusted with, beside the score: each figure of a summary in words, with the counts behind it. Pure."""

from typing import Any, Final, NamedTuple

from troth.gateway.board.words import counted, hundred, listed

Document = dict[str, Any]

_MEASURED: Final = ("kept", "late", "slipped", "broken", "over_budget")
_OUTCOME_WORDS: Final = {
    "kept": "kept",
    "late": "late",
    "slipped": "overdue",
    "broken": "broken",
    "over_budget": "in time but over budget",
    "void": "cancelled in time, which counts for nothing",
}


class Trait(NamedTuple):
    """One thing that a team can or cannot be trusted with: a figure, what it means, and the counts behind it."""

    name: str
    figure: str
    of: str
    says: str


def counts_words(summary: Document) -> str:
    """All outcomes there are, counted: what every figure rests on."""
    outcomes = summary["outcomes"]
    number = sum(outcomes[name] for name in _MEASURED)
    if number == 0:
        return "No promise has come due yet."
    parts = [f"{outcomes[name]:,} {_OUTCOME_WORDS[name]}" for name in (*_MEASURED, "void") if outcomes[name]]
    return f"{counted(number, 'promise has', 'promises have')} been settled so far: {listed(parts)}. Newer ones weigh more in the figures."


def basis_words(basis: str, on_time: dict[str, float | None]) -> str:
    """What being on time by one of the three dates means, beside the others."""
    value, agreed, original = on_time[basis], on_time["agreed"], on_time["original"]
    if value is None:
        return "No promise with such a date has been settled yet."
    if basis == "requested":
        return "What the customer hoped for; a team need not promise it."
    if basis == "original":
        return "What would count if no date could ever be moved."
    if agreed is None or original is None or hundred(agreed) == hundred(original):
        return "The measure used on this board."
    gap = hundred(agreed) - hundred(original)
    made = "Moving dates in time made the difference" if gap > 0 else "Dates that were moved made it worse"
    return f"The measure used on this board. {made}: {counted(abs(gap), 'point')}."


def traits(summary: Document) -> list[Trait]:
    """What a team can be trusted with: what has nothing behind it is left out."""
    found = (_time_trait(summary), _news_trait(summary), _budget_trait(summary), _acceptance_trait(summary), _moved_trait(summary))
    return [trait for trait in found if trait is not None]


def _news_trait(summary: Document) -> Trait | None:
    surprise, outcomes = summary["surprise"], summary["outcomes"]
    if surprise is None:
        return None
    missed = outcomes["late"] + outcomes["slipped"] + outcomes["broken"]
    behind = f"{counted(missed, 'promise was', 'promises were')} late, overdue or broken so far."
    return Trait("Bad news", str(hundred(1 - surprise)), "of 100 misses announced", f"{_surprise_words(surprise)} {behind}")


def _budget_trait(summary: Document) -> Trait | None:
    if summary["in_budget"] is None:
        return None
    over = summary["outcomes"]["over_budget"]
    behind = f"{counted(over, 'promise was', 'promises were') if over else 'No promise was'} in time but over it so far."
    return Trait("Money", str(hundred(summary["in_budget"])), "of 100 within budget", f"Where both budget and cost are known. {behind}")


def _acceptance_trait(summary: Document) -> Trait | None:
    if summary["acceptance"] is None:
        return None
    rated = "" if summary["rating"] is None else f" They rate it {summary['rating']:.1f} of 5."
    return Trait("What is delivered", str(hundred(summary["acceptance"])), "of 100 accepted", f"Of what customers have answered to.{rated}")


def _moved_trait(summary: Document) -> Trait | None:
    if summary["moved"] is None:
        return None
    says = (
        "Settled promises whose date or budget was no longer the first one. Moved in time, that is fair; it shows how far first dates hold."
    )
    return Trait("First terms", str(hundred(summary["moved"])), "of 100 moved", says)


def _surprise_words(surprise: float) -> str:
    if surprise <= 0.25:
        return "Mostly told before the date: one can plan with that."
    if surprise >= 0.75:
        return "Mostly nobody was told before the date had passed."
    return "Some were told before the date, some came as a surprise."


def _time_trait(summary: Document) -> Trait | None:
    """The margin's quantiles: parts of the promised time, above 0 to spare, below 0 over it."""
    slow, median, fast = (summary["margin"][quantile] for quantile in ("0.1", "0.5", "0.9"))
    if slow is None or median is None or fast is None:
        return None
    figure, of = (f"{hundred(median)} %", "of the time to spare") if median >= 0 else (f"{hundred(-median)} %", "over the time")
    tail = f"the slowest tenth {_margin_words(slow, 'at most')}, the quickest tenth {_margin_words(fast, 'at least')}"
    return Trait("Time", figure, of, f"The typical delivery, as a part of the time promised; {tail}.")


def _margin_words(margin: float, bound: str) -> str:
    """A tenth's margin, which is `bound` (at least or at most) that; what is over the time is bounded the other way round."""
    share = hundred(abs(margin))
    if share == 0:
        return "takes all of it or more" if bound == "at most" else "takes all of it"
    if margin > 0:
        return f"has {bound} {share} % to spare"
    return f"takes {'at least' if bound == 'at most' else 'at most'} {share} % too long"
