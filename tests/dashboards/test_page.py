"""The page about the dashboards: every panel is on it, and its pictures are there."""

import re

import pytest

from tests.dashboards.asking import FILES, FOLDER, panels_of, read

DOCS = FOLDER.parent / "docs"
PAGE = (DOCS / "dashboards.md").read_text("utf-8")
PNG = b"\x89PNG\r\n"
MODEST_BYTES = 400_000


@pytest.mark.parametrize("file", FILES)
def test_every_panel_is_told_of_in_the_words_that_it_has_in_grafana(file: str) -> None:
    for panel in panels_of(read(file)):
        assert f"| {panel['description']} |" in PAGE


def test_every_picture_is_there_and_none_is_large() -> None:
    named = {DOCS / path for path in re.findall(r"\((pictures/[^)]+)\)", PAGE)}
    assert len(named) == 2 * len(FILES)
    for path in sorted(named):
        content = path.read_bytes()
        assert content.startswith(PNG)
        assert len(content) < MODEST_BYTES, path.name
    assert set((DOCS / "pictures").glob("*-wide.png")) | set((DOCS / "pictures").glob("*-telephone.png")) == named
