"""Slips and renegotiations as annotations on the trends: one for each notice, found again by a tag of the notice's id."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import tzinfo
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from troth.domain.instants import datetime_of, parse_instant
from troth.domain.notices import MOVED, SLIPPED, TAKEN_BACK
from troth.grafana.client import Grafana

Document = dict[str, Any]
TAG: Final = "troth"
KINDS: Final = (SLIPPED, MOVED, TAKEN_BACK)
_SAID: Final[Mapping[str, str]] = {  # a move tells the date that is in force now, or the one that was taken away
    SLIPPED: " for {date}, slipped",
    MOVED: ": its date was changed ({date})",
    TAKEN_BACK: " for {date}, was taken back",
}
_TAG_BYTES: Final = 100  # of a tag's name and of its value: Grafana's columns hold as much, and 500 of all tags together
_AT_ONCE: Final = 5_000


class Annotation(NamedTuple):
    """What Grafana is to show of one notice: `time_ms` since 1970 UTC, tags, and text as HTML."""

    time_ms: int
    tags: tuple[str, ...]
    text: str

    @property
    def key(self) -> str:
        """The tag by which it is found again."""
        return self.tags[-1]


class Change(NamedTuple):
    """One thing to do: what ("add", "change" or "remove"), and how it is done."""

    what: str
    write: Callable[[], None]


def annotation_of(notice: Mapping[str, Any], board: str, zone: tzinfo) -> Annotation:
    """The annotation of a notice as `GET /v1/notices` shows it.

    `board` is the board's address, "" where it is not known; `zone` that in which dates are told.
    """
    subjects = (f"{name}:{_short(notice[name])}" for name in ("team", "customer", "goal") if notice[name])
    tags = (TAG, notice["kind"], *subjects, f"notice:{_short(notice['id'])}")
    title = escape(notice["title"] or notice["commitment"])
    if board:
        title = f'<a href="{escape(board.rstrip("/"))}/commitments/?{urlencode({"id": notice["commitment"]})}">{title}</a>'
    to = f" to {escape(notice['customer'])}" if notice["customer"] else ""
    date = datetime_of(parse_instant(notice["date"])).astimezone(zone).date().isoformat()
    text = f"{escape(notice['team'])}: {title}, promised{to}{_SAID[notice['kind']].format(date=date)}"
    return Annotation(parse_instant(notice["at"]) // 1_000, tags, text)


def changes(grafana: Grafana, wanted: Iterable[Annotation]) -> list[Change]:
    """What has to be done so that each annotation is in Grafana once and says what it should. Raises GrafanaTrouble.

    Annotations of notices that are not asked for are left alone.
    """
    by_key = {each.key: each for each in wanted}
    if not by_key:
        return []
    times = [each.time_ms for each in by_key.values()]
    found: dict[str, Document] = {}
    needed: list[Change] = []
    for there in _within(grafana, min(times), max(times), _AT_ONCE):
        for key in [tag for tag in there["tags"] if tag in by_key]:
            if key in found:  # two at once made it twice
                needed.append(_remove(grafana, there["id"]))
            found.setdefault(key, there)
    needed += [_change(grafana, found[key]["id"], by_key[key]) for key in found if not _says(found[key], by_key[key])]
    return needed + [_add(grafana, each) for key, each in by_key.items() if key not in found]


def _within(grafana: Grafana, begin_ms: int, end_ms: int, most: int) -> Iterator[Document]:
    """All annotations of ours in a time. Grafana has no pages for them: where there may be more, the time is halved."""
    found = grafana.annotations([TAG], begin_ms, end_ms, most)
    if len(found) < most:
        yield from sorted(found, key=lambda each: int(each["id"]))
    elif begin_ms == end_ms:
        yield from _within(grafana, begin_ms, end_ms, most * 4)
    else:
        middle = (begin_ms + end_ms) // 2
        yield from _within(grafana, begin_ms, middle, most)
        yield from _within(grafana, middle + 1, end_ms, most)


def _says(there: Mapping[str, Any], wanted: Annotation) -> bool:
    return bool(there["text"] == wanted.text and set(wanted.tags) <= set(there["tags"]))


def _add(grafana: Grafana, wanted: Annotation) -> Change:
    return Change("add", lambda: grafana.annotate(*wanted))


def _change(grafana: Grafana, number: int, wanted: Annotation) -> Change:
    return Change("change", lambda: grafana.change_annotation(number, *wanted))


def _remove(grafana: Grafana, number: int) -> Change:
    return Change("remove", lambda: grafana.remove_annotation(number))


def _short(text: str) -> str:
    """A text as it is where a tag can hold it, and cut, with a digest of all of it, where not."""
    encoded = text.strip().encode()
    if len(encoded) <= _TAG_BYTES:
        return text.strip()
    sum_of_all = hashlib.sha256(encoded).hexdigest()[:24]
    return f"{encoded[: _TAG_BYTES - len(sum_of_all) - 1].decode(errors='ignore')}~{sum_of_all}"
