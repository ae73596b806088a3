import json
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notation import delivered, posted, promised, retracted
from tests.unit.cli.conftest import Run, ndjson
from troth.cli.carrying import Refused, Taken, put, uninterrupted

FLIGHTS = Path(__file__).parents[3] / "services/troth/intake/examples/flights.toml"
HEAD = "id,carrier,destination,scheduled_departure,scheduled_arrival,actual_arrival\n"
KEPT = "1,UA,IAH,2013-01-01T10:15:00Z,2013-01-01T13:19:00Z,2013-01-01T13:10:00Z\n"
CANCELLED = "2,UA,IAH,2013-01-01T10:15:00Z,2013-01-01T13:19:00Z,\n"
MADE = posted(1, ("day 0", promised(due="day 10")))
DONE = posted(2, ("day 9", delivered()))


def refused_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_events_go_in_and_a_second_run_adds_nothing(troth: Run, here: Path) -> None:
    file = ndjson(here / "log.ndjson", [MADE, "", DONE])
    first, second = troth("import", file), troth("import", file)
    assert (first.exit_code, first.stdout) == (0, "log.ndjson: 2 lines: 2 new events, 0 known already, 0 lines refused.\n")
    assert (second.exit_code, second.stdout) == (0, "log.ndjson: 2 lines: 0 new events, 2 known already, 0 lines refused.\n")
    assert not list(here.glob("*.refused.ndjson"))


def test_a_refused_line_is_set_aside_with_its_number_and_reasons_and_the_others_go_in(troth: Run, here: Path) -> None:
    other = {**MADE, "data": {**MADE["data"], "title": "something else"}}
    typo = {**DONE, "id": "3", "data": {"costs": 3, "cost": "much"}}
    file = ndjson(here / "log.ndjson", [MADE, "{not JSON", other, typo, DONE, "[]", '{"id": NaN}'])
    done = troth("import", file)
    assert done.exit_code == 1
    assert "2 new events" in done.stdout
    assert "log.ndjson.refused.ndjson" in done.stdout
    refused = {line["line"]: line for line in refused_in(here / "log.ndjson.refused.ndjson")}
    assert sorted(refused) == [2, 3, 4, 6, 7]
    assert refused[2]["text"] == "{not JSON"
    assert "with other content" in str(refused[3]["reasons"])
    assert json.loads(refused[3]["text"]) == other
    assert {reason.partition(":")[0] for reason in refused[4]["reasons"]} == {"/data/cost", "/data/costs"}


def test_a_retraction_passes_because_the_operator_has_the_file(troth: Run, here: Path) -> None:
    file = ndjson(here / "log.ndjson", [MADE, DONE, posted(3, ("day 9.5", retracted(2)))])
    assert troth("import", file).exit_code == 0
    assert "slipped" in troth("explain", "c").stdout


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_goes_in_by_its_mapping(troth: Run, here: Path, encoding: str) -> None:
    (here / "flights.csv").write_text(HEAD + KEPT + CANCELLED, encoding=encoding)
    done = troth("import", "flights.csv", "--mapping", FLIGHTS)
    assert done.stdout.startswith("flights.csv: 2 lines: 4 new events"), done.stderr
    [team] = json.loads(troth("score", "--json", "--at", "2014-01-01").stdout)["teams"]
    assert (team["team"], team["outcomes"]["kept"], team["outcomes"]["broken"]) == ("UA", 1, 1)


@pytest.mark.parametrize("change", ["semicolons", "byte-order mark", "line ends of Windows", "quotes", "tabs"])
def test_a_table_may_be_written_as_other_programs_write_it(troth: Run, here: Path, change: str) -> None:
    text = HEAD + KEPT + CANCELLED
    text = {
        "semicolons": text.replace(",", ";"),
        "tabs": text.replace(",", "\t"),
        "byte-order mark": "\ufeff" + text,
        "line ends of Windows": text.replace("\n", "\r\n"),
        "quotes": text.replace("UA", '"UA"').replace("IAH", '"IA\nH"'),
    }[change]
    (here / "flights.csv").write_text(text, newline="")
    assert ": 4 new events" in troth("import", "flights.csv", "--mapping", FLIGHTS).stdout


def test_rows_that_are_no_promise_are_set_aside_by_their_line(troth: Run, here: Path) -> None:
    wrong_day = KEPT.replace("1,UA", "3,UA").replace("2013-01-01T10", "2013-02-30T10")
    short = "4,UA\n"
    latin = KEPT.replace("1,UA", "5,UA").replace("IAH", "K\udcf6ln")
    file = here / "flights.csv"
    file.write_text(HEAD + KEPT + wrong_day + '6,UA,"two\nlines"\n' + short + latin, errors="surrogateescape")
    done = troth("import", file, "--mapping", FLIGHTS)
    assert done.exit_code == 1
    assert "2 new events" in done.stdout
    refused = refused_in(here / "flights.csv.refused.ndjson")
    assert [line["line"] for line in refused] == [3, 4, 6, 7]
    assert "scheduled_departure" in str(refused[0]["reasons"])
    assert refused[2]["text"] == "4,UA"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["flights.csv"], "--mapping"),
        (["missing.ndjson"], "does not exist"),
        ([], "FILE"),
        (["flights.csv", "--mapping", "missing.toml"], "missing.toml cannot be read"),
        (["flights.csv", "--mapping", "typo.toml"], "typo.toml, line 2"),
        (["flights.csv", "--mapping", "other.toml"], "asks for the column `order`"),
        (["empty.csv", "--mapping", "other.toml"], "no columns"),
        (["log.ndjson", "--to", "ftp://example.org"], "is not an address"),
    ],
)
def test_what_is_asked_wrongly_is_said_and_makes_no_ledger_of_it(troth: Run, here: Path, arguments: list[str], said: str) -> None:
    (here / "flights.csv").write_text(HEAD)
    (here / "empty.csv").write_text("")
    (here / "log.ndjson").write_text("")
    (here / "typo.toml").write_text('source = "x"\nsubjekt = "id"\n[made]\ntime = "t"\nteam = "t"\n')
    (here / "other.toml").write_text('source = "x"\nsubject = "order"\n[made]\ntime = "id"\nteam = "carrier"\n')
    done = troth("import", *arguments, TROTH_TOKENS="x")
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())


def test_posting_without_a_token_or_to_nobody_is_said(troth: Run, here: Path) -> None:
    file = ndjson(here / "log.ndjson", [MADE])
    assert "TROTH_TOKENS" in troth("import", file, "--to", "http://127.0.0.1:1").stderr
    done = troth("import", file, "--to", "http://127.0.0.1:1", TROTH_TOKENS="x")
    assert done.exit_code == 1
    assert "cannot be reached" in done.stderr


def test_a_large_file_gives_what_a_small_one_gives(troth: Run, here: Path) -> None:
    rows = [{**posted(1, ("day 0", promised(due="day 10"))), "subject": f"c{number}", "padding": "x" * 500} for number in range(3_000)]
    file = ndjson(here / "log.ndjson", [*rows, "no JSON", *rows])
    assert file.stat().st_size > 1_000_000
    done = troth("import", file)
    assert "6,001 lines: 3,000 new events, 3,000 known already, 1 line refused" in done.stdout
    assert [line["line"] for line in refused_in(here / "log.ndjson.refused.ndjson")] == [3_001]
    assert "3,000 commitments, 3,000 events: all agree." in troth("verify").stdout


@given(st.lists(st.booleans()))
def test_of_lines_that_are_taken_together_only_those_at_fault_are_left_out(good: list[bool]) -> None:
    taken: list[int] = []
    left_out: list[int] = []

    def take(rows: object) -> Taken:
        assert isinstance(rows, list)
        if not all(good[row] for row in rows):
            raise Refused(["one of them"])
        taken.extend(rows)
        return Taken(len(rows), 0)

    result = put(list(range(len(good))), take, lambda row, _: left_out.append(row))
    assert taken == [row for row, is_good in enumerate(good) if is_good]
    assert left_out == [row for row, is_good in enumerate(good) if not is_good]
    assert result == Taken(len(taken), 0)


def test_an_interrupt_waits_for_what_must_not_be_cut() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), uninterrupted():  # noqa: PT012 - what happens inside is what is tested
        signal.raise_signal(signal.SIGINT)
        done.append("all of it")
    assert done == ["all of it"]


def test_what_lies_ahead_of_the_clock_is_refused(troth: Run, here: Path) -> None:
    done = troth("import", ndjson(here / "log.ndjson", [{**MADE, "time": "2999-01-01T00:00:00Z"}]))
    assert done.exit_code == 1
    assert "is in the future" in str(refused_in(here / "log.ndjson.refused.ndjson")[0]["reasons"])
