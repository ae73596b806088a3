from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from troth.gateway.board.links import Links

AWKWARD = [
    "a/b",
    "/leading",
    "trailing/",
    "a//b",
    ".",
    "..",
    "../x",
    "x/./y",
    "with space",
    "50% & more?",
    "a#b",
    '"quoted"',
    "🚀",
    "فريق",
    "<script>",
    "+",
]


def name_at(address: str) -> str:
    """The name that a server finds in an address, after a browser has folded its dots."""
    parts = urlsplit(address)
    assert not any(unquote(segment) in (".", "..") for segment in parts.path.split("/"))
    inside = unquote(parts.path.removeprefix("/teams/"))
    return inside or parse_qs(parts.query)["name"][0]


@pytest.mark.parametrize("name", AWKWARD)
def test_a_name_survives_its_link_whatever_it_holds(name: str) -> None:
    assert name_at(Links().team(name)) == name


@pytest.mark.parametrize("name", AWKWARD)
def test_a_link_from_the_past_leads_to_the_past(name: str) -> None:
    address = Links(at="2026-03-31").team(name)
    assert parse_qs(urlsplit(address).query)["at"] == ["2026-03-31"]
    assert name_at(address) == name


def test_a_link_holds_nothing_that_an_attribute_would_need_escaped_but_the_ampersand() -> None:
    for name in AWKWARD:
        assert not set("<>\"' ") & set(Links(at="2026-03-31").team(name))


def test_the_list_of_promises_takes_only_the_filters_that_are_given() -> None:
    assert Links().commitments(team="A & B", state=None) == "/commitments?team=A+%26+B"
    assert Links().commitments() == "/commitments"
