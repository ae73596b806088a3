"""What lies on troth.notices: a notice as a record, and back. Pure."""

from pydantic_core import from_json, to_json

from troth.domain.instants import format_instant, parse_instant
from troth.domain.notices import Notice


def notice_record(notice: Notice) -> tuple[bytes, bytes]:
    """The key and the value of a notice's record: its id, which no restart repeats with other content, and JSON."""
    times = {"date": format_instant(notice.date), "at": format_instant(notice.at)}
    return notice.id.encode(), to_json({"id": notice.id, **notice._asdict(), **times})


def read_notice(value: bytes) -> Notice:
    """A notice back from its record."""
    said = from_json(value)
    times = {name: parse_instant(said[name]) for name in ("date", "at")}
    return Notice(**{name: said[name] for name in Notice._fields} | times)
