import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run
from troth.cli.recording import _FIELDS, _QUESTIONS, _TYPES
from troth.domain.event_models import EVENT_TYPES


def exported(troth: Run) -> list[dict[str, object]]:
    return [json.loads(line) for line in troth("export").stdout.splitlines()]


def test_a_promise_is_recorded_by_answering_questions_and_a_wrong_answer_is_asked_for_again(troth: Run) -> None:
    answers = {
        "type": "made",
        "commitment": "checkout",
        "time": "2026-01-05T09:00:00Z",
        "team": "\nWeb Shop",  # the first try is empty, and a team is needed
        "title": "The checkout speaks Danish",
        "due_at": "2026-02-31\n2026-01-30",
        "customer": "Sales",
        "goal": "",
        "requested_at": "",
        "budget": "ten\n10.5",
        "unit": "days",
        "weight": "0.25\n0.5",
        "url": "",
        "conditions": "",
        "confirmed": "y",
    }
    done = troth("record", typed="\n".join(answers.values()) + "\n")
    assert done.exit_code == 0, done.output
    assert "promises, by a date" in done.stdout
    [event] = exported(troth)
    assert event["data"] == {
        "team": "Web Shop",
        "title": "The checkout speaks Danish",
        "due_at": "2026-01-30",
        "customer": "Sales",
        "budget": 10.5,
        "unit": "days",
        "weight": 0.5,
    }
    assert (event["subject"], event["type"], event["time"]) == ("checkout", "troth.commitment-made", "2026-01-05T09:00:00Z")


def test_with_all_that_is_needed_as_flags_nothing_is_asked(troth: Run) -> None:
    made = [
        "--type",
        "made",
        "--commitment",
        "c",
        "--team",
        "A",
        "--title",
        "T",
        "--due-at",
        "2026-01-30",
        "--time",
        "2026-01-01T00:00:00Z",
    ]
    assert troth("record", *made, "--yes").exit_code == 0
    moved = ["--type", "renegotiated", "--commitment", "c", "--due-at", "none", "--agreed", "yes", "--time", "2026-01-02T00:00:00Z"]
    assert "takes the date away" in troth("record", *moved, "--yes").stdout
    assert [event["data"] for event in exported(troth)] == [
        {"team": "A", "title": "T", "due_at": "2026-01-30"},
        {"due_at": None, "agreed": True},
    ]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--type", "promised"], "none of made"),
        (["--type", "delivered", "--commitment", "c", "--team", "A"], "--team"),
        (["--type", "made", "--commitment", "c", "--team", "A", "--title", "T", "--due-at", "2026-02-30"], "2026-02-30"),
        (["--type", "accepted", "--commitment", "c", "--rating", "6"], "use a whole number from 1 to 5"),
        (["--type", "delivered", "--commitment", "c", "--time", "2026-01-02T00:00:00"], "has no zone"),
        (["--type", "delivered", "--commitment", "c", "--time", "2999-01-02T00:00:00Z"], "is in the future"),
        (["--type", "delivered", "--commitment", "x" * 201], "--commitment"),
    ],
)
def test_a_wrong_flag_is_refused_with_its_reason_and_nothing_is_recorded(troth: Run, flags: list[str], said: str) -> None:
    done = troth("record", *flags, "--yes")
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert exported(troth) == []


def test_what_is_not_confirmed_is_not_recorded(troth: Run) -> None:
    assert troth("record", "--type", "delivered", "--commitment", "c", typed="n\n").exit_code == 1
    assert troth("record", "--type", "delivered", "--commitment", "c", typed="").exit_code == 1
    assert exported(troth) == []


def test_a_misspelt_commitment_is_noticed_before_it_is_recorded(troth: Run) -> None:
    troth("record", "--type", "made", "--commitment", "checkout-danish", "--team", "A", "--title", "T", "--yes")
    done = troth("record", "--type", "delivered", "--commitment", "checkout-dansih", typed="n\n")
    assert "Did you mean checkout-danish?" in done.stderr


def test_every_type_and_field_of_the_domain_can_be_answered(here: Path) -> None:
    assert tuple(_TYPES.values()) == EVENT_TYPES
    assert {field for fields in _FIELDS.values() for field in fields} == set(_QUESTIONS)
