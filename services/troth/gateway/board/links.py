"""Where the board's pages are: paths from names, and the moment asked for carried along."""

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

_NO_SEGMENT: Final = ("", ".", "..")


class Links(NamedTuple):
    """Addresses of pages that look from the same moment; `at` as it was asked for, empty for now."""

    at: str = ""
    known_at: str = ""

    def organisation(self) -> str:
        """The front page."""
        return "/" + self._query({})

    def team(self, name: str) -> str:
        """A team's page."""
        return self._named("/teams/", "name", name)

    def customer(self, name: str) -> str:
        """A customer's page."""
        return self._named("/customers/", "name", name)

    def goal(self, name: str) -> str:
        """A goal's page."""
        return self._named("/goals/", "name", name)

    def subject(self, kind: str, name: str) -> str:
        """The page of a team, customer or goal."""
        return self._named(f"/{kind}s/", "name", name)

    def commitment(self, id: str) -> str:
        """A promise's page."""
        return self._named("/commitments/", "id", id)

    def delivery(self, id: str) -> str:
        """The page of what a tool sent once."""
        return f"/deliveries/{quote(id, safe='')}"

    def deliveries(self, **filters: str | None) -> str:
        """The list of what came in."""
        return _filtered("/deliveries", filters)

    def commitments(self, **filters: str | None) -> str:
        """The list of promises, as of now."""
        return _filtered("/commitments", filters)

    def _named(self, folder: str, parameter: str, name: str) -> str:
        """A path with the name in it; clients and proxies fold `.`, `..` and `//`, so names with those go into the query."""
        if any(segment in _NO_SEGMENT for segment in name.split("/")):
            return folder + self._query({parameter: name})
        return folder + quote(name, safe="/") + self._query({})

    def _query(self, parameters: dict[str, str]) -> str:
        given = parameters | {name: value for name, value in self._asdict().items() if value}
        return f"?{urlencode(given)}" if given else ""


def _filtered(path: str, filters: Mapping[str, str | None]) -> str:
    given = {name: value for name, value in filters.items() if value}
    return path + (f"?{urlencode(given)}" if given else "")
