import json
from pathlib import Path

import pytest

from tests.notation import delivered, posted, promised
from tests.running import serving
from tests.unit.cli.conftest import Run, ndjson

EVENTS = [posted(1, ("day 0", promised(title="A till for Jette", due="day 10"))), posted(2, ("day 9", delivered()))]


@pytest.fixture
def log(troth: Run, here: Path) -> Path:
    file = ndjson(here / "log.ndjson", EVENTS)
    assert troth("import", file).exit_code == 0
    return file


def test_a_commitment_is_redacted_and_an_import_of_the_original_brings_nothing_back(troth: Run, log: Path) -> None:
    done = troth("redact", "c", "--yes")
    assert (done.exit_code, done.stdout.partition(";")[0]) == (0, "Blanked in 1 event, 0 notices and 0 traces")
    assert "2 known already, 0 lines refused" in troth("import", log).stdout
    assert "Commitment c: [redacted]" in troth("explain", "c").stdout
    assert "1 commitment, 2 events: all agree." in troth("verify").stdout
    assert "Jette" not in troth("export").stdout


def test_a_redacted_export_gives_the_same_numbers_elsewhere(troth: Run, log: Path, here: Path) -> None:
    troth("redact", "c", "--yes")
    (here / "out.ndjson").write_text(troth("export").stdout)
    assert troth("import", "out.ndjson", "--data", "other").exit_code == 0
    scores = [json.loads(troth("score", "--json", "--at", "2026-02-01", "--data", data).stdout) for data in ("troth-data", "other")]
    assert scores[0] == scores[1]


def test_only_what_is_named_is_blanked(troth: Run, log: Path) -> None:
    assert troth("redact", "c", "--event", "2", "--fields", "reason", "--yes").stdout.startswith("Blanked in 0 events")
    assert "A till for Jette" in troth("explain", "c").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["c"], 2, "say --yes"),
        (["c", "--yes", "--fields", "budget"], 2, "budget is no text of an event; there are title, url, conditions, reason"),
        (["c", "--yes", "--fields", ","], 2, "nothing is no text"),
        (["d", "--yes"], 1, "There is no commitment 'd'"),
        (["c", "--event", "7", "--yes"], 1, "There is no event '7' in commitment 'c'"),
        (["c", "--yes", "--data", "nowhere"], 1, "There is no ledger in nowhere"),
    ],
)
def test_what_cannot_be_redacted_is_said_and_nothing_is_changed(
    troth: Run, log: Path, arguments: list[str], status: int, said: str
) -> None:
    done = troth("redact", *arguments)
    assert done.exit_code == status
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert "A till for Jette" in troth("explain", "c").stdout


def test_while_a_server_has_the_ledger_it_is_refused_with_the_way_out(troth: Run, log: Path, here: Path) -> None:
    with serving("serve", here / "troth-data"):
        done = troth("redact", "c", "--yes")
    assert done.exit_code == 1
    assert "Stop that one, redact, and start it again" in done.stderr
