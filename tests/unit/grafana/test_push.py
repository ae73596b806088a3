"""`troth dashboards push`: what it makes, that it makes it once, and whose change stands."""

from pathlib import Path

import pytest

from tests.grafana import Grafana
from tests.unit.grafana.conftest import TEAM, TRUST, Push, write

NEWER = TRUST | {"panels": [{"id": 1, "type": "stat", "title": "Of a hundred promises, kept"}]}


def test_a_first_push_makes_folder_data_source_and_dashboards(push: Push, grafana: Grafana) -> None:
    done = push("--grafana-folder", "Trust in IT", "--public-url", "https://troth.example.org/")
    assert (done.exit_code, done.stderr) == (0, "")
    assert {uid: folder["title"] for uid, folder in grafana.folders.items()} == {"troth": "Trust in IT"}
    assert (grafana.sources["prometheus"]["type"], grafana.sources["prometheus"]["url"]) == ("prometheus", "http://prometheus:9090")
    assert {uid: there["folder"] for uid, there in grafana.dashboards.items()} == {"troth-trust": "troth", "troth-team": "troth"}
    assert grafana.model("troth-team") == TEAM | {"id": 1, "version": 1}
    source, board = grafana.model("troth-trust")["templating"]["list"]
    assert source["current"] == {"selected": True, "text": "Prometheus of Troth", "value": "prometheus"}
    assert (board["query"], board["current"]["value"]) == ("https://troth.example.org", "https://troth.example.org")


@pytest.mark.parametrize("plainly", [True, False])
def test_a_second_push_writes_nothing(push: Push, grafana: Grafana, plainly: bool) -> None:
    grafana.lists_versions_plainly = plainly
    push()
    writes = grafana.writes
    done = push()
    assert (done.exit_code, grafana.writes) == (0, writes)
    assert done.stdout.endswith("0 changes made.\n")


def test_a_dry_run_shows_what_differs_and_writes_nothing(push: Push, grafana: Grafana, dashboards: Path) -> None:
    assert "4 changes to make; nothing was written." in push("--dry-run").stdout
    assert grafana.writes == 0
    push()
    write(dashboards, NEWER)
    writes = grafana.writes
    done = push("--dry-run")
    assert (done.exit_code, grafana.writes) == (0, writes)
    assert '  -      "title": "Of a hundred promises",\n  +      "title": "Of a hundred promises, kept",\n' in done.stdout
    assert "1 change to make; nothing was written." in done.stdout


@pytest.mark.parametrize("plainly", [True, False])
def test_a_dashboard_that_is_another_here_now_is_shown_and_updated(push: Push, grafana: Grafana, dashboards: Path, plainly: bool) -> None:
    grafana.lists_versions_plainly = plainly
    push()
    write(dashboards, NEWER)
    done = push()
    assert done.exit_code == 0
    assert '+      "title": "Of a hundred promises, kept"' in done.stdout
    assert grafana.model("troth-trust")["panels"] == NEWER["panels"]
    assert push().stdout.endswith("0 changes made.\n")


@pytest.mark.parametrize("newer", [True, False])
def test_what_a_person_changed_is_left_and_named_and_force_takes_ours(push: Push, grafana: Grafana, dashboards: Path, newer: bool) -> None:
    push()
    grafana.edit("troth-trust", title="Trust, by Ada")
    write(dashboards, NEWER if newer else TRUST)
    done = push()
    assert done.exit_code == 1
    assert grafana.model("troth-trust")["title"] == "Trust, by Ada"
    assert "was changed in Grafana by ada on 2026-01-31: left as it is; --force takes ours." in done.stdout
    assert '-  "title": "Trust, by Ada"' in done.stdout
    assert done.stderr == "troth: left as it is: dashboard 'Trust' (troth-trust).\n"
    assert push("--force").exit_code == 0
    assert grafana.model("troth-trust")["title"] == "Trust"
    assert push().exit_code == 0


def test_the_others_are_updated_beside_one_that_a_person_changed(push: Push, grafana: Grafana, dashboards: Path) -> None:
    push()
    grafana.edit("troth-trust", title="Trust, by Ada")
    write(dashboards, TEAM | {"title": "One team"})
    assert push().exit_code == 1
    assert grafana.model("troth-team")["title"] == "One team"


def test_a_change_that_somebody_took_back_does_not_stand_in_the_way(push: Push, grafana: Grafana, dashboards: Path) -> None:
    push()
    grafana.edit("troth-trust", title="Trust, by Ada")
    grafana.edit("troth-trust", message="Restored from version 1", title="Trust")
    write(dashboards, NEWER)
    assert push().exit_code == 0
    assert grafana.model("troth-trust")["panels"] == NEWER["panels"]


def test_our_own_message_carried_along_by_an_editor_does_not_pass_for_ours(push: Push, grafana: Grafana) -> None:
    push()
    ours = grafana.dashboards["troth-trust"]["versions"][-1]["message"]
    grafana.edit("troth-trust", message=ours, title="Trust, by Ada")
    assert push().exit_code == 1
    assert grafana.model("troth-trust")["title"] == "Trust, by Ada"


def test_a_grafana_that_shows_what_it_was_given_in_newer_words_has_nothing_to_update(
    push: Push, grafana: Grafana, dashboards: Path
) -> None:
    push()
    grafana.dashboards["troth-trust"]["versions"][-1]["data"]["schemaVersion"] = 42  # nobody saved: it migrates what it reads
    writes = grafana.writes
    assert (push().exit_code, grafana.writes) == (0, writes)
    write(dashboards, NEWER)
    assert push().exit_code == 0
    assert grafana.model("troth-trust")["panels"] == NEWER["panels"]


def test_a_dashboard_that_was_there_before_us_is_a_persons(push: Push, grafana: Grafana) -> None:
    push("--dry-run")
    grafana.folders["troth"] = {"uid": "troth", "title": "Troth", "version": 1}
    grafana._save("troth-trust", {"title": "Imported by hand", "uid": "troth-trust"}, "ada", "")
    assert push().exit_code == 1
    assert grafana.model("troth-trust")["title"] == "Imported by hand"


@pytest.mark.parametrize("force", [True, False])
def test_a_save_between_our_look_and_our_write_is_never_written_over(push: Push, grafana: Grafana, dashboards: Path, force: bool) -> None:
    push()
    write(dashboards, NEWER)

    def ada_is_quicker() -> None:
        grafana.before_save = lambda: None
        grafana.edit("troth-trust", title="Trust, by Ada")

    grafana.before_save = ada_is_quicker
    done = push(*(["--force"] if force else []))
    assert done.exit_code == 1
    assert grafana.model("troth-trust")["title"] == "Trust, by Ada"
    assert "would not write over what is there now (The dashboard has been changed by someone else)" in done.stderr


def test_a_dashboard_that_was_moved_is_updated_where_it_is_and_force_brings_it_back(push: Push, grafana: Grafana, dashboards: Path) -> None:
    push()
    grafana.folders["leadership"] = {"uid": "leadership", "title": "Leadership", "version": 1}
    grafana.move("troth-trust", "leadership")
    assert "is as it is here, in the folder 'Leadership' to which it was moved." in push().stdout
    write(dashboards, NEWER)
    assert push().exit_code == 0
    assert grafana.dashboards["troth-trust"]["folder"] == "leadership"
    assert grafana.model("troth-trust")["panels"] == NEWER["panels"]
    assert push("--force").exit_code == 0
    assert grafana.dashboards["troth-trust"]["folder"] == "troth"


def test_a_folder_keeps_the_name_that_people_gave_it_until_force(push: Push, grafana: Grafana) -> None:
    push()
    grafana.folders["troth"] |= {"title": "Promises", "version": 2, "parentUid": "elsewhere"}  # renamed, and moved under another
    done = push()
    assert (done.exit_code, grafana.folders["troth"]["title"]) == (0, "Promises")
    assert "is called 'Promises' in Grafana, and keeps that name" in done.stdout
    assert push("--force").exit_code == 0
    assert grafana.folders["troth"]["title"] == "Troth"


def test_a_data_source_at_another_address_is_left_until_force_and_keeps_the_rest_of_it(push: Push, grafana: Grafana) -> None:
    push()
    grafana.sources["prometheus"] |= {"url": "http://thanos:9090", "jsonData": {"timeInterval": "15s"}}
    done = push()
    assert done.exit_code == 1
    assert "-url: http://thanos:9090\n  +url: http://prometheus:9090" in done.stdout
    assert grafana.sources["prometheus"]["url"] == "http://thanos:9090"
    assert push("--force").exit_code == 0
    assert (grafana.sources["prometheus"]["url"], grafana.sources["prometheus"]["jsonData"]) == (
        "http://prometheus:9090",
        {"timeInterval": "15s"},
    )


def test_a_data_source_that_is_there_is_used_as_it_is_where_no_address_is_told(push: Push, grafana: Grafana) -> None:
    grafana.make_source({"uid": "mimir", "name": "Mimir", "type": "prometheus", "url": "http://mimir"})
    assert push("--grafana-datasource", "mimir", TROTH_GRAFANA_PROMETHEUS_URL="").exit_code == 0
    assert list(grafana.sources) == ["mimir"]
    assert grafana.model("troth-trust")["templating"]["list"][0]["current"]["text"] == "Mimir"
