"""What may we promise, and what is at risk: asked over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.conftest import Served
from troth.gateway.documents import AdviceDocument

NOW = datetime.now(UTC)


def life(number: int, team: str, promised_days: float, took_days: float | None, began_days_ago: float) -> list[dict[str, Any]]:
    """A promise made so many days ago for so many days, and its delivery; None is a word taken back."""
    made = NOW - timedelta(days=began_days_ago)
    subject = f"{team}-{number}"
    common = {"specversion": "1.0", "source": "test", "subject": subject}
    promise = {"team": team, "title": subject, "due_at": (made + timedelta(days=promised_days)).isoformat()}
    ended = {"type": "troth.commitment-delivered", "time": (made + timedelta(days=took_days)).isoformat(), "data": {}} if took_days else {
        "type": "troth.commitment-revoked", "time": (made + timedelta(days=1)).isoformat(), "data": {}
    }  # fmt: skip
    return [
        {**common, "id": "made", "type": "troth.commitment-made", "time": made.isoformat(), "data": promise},
        {**common, "id": "ended", **ended},
    ]


@pytest.fixture
def department(served: Served) -> Served:
    """A team that takes up to 1.3 times what it promises, one that breaks all, and one of a single promise."""
    lives = [life(number, "steady", 10, 8 if number < 16 else 13, 20) for number in range(20)]
    lives += [life(number, "broken", 10, None, 20) for number in range(20)]
    lives += [life(0, "new", 10, 5, 20)]
    served.take(*[event for each in lives for event in each])
    return served


def test_a_team_is_told_how_long_it_takes_by_its_own_record(department: Served) -> None:
    usually = department.get("/v1/advice", team="steady", days=20, confidence=0.75)
    AdviceDocument.model_validate(usually)
    assert (usually["factor"], usually["advised_days"], usually["enough"]) == (0.8, 16.0, True)
    by_default = department.get("/v1/advice", team="steady", days=20)
    assert (by_default["confidence"], by_default["factor"], by_default["advised_days"]) == (0.85, 1.3, 26.0)
    assert "1.30 times" in by_default["why"]


def test_where_no_date_holds_or_too_little_is_known_it_says_so(department: Served) -> None:
    broken = department.get("/v1/advice", team="broken", days=20)
    assert (broken["advised_days"], broken["enough"]) == (None, True)
    assert "No date holds" in broken["why"]
    new = department.get("/v1/advice", team="new", days=20)
    assert (new["advised_days"], new["enough"]) == (None, False)
    assert "Not enough promises yet" in new["why"]


@pytest.mark.parametrize(
    ("question", "status"),
    [
        *[({"team": "steady", "days": 20, "confidence": wrong}, 422) for wrong in ("0", "1", "150", "-0.5", "much", "nan", "inf")],
        *[({"team": "steady", "days": wrong}, 422) for wrong in ("0", "-1", "1000000", "soon", "nan", "inf", "")],
        ({"team": "steady"}, 422),
        ({"days": 20}, 422),
        ({"team": "nobody", "days": 20}, 404),
        ({"team": "steady", "days": 20, "at": "2999-01-01"}, 422),
    ],
)
def test_a_question_that_makes_no_sense_is_a_problem(department: Served, question: dict[str, Any], status: int) -> None:
    answer = department.http.get("/v1/advice", params=question)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_as_of_a_time_before_every_outcome_weighs_anything_it_says_that_there_is_not_enough(department: Served) -> None:
    old = datetime(1975, 1, 1, tzinfo=UTC)
    days_ago = (NOW - old) / timedelta(days=1)
    department.take(*[event for number in range(8) for event in life(number, "old", 10, 5, days_ago)])
    department.take(life(8, "old", 30_000, None, days_ago)[0])
    for moment in ("1975-01-03", "1980-01-01", "1984-01-01", "1999-01-01"):
        advised = department.get("/v1/advice", team="old", days=20, at=moment)
        assert (advised["advised_days"], advised["enough"]) == (None, False)
        assert 0 <= department.get("/v1/commitments/old-8", at=moment)["chance"] <= 1
        assert department.http.get("/teams/old", params={"days": 20, "at": moment}).status_code == 200
        assert department.http.get("/commitments/old-8", params={"at": moment}).status_code == 200


def test_a_chance_lies_between_0_and_1_for_every_kind_of_team_and_date(department: Served) -> None:
    department.take(life(97, "broken", 100, 1, 5)[0], life(97, "new", 100, 1, 5)[0], life(0, "first", 10, 1, 2)[0])
    department.take(life(1, "first", 0, 1, 2)[0], life(2, "first", 1e-11, 1, 2)[0])  # due as it is made, and a microsecond later
    found = [
        each for team in ("broken", "new", "first") for each in department.get("/v1/commitments", team=team, state="open")["commitments"]
    ]
    chances = {each["id"]: each["chance"] for each in found}
    assert chances.keys() == {"broken-97", "new-97", "first-0", "first-1", "first-2"}
    assert chances.pop("first-1") is None  # it promises no date
    assert chances.pop("first-2") == 0  # it is past
    assert all(0 < chance < 1 for chance in chances.values())
    assert chances["broken-97"] < 0.1
    assert "not after" in department.get("/v1/commitments/first-1")["history"][0]["effect"]
    [at_risk] = department.get("/v1/commitments", team="broken", order="chance")["commitments"]
    assert at_risk["id"] == "broken-97"


def test_what_is_at_risk_is_the_same_in_lists_summaries_and_metrics(department: Served) -> None:
    department.take(life(99, "steady", 100, 1, 90)[0], life(98, "steady", 100, 1, 1)[0])
    [endangered] = department.get("/v1/commitments", team="steady", state="at_risk")["commitments"]
    assert (endangered["id"], endangered["at_risk"]) == ("steady-99", True)
    assert 0 < endangered["chance"] < 0.5
    [pending] = department.get("/v1/commitments", team="steady", state="pending")["commitments"]
    assert (pending["id"], pending["at_risk"]) == ("steady-98", False)
    assert pending["chance"] > 0.5
    assert department.get("/v1/teams/steady")["commitments"] == {"pending": 1, "at_risk": 1, "overdue": 0}
    assert 'troth_commitments{state="at_risk",team="steady"} 1.0' in department.http.get("/metrics").text
