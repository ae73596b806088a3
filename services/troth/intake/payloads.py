"""Reading a tool's JSON: what is not as it should be is named with its place and its value."""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final
from urllib.parse import urlsplit

from troth.domain.instants import MICROSECONDS_A_SECOND, Instant, NotATime, datetime_of, format_instant, parse_due, parse_instant
from troth.intake.delivery import Unmappable
from troth.intake.texts import kind_of, shown

LARGEST_NUMBER: Final = 2**63 - 1
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{0,20}[0-9]")
_FROM_MILLISECONDS: Final = 31_536_000_000  # 1971: less is a number of seconds, or none
_TO_MILLISECONDS: Final = 7_258_118_400_000  # 2200


def document(payload: Any) -> Mapping[str, Any]:
    """The payload, where it is an object. Raises Unmappable."""
    if not isinstance(payload, dict):
        raise Unmappable(f"the body is {kind_of(payload)}, not an object")
    return payload


def part(whole: Mapping[str, Any], name: str, default: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """An object inside; the default where there is none. Raises Unmappable."""
    found = whole.get(name)
    if found is None and default is not None:
        return default
    if not isinstance(found, dict):
        raise Unmappable(f"{name} is {kind_of(found)}, not an object")
    return found


def at(whole: Any, path: str) -> Any:
    """What lies on a path such as "team.key"; None where it ends before."""
    for name in path.split("."):
        if not isinstance(whole, dict):
            return None
        whole = whole.get(name)
    return whole


def text(whole: Any, path: str) -> str:
    """The text on a path; "" where there is none."""
    found = at(whole, path)
    return found if isinstance(found, str) else ""


def texts(whole: Any, path: str, field: str = "") -> tuple[str, ...]:
    """The texts of a list on a path, or of one field of each of its objects."""
    found = at(whole, path)
    each: Iterable[Any] = found if isinstance(found, list) else ()
    values = [one.get(field) if isinstance(one, dict) else None for one in each] if field else each
    return tuple(value for value in values if isinstance(value, str))


def objects(whole: Any, path: str) -> list[Mapping[str, Any]]:
    """The objects of a list on a path."""
    found = at(whole, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def identity(whole: Mapping[str, Any], name: str, kind: str = "") -> str:
    """A tool's own name of a thing, a whole number or a text of one word. Raises Unmappable."""
    value = whole.get(name)
    called = f"{kind}.{name}" if kind else name
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return str(value)
    if isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value and 0 < len(value) <= 100:
        return value
    raise Unmappable(f"{called} is {shown(value)}, which names nothing")


def address(whole: Any, path: str) -> str:
    """An address of a page, as the ledger takes it; "" for what is none."""
    url = text(whole, path)
    if not (url.startswith(("https://", "http://")) and url.isascii() and url.isprintable() and " " not in url and len(url) <= 500):
        return ""
    try:
        host = urlsplit(url).netloc
    except ValueError:
        return ""
    return url if host and "@" not in host else ""


def instant(whole: Mapping[str, Any], *fields: str, place: str = "") -> Instant:
    """The time, as text, on the first of the paths that has one; `place` is where in the payload it all is. Raises Unmappable."""
    field = next((field for field in fields if at(whole, field) is not None), fields[0])
    return instant_of(at(whole, field), f"{place}.{field}".lstrip("."))


def called(value: Any) -> str:
    """A number or a key by which people know an item, for what is said of it; "" for what may be anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return f"#{value}"
    return value if isinstance(value, str) and _KEY.fullmatch(value) else ""


def instant_of(value: Any, field: str) -> Instant:
    """RFC 3339, its zone also as +0200 or UTC. Raises Unmappable."""
    try:
        return parse_instant(_with_zone(value) if isinstance(value, str) else "")
    except NotATime:
        raise Unmappable(f"{field} is {shown(value)}, which is no time") from None


def milliseconds(value: Any, field: str) -> Instant:
    """Milliseconds since 1970, a number or a text of digits. Raises Unmappable, for seconds, too."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not _FROM_MILLISECONDS < value < _TO_MILLISECONDS:
        raise Unmappable(f"{field} is {shown(value)}, which is no time in milliseconds between 1971 and 2199")
    return value * (MICROSECONDS_A_SECOND // 1_000)


def day(value: Any, field: str, zone: tzinfo) -> str | None:
    """The end of a due day in the zone, RFC 3339; of a time its day as written. None for null and "". Raises Unmappable."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and len(value) > 10:
        instant_of(value, field)
        value = value[:10]
    return due(value, field, zone)


def day_in(value: Any, field: str, zone: tzinfo) -> str | None:
    """The end of a due day, RFC 3339; a time means the day on which it is in the zone. None for null and "". Raises Unmappable."""
    if isinstance(value, str) and len(value) > 10:
        value = datetime_of(instant_of(value, field)).astimezone(zone).date().isoformat()
    return due(value, field, zone)


def due(value: Any, field: str, zone: tzinfo) -> str | None:
    """The instant by which, RFC 3339; of a day its end in the zone. None for null and "". Raises Unmappable."""
    if value is None or value == "":
        return None
    try:
        return format_instant(parse_due(value, zone) if isinstance(value, str) and len(value) == 10 else instant_of(value, field))
    except NotATime:
        raise Unmappable(f"{field} is {shown(value)}, which is no time") from None


def _with_zone(time: str) -> str:
    """+0200 as +02:00, and the zone that GitLab writes as a word."""
    if time.endswith(" UTC"):
        return time[:-4] + "Z"
    return f"{time[:-2]}:{time[-2:]}" if len(time) > 20 and time[-5] in "+-" and time[-4:].isdigit() else time
