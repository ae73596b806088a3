"""A payload without its people, fit for keeping."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from troth.intake.texts import REMOVED, without_mail_addresses

DEPTH: Final = 100
_SHORTEST_NAME: Final = 3  # shorter ones occur inside other words too often to be looked for
_MOST_NAMES: Final = 300  # looking for more would let one large delivery take minutes
_CALLED: Final = frozenset(
    {
        "login",
        "name",
        "username",
        "displayname",
        "nickname",
        "email",
        "emailaddress",
        "nodeid",
        "accountid",
        "key",
        "uniquename",
        "fullname",
    }
)
# What only a person's object has: each pair together, whatever the field is called that holds it.
_MARKS: Final = (
    frozenset({"displayName", "accountId"}),
    frozenset({"displayName", "emailAddress"}),
    frozenset({"displayName", "avatarUrls"}),
    frozenset({"displayName", "uniqueName"}),
    frozenset({"username", "email"}),
    frozenset({"username", "fullName"}),
)
_FIRST_MARKS: Final = ("displayName", "username")  # each of those pairs has one of them


def strip(payload: Any, persons: Iterable[str]) -> Any:
    """A copy of parsed JSON in which the fields named in `persons`, and what else is plainly a person, are null, at any depth.

    What those people are called is blanked in the other texts, too (a login is a part of many addresses), and so is
    anything like a mail address. An organisation is no person. What lies deeper than 100 levels is left out.
    """
    fields = frozenset(name.lower() for name in persons)
    clean = _cleaner({name for value in _people(payload, fields) for name in _names_of(value)})
    called: dict[str, str] = {}  # names of fields come again and again
    root: list[Any] = [None]
    todo: list[tuple[Any, Any, Any, int]] = [(root, 0, payload, 0)]
    while todo:
        into, place, value, depth = todo.pop()
        if isinstance(value, str):
            into[place] = clean(value)
        elif not isinstance(value, dict | list):
            into[place] = value
        elif depth >= DEPTH:
            into[place] = REMOVED
        elif isinstance(value, dict):
            for name in value.keys() - called.keys():
                called[name] = clean(name)
            into[place] = copy = dict.fromkeys(map(called.__getitem__, value))
            todo.extend((copy, called[name], part, depth + 1) for name, part in value.items() if not _is_person(name, part, fields))
        else:
            into[place] = several = [None] * len(value)
            todo.extend((several, index, part, depth + 1) for index, part in enumerate(value))
    return root[0]


def _is_person(name: str, value: Any, fields: frozenset[str]) -> bool:
    if not isinstance(value, dict):
        return name.lower() in fields or (isinstance(value, list) and bool(value) and all(map(_is_marked, value)))
    return (name.lower() in fields and value.get("type") != "Organization") or _is_marked(value)


def _is_marked(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys().isdisjoint(_FIRST_MARKS):
        return False
    return any(mark <= value.keys() for mark in _MARKS)


def _people(payload: Any, fields: frozenset[str]) -> Iterator[Any]:
    todo = [(payload, 0)]
    while todo:
        value, depth = todo.pop()
        if depth >= DEPTH:
            continue
        if isinstance(value, dict):
            for name, part in value.items():
                if _is_person(name, part, fields):
                    yield part
                else:
                    todo.append((part, depth + 1))
        elif isinstance(value, list):
            todo.extend((part, depth + 1) for part in value)


def _names_of(person: Any) -> Iterator[str]:
    for one in person if isinstance(person, list) else [person]:
        said = one.items() if isinstance(one, dict) else [("name", one)]
        for field, name in said:
            if field.lower().replace("_", "") in _CALLED and isinstance(name, str) and len(name.strip()) >= _SHORTEST_NAME:
                yield name.strip()


def _cleaner(names: set[str]) -> Callable[[str], str]:
    if not names:
        return without_mail_addresses
    longest_first = sorted(names, key=lambda name: (-len(name), name))[:_MOST_NAMES]
    as_word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE)
    in_small = [name.lower() for name in longest_first] if all(map(str.isascii, names)) else []

    def clean(text: str) -> str:
        text = without_mail_addresses(text)
        if in_small and text.isascii():  # most texts hold none of the names, and to know that takes less than looking for words
            small = text.lower()
            for name in in_small:
                if name in small:
                    return as_word.sub(REMOVED, text)
            return text
        return as_word.sub(REMOVED, text)

    return clean
