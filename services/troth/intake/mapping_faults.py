"""What is wrong in a mapping's file, in words and with its line."""

from collections.abc import Iterable, Mapping, Sequence

from pydantic_core import ErrorDetails

from troth.intake.expressions import meant

Place = Sequence[str | int]  # as pydantic names it: ("made", 0, "team")


def said(detail: ErrorDetails, keys: Mapping[str, Iterable[str]]) -> str:
    """A fault as a sentence with its mend; `keys` are those of each table, "" for what stands above the first."""
    place = detail["loc"]
    where, key = _table(place, keys), _key(place)
    match detail["type"]:
        case "extra_forbidden":
            return f"`{key}` is no key {f'of [{where}]' if where else 'or table of a mapping'}{_instead(where, key, keys)}"
        case "missing":
            return f"[{where}] needs `{key}`" if where else f"`{key}` is missing"
        case "value_error":
            return f"{_shown(where, key)} {detail['ctx']['error']}"
        case "literal_error":
            return f"{_shown(where, key)} is {detail['input']!r}: it has to be {detail['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{_shown(where, key)} is {detail['input']!r}: as a part of an address it has only a to z, 0 to 9 and -, a letter first"
        case _:
            return f"{_shown(where, key)}: {detail['msg']}"


def line_of(text: str, place: Place) -> int:
    """The line of a TOML text where a key is, or else its table, or else 1."""
    table, index = str(place[0]) if place else "", next((part for part in place if isinstance(part, int)), 0)
    key = _key(place)
    here, seen, best = "", -1, 1
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            here = stripped.partition("#")[0].strip(" []")
            seen += here == table
            if here == table and seen == index:
                best = number
            continue
        named = stripped.partition("=")[0].strip(" \"'")
        if (here == table and seen == index and named == key) or (not here and named in (key, table)):
            return number
    return best


def _table(place: Place, keys: Mapping[str, Iterable[str]]) -> str:
    inside = len(place) > 1 or (bool(place) and place[0] == "verify")
    return str(place[0]) if inside and str(place[0]) in keys else ""


def _key(place: Place) -> str:
    return next((part for part in reversed(place) if isinstance(part, str)), "")


def _shown(table: str, key: str) -> str:
    if not key:
        return "the mapping"
    return f"[{table}]" if key == table else f"[{table}] `{key}`" if table else f"`{key}`"


def _instead(table: str, key: str, keys: Mapping[str, Iterable[str]]) -> str:
    if table and key in keys[""]:
        return "; it stands above the first [table]"
    return meant(key, keys[table])
