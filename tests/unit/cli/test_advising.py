import json
from pathlib import Path

import pytest

from tests.notation import delivered, posted, promised, revoked
from tests.unit.cli.conftest import Run, ndjson

AT = ("--at", "2026-01-31")


@pytest.fixture
def log(troth: Run, here: Path) -> Path:
    """Of alpha's ten promises of ten days, seven took nine days, two took fifteen, and one was revoked; beta made one."""
    ends = [("day 9", delivered())] * 7 + [("day 15", delivered())] * 2 + [("day 10", revoked())]
    events = [posted(1, ("day 0", promised("alpha", due="day 10")), f"c{nth}") for nth in range(10)]
    events += [posted(2, end, f"c{nth}") for nth, end in enumerate(ends)]
    events += [posted(1, ("day 0", promised("beta", due="day 5000")), "open")]
    file = ndjson(here / "log.ndjson", events)
    assert troth("import", file).exit_code == 0
    return file


def test_advice_is_a_sentence_with_the_days_that_hold(troth: Run, log: Path) -> None:
    done = troth("advise", "--team", "alpha", "--days", "10", "--confidence", "0.6", *AT)
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert done.stdout == (
        "Of about 8.5 fresh promises, 6 took up to 0.90 times what was promised, which is at least 60 in 100:"
        " 10 days times 0.90 are 9 days.\n"
    )


def test_advice_as_json_is_the_document_of_the_api(troth: Run, log: Path) -> None:
    document = json.loads(troth("advise", "--team", "alpha", "--days", "10", "--json", *AT).stdout)
    assert (document["team"], document["confidence"], document["factor"], document["advised_days"]) == ("alpha", 0.85, 1.5, 15)
    assert document["enough"]
    assert 6 < document["evidence"] < 10


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--team", "alpha", "--confidence", "0.95"], "No date holds at this confidence"),
        (["--team", "beta"], "Not enough promises yet"),
    ],
)
def test_where_there_is_no_advice_it_says_so(troth: Run, log: Path, arguments: list[str], said: str) -> None:
    done = troth("advise", "--days", "10", *arguments, *AT)
    assert done.exit_code == 0
    assert said in done.stdout


@pytest.mark.parametrize(
    ("team", "said"),
    [("alhpa", "There is no team 'alhpa' in troth-data. There is alpha."), ("Zzz", "`troth score` lists")],
)
def test_a_team_that_is_not_on_record_is_said_with_names_like_it(troth: Run, log: Path, team: str, said: str) -> None:
    done = troth("advise", "--team", team, "--days", "10")
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_team_of_later_is_not_on_record_before(troth: Run, log: Path) -> None:
    done = troth("advise", "--team", "alpha", "--days", "10", "--at", "2025-01-01")
    assert done.exit_code == 1
    assert "There is no team 'alpha' in troth-data by then. Nobody had promised anything." in done.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [(f"--{name}", value) for name, values in {
        "days": ("0", "-1", "1000000", "nan", "inf", "soon"),
        "confidence": ("0", "1", "150", "-0.5", "nan", "high"),
        "at": ("2999-01-01", "yesterday"),
    }.items() for value in values],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_its_option(troth: Run, log: Path, option: str, value: str) -> None:
    asked = {"--team": "alpha", "--days": "10", option: value}
    done = troth("advise", *(word for pair in asked.items() for word in pair))
    assert done.exit_code == 2
    assert option in done.stderr


def test_an_open_promise_is_explained_with_its_chance_and_why(troth: Run, log: Path) -> None:
    said = troth("explain", "open").stdout
    verdict, _, forecast = said.partition("\nForecast\n")
    assert " in 100 to be on time" in forecast
    assert "  Why: 6 in 100 of its time has gone. No promise of beta that still counts took longer than this; 3 promises of" in forecast
    assert "  What moves it: The team has too few outcomes yet for the chance to put it at risk; a warning would.\n" in forecast
    assert "Why: It is open and due at 2039-09-10 00:00:00 UTC." in verdict


def test_what_is_settled_has_no_forecast_to_explain(troth: Run, log: Path) -> None:
    said = troth("explain", "c1").stdout
    assert "Forecast" not in said
    assert "Why: Delivered at 2026-01-10 00:00:00 UTC, by its date 2026-01-11 00:00:00 UTC." in said
