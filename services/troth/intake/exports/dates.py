"""The dates of a table: which way they are written is found out from all of them, or said by the user."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, tzinfo
from typing import Final

from troth.domain.instants import format_instant, instant_of
from troth.intake.delivery import Unmappable
from troth.intake.texts import shown
from troth.intake.values import ReadTime, time_reader

_DAYS: Final = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d/%b/%y", "%d/%b/%Y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d %Y", "%d.%m.%Y", "%d.%m.%y"),
    *("%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%Y"),
)
_TIMES: Final = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}T.*")
_BLANKS: Final = re.compile(r"[\s\u00a0\u202f]+")


class Dates:
    """Learns how a table writes its dates and then reads them; a time without a zone is one in `zone`."""

    def __init__(self, formats: Sequence[str], zone: tzinfo) -> None:
        self._zone = zone
        self._given: ReadTime | None = time_reader(formats, zone) if formats else None
        self._fitting = list(_DAYS)
        self._samples = 0
        self._read = 0

    def learn(self, text: str) -> None:
        """Leave out the ways of writing that this one is not written in."""
        text = _plain(text)
        if text and not _ISO.fullmatch(text) and self._given is None:
            self._samples += 1
            fitting = [day for day in self._fitting if _read(text, day) is not None]
            self._read += bool(fitting)
            self._fitting = fitting or self._fitting

    def doubt(self) -> str:
        """Why the dates cannot be read for sure, with the way out; nothing where they can."""
        if not self._samples or self._given is not None:
            return ""
        if not self._read:
            return "none of its dates can be read: say with --times how they are written, such as --times '%d/%m/%Y %H:%M'"
        readings = {day.replace("%Y", "%y") for day in self._fitting}
        if len(readings) == 1:
            return ""
        first, second = sorted(readings)[:2]
        return (
            f"its dates may be written as {first} or as {second}, and none of them tells which: say with --times, such as "
            f"--times '{self._fitting[0]} %H:%M' --times '{self._fitting[0]}'"
        )

    def iso(self, text: str, column: str) -> str | None:
        """A date as ISO 8601: of a day the day, of a time the instant; None for an empty cell. Raises Unmappable."""
        text = _plain(text)
        if not text:
            return None
        try:
            found = self._moment(text)
        except Unmappable as error:
            raise Unmappable(f"{column} {error} (found: {shown(text)})") from None
        return format_instant(instant_of(found)) if isinstance(found, datetime) else found.isoformat()

    def instant(self, text: str, column: str) -> str | None:
        """The same for when something happened: of a day its beginning."""
        found = self.iso(text, column)
        if found is None or "T" in found:
            return found
        return format_instant(instant_of(datetime.combine(date.fromisoformat(found), time(), self._zone)))

    def _moment(self, text: str) -> datetime | date:
        if self._given is not None:
            return self._given(text)
        if _ISO.fullmatch(text):
            return time_reader((), self._zone)(text)
        for day in self._fitting:
            if (found := _read(text, day)) is not None:
                return found.replace(tzinfo=self._zone) if isinstance(found, datetime) else found
        raise Unmappable("is no date that is written as the others are; say with --times how")


def _plain(text: str) -> str:
    # What a browser wrote may have narrow blanks, and a comma behind the day.
    return _BLANKS.sub(" ", text).strip().replace(", ", " ")


def _read(text: str, day: str) -> datetime | date | None:
    for end in (*_TIMES, ""):
        try:
            found = datetime.strptime(text, day + end)  # noqa: DTZ007 - the zone is the table's
        except ValueError:
            continue
        return found if end else found.date()
    return None
