"""`troth dashboards annotate`: each slip, move and word taken back stands on the trends once, whatever happened before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from typer.testing import Result

from tests.grafana import EDITOR, VIEWER, Grafana
from tests.notation import Happening, at, delivered, moved, posted, promised, revoked
from tests.unit.cli.conftest import Run, ndjson
from troth.domain.instants import format_instant
from troth.grafana import annotations

Annotate = Callable[..., Result]
TITLE = "Checkout <b>in Danish</b>"
LIVES: dict[str, list[Happening]] = {
    "slips": [("day 0", promised("Web Shop", due="day 10", title=TITLE, customer="Sales & Co"))],
    "moves": [("day 0", promised("Web Shop", due="day 20")), ("day 2", moved("day 30")), ("day 3", delivered())],
    "taken-back": [("day 0", promised("Data", due="day 40")), ("day 5", revoked())],
    "late": [("day 0", promised("Data", due="day 8")), ("day 9", delivered())],
}


@pytest.fixture
def ledger(troth: Run, here: Path) -> None:
    """A ledger with a slip, a move, a word taken back, and a promise that was delivered late, which slipped and recovered."""
    log = ndjson(here / "log.ndjson", [posted(n, one, subject) for subject, life in LIVES.items() for n, one in enumerate(life, 1)])
    assert troth("import", log).exit_code == 0


@pytest.fixture
def annotate(troth: Run, grafana: Grafana, ledger: None) -> Annotate:
    def run(*flags: str, **variables: str) -> Result:
        settings = {"TROTH_GRAFANA_URL": grafana.url, "TROTH_GRAFANA_TOKEN": EDITOR}
        return troth("dashboards", "annotate", "--days", "36500", *flags, **settings | variables)

    return run


def there(grafana: Grafana) -> dict[str, dict[str, Any]]:
    """What Grafana holds, by the tag of the notice."""
    return {each["tags"][-1]: each for each in grafana.annotations.values()}


def test_each_slip_move_and_word_taken_back_is_marked_when_it_happened(annotate: Annotate, grafana: Grafana) -> None:
    done = annotate("--public-url", "https://troth.example.org")
    assert (done.exit_code, done.stdout) == (0, "4 notices of 36,500 days: 4 added, 0 corrected, 0 removed as doubles.\n")
    marks = there(grafana)
    assert {(each["tags"][1], each["tags"][2], each["time"]) for each in marks.values()} == {
        ("slipped", "team:Web Shop", at("day 10") // 1_000),
        ("moved", "team:Web Shop", at("day 2") // 1_000),
        ("revoked", "team:Data", at("day 5") // 1_000),
        ("slipped", "team:Data", at("day 8") // 1_000),
    }
    slip = marks["notice:slipped/2026-01-11T00:00:00.000000Z/slips"]
    assert slip["tags"][:-1] == ["troth", "slipped", "team:Web Shop", "customer:Sales & Co"]
    assert slip["text"] == (
        'Web Shop: <a href="https://troth.example.org/commitments/?id=slips">Checkout &lt;b&gt;in Danish&lt;/b&gt;</a>, '
        "promised to Sales &amp; Co for 2026-01-11, slipped"
    )
    assert marks["notice:moved/2026-01-31T00:00:00.000000Z/moves"]["text"].endswith(", promised: its date was changed (2026-01-31)")


def test_the_date_is_told_in_the_zone_in_which_it_ends() -> None:
    late = format_instant(at("day 10.2"))
    notice = {
        "id": "x",
        "kind": "slipped",
        "commitment": "c",
        "team": "a",
        "customer": None,
        "goal": None,
        "title": "t",
        "date": late,
        "at": late,
    }
    assert annotations.annotation_of(notice, "", ZoneInfo("America/New_York")).text == "a: t, promised for 2026-01-10, slipped"


def test_a_second_run_writes_nothing_and_what_others_marked_is_left_alone(annotate: Annotate, grafana: Grafana) -> None:
    grafana.annotate({"time": at("day 10") // 1_000, "tags": ["release"], "text": "2.0"})
    grafana.annotate({"time": at("day 10") // 1_000, "tags": ["troth", "team:Web Shop"], "text": "a person's own remark"})
    annotate()
    writes = grafana.writes
    assert "0 added, 0 corrected, 0 removed" in annotate().stdout
    assert (grafana.writes, len(grafana.annotations)) == (writes, 6)


def test_a_dry_run_says_what_it_would_do_and_needs_only_to_look(annotate: Annotate, grafana: Grafana) -> None:
    done = annotate("--dry-run", TROTH_GRAFANA_TOKEN=VIEWER)
    assert done.stdout == "4 notices of 36,500 days: 4 added, 0 corrected, 0 removed as doubles; nothing was written.\n"
    assert grafana.annotations == {}
    refused = annotate(TROTH_GRAFANA_TOKEN=VIEWER)
    assert (refused.exit_code, "would not make an annotation" in refused.stderr) == (1, True)


def test_what_stopped_half_way_goes_on_where_it_stopped(annotate: Annotate, grafana: Grafana) -> None:
    annotate()
    for number in (2, 4):
        del grafana.annotations[number]
    assert "2 added" in annotate().stdout
    assert len(there(grafana)) == len(grafana.annotations) == 4


def test_one_that_two_runs_at_once_made_twice_is_there_once_after_the_next(annotate: Annotate, grafana: Grafana) -> None:
    annotate()
    double = grafana.annotations[1]
    grafana.annotate({name: double[name] for name in ("time", "tags", "text")})
    assert "0 added, 0 corrected, 1 removed" in annotate().stdout
    assert sorted(grafana.annotations) == [1, 2, 3, 4]


def test_a_title_that_was_blanked_here_is_blanked_there(annotate: Annotate, grafana: Grafana, troth: Run) -> None:
    annotate()
    assert troth("redact", "slips", "--yes").exit_code == 0
    assert "0 added, 1 corrected" in annotate().stdout
    assert not [each for each in grafana.annotations.values() if "Danish" in each["text"]]


def test_more_annotations_than_grafana_gives_at_once_are_all_found(
    annotate: Annotate, grafana: Grafana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotations, "_AT_ONCE", 2)
    for number in range(40):
        grafana.annotate({"time": at("day 9") // 1_000, "tags": ["troth"], "text": f"of the same instant: {number}"})
    annotate()
    assert "0 added, 0 corrected, 0 removed" in annotate().stdout
    assert len(grafana.annotations) == 44


def test_names_of_any_length_fit_into_tags_and_stay_apart(grafana: Grafana, troth: Run, here: Path) -> None:
    long = "ö" * 199
    lives = [(promised(long + end, due="day 1", customer=long + end, goal=long + end), f"{long}{end}") for end in "ab"]
    troth("import", ndjson(here / "log.ndjson", [posted(1, ("day 0", made), subject) for made, subject in lives]))
    settings = {"TROTH_GRAFANA_URL": grafana.url, "TROTH_GRAFANA_TOKEN": EDITOR}
    for added in ("2 added", "0 added"):
        assert added in troth("dashboards", "annotate", "--days", "36500", **settings).stdout
    assert [len({each["tags"][place] for each in grafana.annotations.values()}) for place in range(6)] == [1, 1, 2, 2, 2, 2]


def test_only_the_days_that_are_asked_for_are_looked_at(annotate: Annotate, grafana: Grafana) -> None:
    assert annotate("--days", "1").stdout == "0 notices of 1 day: 0 added, 0 corrected, 0 removed as doubles.\n"
    assert grafana.annotations == {}


def test_without_a_ledger_the_way_out_is_said(troth: Run, grafana: Grafana) -> None:
    done = troth("dashboards", "annotate", TROTH_GRAFANA_URL=grafana.url, TROTH_GRAFANA_TOKEN=EDITOR)
    assert (done.exit_code, "no ledger in troth-data" in done.stderr) == (1, True)
