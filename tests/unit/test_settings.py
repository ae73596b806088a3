"""Where settings come from, what goes before what, and that a secret stays one."""

from pathlib import Path
from typing import Any

import pytest

from troth.settings import FLAGS, SECRET_SETTINGS, Settings, WrongSettings, read_settings, variable

SECRET = "hunter2-hunter2"


def configured(directory: Path, text: str) -> Path:
    (directory / "troth.toml").write_text(text, "utf-8")
    return directory


@pytest.mark.parametrize(
    ("flags", "environment", "file", "port"),
    [
        ({"port": "1"}, {"TROTH_PORT": "2"}, "port = 3", 1),
        ({}, {"TROTH_PORT": "2"}, "port = 3", 2),
        ({}, {}, "port = 3", 3),
        ({}, {"TROTH_PORT": ""}, "port = 3", 3),
        ({}, {}, "", 8080),
        ({"port": 0}, {"TROTH_PORT": "2"}, "", 0),
    ],
)
def test_a_flag_goes_before_the_environment_that_before_the_file_that_before_the_default(
    tmp_path: Path, flags: dict[str, Any], environment: dict[str, str], file: str, port: int
) -> None:
    assert read_settings(flags, environment, configured(tmp_path, file)).port == port


def test_each_setting_may_come_from_another_place(tmp_path: Path) -> None:
    configured(tmp_path, 'host = "::1"\nhalf_life_days = 30\ntarget = 0.9')
    settings = read_settings({"data": "there"}, {"TROTH_HALF_LIFE_DAYS": "60", "TROTH_ZONE": "Europe/Berlin"}, tmp_path)
    assert (settings.data, settings.host, settings.half_life_days, settings.zone) == (Path("there"), "::1", 60, "Europe/Berlin")
    assert settings.target == 0.9


def test_the_file_may_be_named_and_lie_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("port = 4", "utf-8")
    assert read_settings({}, {"TROTH_CONFIG": "other.toml"}, tmp_path).port == 4
    assert read_settings({}, {"TROTH_CONFIG": str(tmp_path / "other.toml")}).port == 4


def test_a_file_that_is_named_and_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"TROTH_CONFIG names .*missing\.toml, which is not there"):
        read_settings({}, {"TROTH_CONFIG": "missing.toml"}, tmp_path)


@pytest.mark.parametrize(
    ("source", "value"), [("environment", "a.toml, b.toml,"), ("flag", "a.toml,b.toml"), ("file", 'mappings = ["a.toml", "b.toml"]')]
)
def test_mappings_are_a_list_wherever_they_come_from(tmp_path: Path, source: str, value: str) -> None:
    flags = {"mappings": value} if source == "flag" else {}
    environment = {"TROTH_MAPPINGS": value} if source == "environment" else {}
    directory = configured(tmp_path, value if source == "file" else "")
    assert read_settings(flags, environment, directory).mappings == (Path("a.toml"), Path("b.toml"))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_description(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description is not None
    assert len(description) > 15


@pytest.mark.parametrize("name", FLAGS)
def test_every_setting_that_is_no_secret_is_read_from_its_variable(name: str) -> None:
    others = {"reading": "token", "zone": "Asia/Kolkata", "target": "0.5", "mappings": "x.toml"}
    others |= {"kafka_security_protocol": "SSL", "kafka_sasl_mechanism": "PLAIN", "table_store": "rocksdb"}
    others |= {"alertmanager_url": "http://127.0.0.1:9093"}
    settings = read_settings({}, {variable(name): others.get(name, "7")})
    assert getattr(settings, name) != Settings.model_fields[name].default
    assert settings.model_fields_set >= {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"),
        ("port", "-1"),
        ("port", "http"),
        ("reading", "closed"),
        ("zone", "Europe/Berln"),
        ("zone", "../../etc/passwd"),
        ("zone", ""),
        ("half_life_days", "0"),
        ("half_life_days", "1.5"),
        ("tolerance", "-0.1"),
        ("tolerance", "NaN"),
        ("tolerance", "much"),
        ("target", "0"),
        ("target", "1"),
        ("target", "nan"),
        ("kept_days", "-1"),
        ("relationship_metrics", "-1"),
    ],
)
def test_a_wrong_value_is_refused_by_all_the_names_of_its_setting(tmp_path: Path, name: str, value: str) -> None:
    configured(tmp_path, f'{name} = "{value}"')
    with pytest.raises(WrongSettings) as refused:
        read_settings({}, {}, tmp_path)
    for known_as in (f"--{name.replace('_', '-')}", variable(name), f"{name} in troth.toml"):
        assert known_as in str(refused.value)


def test_an_unknown_key_of_the_file_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match=r"'prot' is no setting; there are data, host, port"):
        read_settings({}, {}, configured(tmp_path, "prot = 1"))


@pytest.mark.parametrize("text", ["port", "port = ", "[port", "\ufeffport = \x00"])
def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongSettings, match=r"troth\.toml is not TOML"):
        read_settings({}, {}, configured(tmp_path, text))


@pytest.mark.parametrize("line", [f'tokens = ["{SECRET}"]', f'admin_tokens = "{SECRET}"', f'webhook_secrets = {{github = "{SECRET}"}}'])
def test_a_secret_in_the_file_is_refused_with_the_way_out_and_not_repeated(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrongSettings, match="is a secret: set it in the environment") as refused:
        read_settings({}, {}, configured(tmp_path, line))
    assert SECRET not in str(refused.value)


def test_tokens_come_from_the_environment_and_from_the_file_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(" c ,d\n", "utf-8")
    settings = read_settings({}, {"TROTH_TOKENS": "a, b,,", "TROTH_TOKENS_FILE": str(tmp_path / "tokens"), "TROTH_ADMIN_TOKENS": "e"})
    assert settings.tokens == ("a", "b", "c", "d")
    assert settings.admin_tokens == ("e",)


def test_a_file_of_tokens_may_have_one_on_each_line(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("a\nb\r\n\nc,d\n", "utf-8")
    assert read_settings({}, {"TROTH_TOKENS_FILE": str(tmp_path / "tokens")}).tokens == ("a", "b", "c", "d")


def test_secrets_of_sources_are_found_by_the_name_of_their_variable(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("c\n", "utf-8")
    environment = {
        "TROTH_WEBHOOK_GITHUB_SECRETS": "a,b",
        "TROTH_WEBHOOK_GITHUB_SECRETS_FILE": str(tmp_path / "secret"),
        "TROTH_WEBHOOK_AZURE_DEVOPS_SECRETS_FILE": str(tmp_path / "secret"),
        "TROTH_WEBHOOK_SERVICENOW_SECRETS": "user:password",
        "TROTH_WEBHOOK_JIRA_SECRETS": " , ",
        "TROTH_WEBHOOK_LINEAR_SECRETS": "",
    }
    assert read_settings({}, environment).webhook_secrets == {
        "github": ("a", "b", "c"),
        "azure-devops": ("c",),
        "servicenow": ("user:password",),
    }


@pytest.mark.parametrize("name", ["TROTH_TOKENS_FILE", "TROTH_ADMIN_TOKENS_FILE", "TROTH_WEBHOOK_GITHUB_SECRETS_FILE"])
@pytest.mark.parametrize("content", [None, SECRET.encode() + b"\xff"])
def test_a_file_of_secrets_that_cannot_be_read_is_refused_without_its_content(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WrongSettings, match="cannot be read") as refused:
        read_settings({}, {name: str(path)})
    assert str(path) in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_secret_is_in_no_text_that_is_made_of_the_settings() -> None:
    secrets = {"TROTH_TOKENS": SECRET, "TROTH_ADMIN_TOKENS": SECRET, "TROTH_WEBHOOK_GITHUB_SECRETS": SECRET}
    settings = read_settings({}, secrets)
    assert SECRET not in repr(settings) + str(settings)
    with pytest.raises(WrongSettings) as refused:
        read_settings({"port": "wrong", "host": ["x"]}, secrets)
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_what_is_a_secret_is_no_flag() -> None:
    assert not {*SECRET_SETTINGS, "webhook_secrets", "receiver_urls"} & set(FLAGS)
    assert {*SECRET_SETTINGS, "webhook_secrets", "receiver_urls", "sources", "receivers", *FLAGS} == set(Settings.model_fields)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("due_by = 'x'", r"\[sources\.jira\] of troth\.toml: `due_by` is no key of it; did you mean `due_at`\?"),
        ("due_at = 'a b['", r"\[sources\.jira\] of troth\.toml: `due_at` is not JMESPath"),
        ("zone = 'Berlin'", r"\[sources\.jira\] of troth\.toml: `zone` is no zone: 'Berlin'; write one such as Europe/Berlin"),
        ("dates = {'Sprint 1' = 'next Friday'}", r"`dates` 'next Friday' is not a time"),
        ("undated = 'yes'", r"\[sources\.jira\] of troth\.toml: `undated`: Input should be a valid boolean"),
        ("done = ['Shipped']\nwont_do = 'shipped'", r"'shipped' cannot be done and given up at once"),
    ],
)
def test_a_mistake_in_what_was_chosen_of_a_tool_is_named_with_its_table(tmp_path: Path, table: str, sentence: str) -> None:
    with pytest.raises(WrongSettings, match=sentence):
        read_settings({}, {}, configured(tmp_path, f"[sources.jira]\n{table}"))


def test_addresses_of_a_receiver_come_from_the_environment_or_a_file_with_blanks_between_them(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("mailto://one@example.org?to=a,b\njson://two\n", "utf-8")
    said = {"TROTH_RECEIVER_HEAD_OF_SALES_URLS": "json://a json://b", "TROTH_RECEIVER_HR_URLS_FILE": str(tmp_path / "urls")}
    settings = read_settings({}, said, tmp_path)
    assert settings.receiver_urls == {
        "head-of-sales": ("json://a", "json://b"),
        "hr": ("mailto://one@example.org?to=a,b", "json://two"),
    }
    assert "json:" not in repr(settings)
