"""What the queries say of a few teams, asked of a real Prometheus that two programs show the same to: below, above, between, unsure."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from dashboards import queries
from dashboards.queries import ABOVE, BELOW, BETWEEN, STANDING_WORDS, TEAM, UNKNOWN, UNSURE
from tests.dashboards.asking import DAY, Asked, Asking
from tests.prometheus import prometheus, promtool
from troth.metrics import catalogue

NOW = 1_790_000_000
TARGET = 0.8


class Team(NamedTuple):
    """A team as it is shown, and its reliability 28 days ago (None: it is new)."""

    reliability: float
    low: float
    high: float
    evidence: float
    before: float | None


TEAMS = {
    "certainly below": Team(0.55, 0.45, 0.799, 40, 0.61),
    "worse": Team(0.50, 0.40, 0.60, 40, 0.44),
    "worse by its low": Team(0.48, 0.36, 0.60, 40, 0.48),
    "at the target at best": Team(0.70, 0.60, 0.8, 30, 0.74),
    "at the target at worst": Team(0.90, 0.8, 0.95, 30, None),
    "certainly above": Team(0.93, 0.81, 1, 30, 0.93),
    "new and bad": Team(0.30, 0.00, 0.7, 2.9, None),
    'of an "odd" name': Team(0.85, 0.745, 0.955, 3, 0.80),
}


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """A Prometheus that was shown the teams by a server and by a replica of it."""
    place = tmp_path_factory.mktemp("queries")
    (place / "shown").write_text("\n".join([*samples(), "# EOF\n"]), "utf-8")
    promtool("tsdb", "create-blocks-from", "openmetrics", place / "shown", place / "data")
    with prometheus(place, []) as own:
        yield Asking(own, NOW)


def samples() -> Iterator[str]:
    """OpenMetrics of TEAMS."""
    shown = {TEAM.reliability: "reliability", TEAM.low: "low", TEAM.high: "high", TEAM.evidence: "evidence"}
    for metric, field in shown.items():
        yield f"# TYPE {metric.name} gauge"
        for name, team in TEAMS.items():
            for program in ("serve", "replica"):
                labels = f'{{team="{name.replace(chr(34), chr(92) + chr(34))}",instance="{program}"}}'
                if field == "reliability" and team.before is not None:
                    yield f"{metric.name}{labels} {team.before} {NOW - 28 * DAY - 3_600}"
                yield f"{metric.name}{labels} {getattr(team, field)} {NOW - 20}"
    yield f"# TYPE {catalogue.TARGET.name} gauge"
    yield from (f'{catalogue.TARGET.name}{{instance="{program}"}} {TARGET} {NOW - 20}' for program in ("serve", "replica"))


def by_team(asking: Asking, expression: str) -> dict[str, float]:
    """The answer by team, each once."""
    answer = asking.answer(Asked("", expression, expression, instant=True))
    values = {series["metric"]["team"]: float(series["value"][1]) for series in answer}
    assert len(values) == len(answer)
    return values


def test_a_team_is_below_or_above_only_where_that_is_certain(asking: Asking) -> None:
    assert by_team(asking, queries.standing(TEAM)) == {
        "certainly below": BELOW,
        "worse": BELOW,
        "worse by its low": BELOW,
        "at the target at best": BETWEEN,
        "at the target at worst": BETWEEN,
        "certainly above": ABOVE,
        "new and bad": UNSURE,
        'of an "odd" name': BETWEEN,
    }


def test_the_words_of_a_standing_are_those_of_its_number(asking: Asking) -> None:
    worded = queries.worded(queries.now(TEAM.reliability), TEAM)
    answer = asking.answer(Asked("", worded, worded, instant=True))
    words = {series["metric"]["team"]: series["metric"]["standing"] for series in answer}
    assert words == {team: STANDING_WORDS[int(which)] for team, which in by_team(asking, queries.standing(TEAM)).items()}
    assert by_team(asking, worded) == {name: team.reliability for name, team in TEAMS.items()}


def test_the_worst_is_first_and_those_of_too_little_evidence_are_last(asking: Asking) -> None:
    keys = by_team(asking, queries.worst_first(TEAM))
    assert sorted(keys, key=lambda team: keys[team]) == [
        "worse by its low",
        "worse",
        "certainly below",
        "at the target at best",
        "at the target at worst",
        'of an "odd" name',
        "certainly above",
        "new and bad",
    ]


def test_the_worst_are_as_many_as_are_asked_for(asking: Asking) -> None:
    assert list(by_team(asking, queries.worst(TEAM, 3))) == ["worse by its low", "worse", "certainly below"]


def test_so_many_are_below_the_target(asking: Asking) -> None:
    answer = asking.answer(Asked("", "", queries.number_below(TEAM), instant=True))
    assert [series["value"][1] for series in answer] == ["3"]


def test_what_to_expect_of_the_next_hundred_is_rounded_as_on_the_board(asking: Asking) -> None:
    answer = asking.answer(Asked("", "", queries.expected(TEAM), instant=True))
    ranges = {series["metric"]["team"]: series["metric"]["expected"].split("–") for series in answer}
    assert ranges["certainly below"] == ["45", "80"]
    assert ranges["certainly above"] == ["81", "100"]
    assert ranges["new and bad"] == ["0", "70"]
    assert ranges['of an "odd" name'] == ["75", "96"]


def test_an_arrow_says_more_than_five_of_a_hundred_in_28_days(asking: Asking) -> None:
    assert by_team(asking, queries.direction(TEAM)) == {
        "certainly below": -1,
        "worse": 1,
        "worse by its low": 0,
        "at the target at best": 0,
        "at the target at worst": UNKNOWN,
        "certainly above": 0,
        "new and bad": UNKNOWN,
        'of an "odd" name': 0,
    }
