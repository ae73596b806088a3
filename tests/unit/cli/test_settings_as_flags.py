from itertools import product
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run
from troth.cli.options import SERVING
from troth.settings import CLUSTER, SECRET_SETTINGS, Settings, variable


@pytest.mark.parametrize(("command", "name"), [*product(["serve", "demo"], SERVING), *product(["topics"], CLUSTER)])
def test_each_setting_is_a_flag_whose_help_says_what_the_settings_table_says(troth: Run, command: str, name: str) -> None:
    said = " ".join(troth(command, "--help").stdout.replace("│", " ").split())
    default = Settings.model_fields[name].default
    shown = "troth-demo" if (command, name) == ("demo", "data") else "none" if default in ((), "") else str(default)
    assert f"--{name.replace('_', '-')}" in said
    assert f"{Settings.model_fields[name].description} ({variable(name)}; default: {shown})" in said


@pytest.mark.parametrize("command", ["serve", "demo", "import", "record"])
def test_no_secret_is_a_flag(troth: Run, command: str) -> None:
    said = troth(command, "--help").stdout
    for name in SECRET_SETTINGS:
        assert f"--{name.replace('_', '-')}" not in said


def test_a_flag_goes_before_the_environment_and_that_before_the_file(troth: Run, here: Path) -> None:
    def asked(*flags: str, **variables: str) -> str:
        return troth("score", *flags, **variables).stderr

    assert "no ledger in troth-data" in asked()
    (here / "troth.toml").write_text('data = "of-the-file"')
    assert "no ledger in of-the-file" in asked()
    assert "no ledger in of-the-environment" in asked(TROTH_DATA="of-the-environment")
    assert "no ledger in of-the-flag" in asked("--data", "of-the-flag", TROTH_DATA="of-the-environment")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--tolerance", "much"], ["--tolerance", "TROTH_TOLERANCE"]),
        (["--zone", "Mars/Olympus"], ["--zone", "Europe/Berlin"]),
        (["--half-life-days", "0"], ["--half-life-days"]),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_ends_with_status_2(troth: Run, flags: list[str], named: list[str]) -> None:
    done = troth("score", *flags)
    assert done.exit_code == 2
    assert all(name in done.stderr for name in named), done.stderr


def test_mapping_files_are_a_list_with_commas_as_a_flag_too(troth: Run, here: Path) -> None:
    (here / "one.toml").write_text("source = 3")
    done = troth("serve", "--mappings", "one.toml,two.toml", "--port", "0")
    assert done.exit_code == 2
    assert "one.toml, line 1" in done.stderr


def test_the_help_of_each_command_is_there(troth: Run) -> None:
    for command in ("serve", "demo", "import", "record", "score", "explain", "export", "verify"):
        done = troth(command, "--help")
        assert done.exit_code == 0, command
        assert done.stdout.count("\n") > 10, command
    assert troth("--version").stdout.startswith("troth ")
