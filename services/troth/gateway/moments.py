"""An instant in a question: `?at=` and its kin."""

from datetime import UTC

from troth.domain.events import Fault
from troth.domain.instants import Instant, NotATime, format_instant, parse_due
from troth.gateway.problems import Problem


def parse_moment(text: str | None, name: str, now: Instant) -> Instant | None:
    """A time or a day that was asked for, in UTC; today ends now. Raises Problem 422 for the future and for what is no time."""
    if not text:
        return None
    # A `+` in a query is a blank once it is decoded.
    text = text.replace(" ", "+") if "T" in text.upper() else text
    try:
        moment = parse_due(text, UTC)
    except NotATime as error:
        raise Problem(422, "The question was not understood.", [Fault(f"/{name}", str(error))]) from None
    if moment <= now:
        return moment
    if text == format_instant(now)[: len("2026-01-11")]:
        return now
    raise Problem(422, "The question was not understood.", [Fault(f"/{name}", f"is in the future, after {format_instant(now)}")])
