"""deploy/Dockerfile without an engine: its own steps, run under a scratch directory, and the program that comes out of them."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dockerfile import ROOT, Scratch, entrypoint, last, steps
from tests.grafana import EDITOR, small_grafana


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """The image's directories and files, made by its own steps."""
    scratch = Scratch(tmp_path_factory.mktemp("image"))
    scratch.build()
    return scratch


def run(image: Scratch, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a container of the image would run, in its working directory, with nothing but its environment."""
    program = shutil.which(entrypoint()[0], path=image.environment["PATH"])
    assert program is not None
    command = [program, *entrypoint()[1:], *arguments]
    place = image.at(last("WORKDIR"))
    return subprocess.run(command, cwd=place, env={**image.environment, **variables}, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_program_of_the_image_is_this_troth_and_has_what_a_cluster_needs(image: Scratch) -> None:
    assert run(image, *json.loads(last("CMD"))).returncode == 0
    shown = run(image, "topics", TROTH_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert shown.returncode == 1
    assert shown.stderr.startswith("troth: Kafka at 127.0.0.1:1 could not be connected to"), shown.stderr
    imports = [str(image.at("/opt/troth/bin/python")), "-c", "import faust, grafana_api, kafka, troth"]
    lacking = subprocess.run(imports, cwd="/", capture_output=True, check=False)
    assert lacking.returncode == 0, lacking.stderr


@pytest.mark.slow
def test_the_image_holds_templates_styles_and_dashboards_and_no_tools_of_building(image: Scratch) -> None:
    [site] = image.at("/opt/troth/lib").glob("python*/site-packages")
    for path in (ROOT / "services" / "troth").rglob("*"):
        if path.is_file() and path.suffix in (".jinja", ".css", ".svg", ".toml", ".py"):
            assert (site / path.relative_to(ROOT / "services")).is_file(), f"{path} is not in the image"
    with_troth = sorted((site / "troth" / "grafana" / "dashboards").iterdir())
    assert [path.name for path in with_troth] == sorted(path.name for path in ROOT.glob("dashboards/*.json"))
    assert not [name for name in ("pip", "setuptools", "hatchling", "pytest", "mypy") if (site / name).exists()]
    assert not image.at("/build").exists()


@pytest.mark.slow
def test_the_image_pushes_the_dashboards_that_came_with_it(image: Scratch) -> None:
    with small_grafana() as grafana:
        settings = {
            "TROTH_GRAFANA_URL": grafana.url,
            "TROTH_GRAFANA_TOKEN": EDITOR,
            "TROTH_GRAFANA_PROMETHEUS_URL": "http://prometheus:9090",
        }
        pushed = run(image, "dashboards", "push", **settings)
        assert pushed.returncode == 0, pushed.stderr
        files = ROOT.glob("dashboards/*.json")
        assert set(grafana.dashboards) == {json.loads(file.read_text("utf-8"))["uid"] for file in files}


@pytest.mark.slow
def test_a_program_of_the_image_writes_to_its_data_and_nowhere_else(image: Scratch) -> None:
    def files() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in image.root.rglob("*") if not path.is_relative_to(image.at("/data"))}

    before = files()
    event = ROOT / "schemas" / "examples" / "commitment-made.json"
    lines = image.at("/data") / "events.ndjson"
    lines.write_text(json.dumps(json.loads(event.read_text("utf-8"))), encoding="utf-8")
    done = run(image, "import", lines.name)
    assert done.returncode == 0, done.stderr
    assert run(image, "score", "--json").returncode == 0
    assert files() == before


def test_the_image_runs_as_nobody_in_particular_who_owns_the_data_alone() -> None:
    owned = [step.said.split() for step in steps() if step.name == "COPY" and "--chown" in step.said]
    user = last("USER")
    assert user.split(":")[0] not in ("0", "root")
    assert [(f"--chown={user}" in said, said[-1]) for said in owned] == [(True, "/data")]


def test_what_the_dockerfile_copies_is_what_goes_to_the_engine() -> None:
    copied = {source for step in steps() if step.name == "COPY" and "--from" not in step.said for source in step.said.split()[:-1]}
    sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert sent == copied
    assert all(list(ROOT.glob(path)) for path in copied)


def test_every_stage_is_of_the_python_with_which_the_requirements_are_pinned() -> None:
    pinned = (ROOT / "requirements" / "kafka.txt").read_text("utf-8").splitlines()[1].rpartition(" ")[2]
    assert {step.said.partition(" ")[0] for step in steps() if step.name == "FROM"} == {f"python:{pinned}-slim"}
