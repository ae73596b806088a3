"""`troth redact` between two runs of the server: what a tool sends again does not bring a text back."""

from pathlib import Path

from tests import running
from tests.integration.conftest import serving
from tests.integration.test_http_webhooks import MILESTONE, github

TITLE = "Checkout for Jette Wolf"


def milestone(action: str, **said: object) -> dict[str, object]:
    return MILESTONE | {"action": action, "milestone": MILESTONE["milestone"] | {"title": TITLE, **said}}


def bytes_of(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def test_a_redelivery_and_a_later_change_of_the_same_thing_leave_no_byte_of_the_text(tmp_path: Path) -> None:
    with serving(tmp_path / "ledger") as served:
        [name] = github(served, milestone("created")).json()["events"]
        assert github(served, milestone("pondered")).json()["events"] == []
    assert TITLE.encode() in bytes_of(tmp_path / "ledger")
    done = running.troth("redact", name["subject"], "--yes", "--data", "ledger", cwd=tmp_path)
    assert done.stdout.startswith(b"Blanked in 1 event, 1 notice and 0 traces; 2 kept deliveries thrown away"), done.stderr
    assert b"Jette" not in bytes_of(tmp_path / "ledger")
    with serving(tmp_path / "ledger") as served:
        assert github(served, milestone("created")).json()["duplicates"] == 1
        later = {"due_on": "2026-03-31T07:00:00Z", "updated_at": "2026-01-06T09:00:00Z"}
        assert github(served, milestone("edited", **later)).json()["duplicates"] == 0
        promise = served.get(f"/v1/commitments/{name['subject']}")
        assert (promise["title"], promise["due_at"][:10]) == ("[redacted]", "2026-03-31")
        assert "redacted.invalid" not in served.http.get(f"/commitments/{name['subject']}").text
    assert b"Jette" not in bytes_of(tmp_path / "ledger")
    assert b"all agree" in running.troth("verify", "--data", "ledger", cwd=tmp_path).stdout
    remapped = running.troth("remap", "--data", "ledger", cwd=tmp_path).stdout
    assert b"4 are not kept any more" in remapped, remapped
