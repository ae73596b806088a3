"""Notices held back while a partition catches up, and which of them are still true when it has."""

from collections.abc import Callable, Iterable

from troth.domain.book import Book
from troth.domain.notices import AT_RISK, RECOVERED, SLIPPED, Notice, slipped_date
from troth.domain.standing import Standing


class HeldNotices:
    """Notices in the order in which they came about, each once."""

    def __init__(self) -> None:
        self._held: dict[str, Notice] = {}
        self._waited = False

    def add(self, notices: Iterable[Notice]) -> None:
        """Hold notices back."""
        for notice in notices:
            self._held.setdefault(notice.id, notice)

    def release(self, book: Book, standing: Callable[[str], Standing | None]) -> list[Notice]:
        """All that are true, for good.

        A slip that an event further on in the log shows to be none was never told, so that nothing has to be taken back.
        """
        held, self._held = self._held, {}
        if not held:
            return []
        if self._waited:
            return list(held.values())
        self._waited = True
        endangered = set(book.endangered)
        untrue: set[tuple[str, int]] = set()
        for notice in held.values():
            if notice.kind == SLIPPED and slipped_date(standing(notice.commitment), book.now) != notice.date:
                untrue.add((notice.commitment, notice.date))
        return [
            notice
            for notice in held.values()
            if not (notice.kind in (SLIPPED, RECOVERED) and (notice.commitment, notice.date) in untrue)
            and not (notice.kind == AT_RISK and notice.commitment not in endangered)
        ]
