"""Every setting, with its unit, default and help: the one table that feeds flags, environment, troth.toml and the docs.

Only this module reads the environment. Secrets come from the environment, or from a file that it names, and from nowhere else.
"""

import os
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from troth.alerts.subscriptions import Subscription
from troth.intake.choices import Choices
from troth.intake.expressions import meant

PREFIX: Final = "TROTH_"
CONFIG_FILE: Final = "troth.toml"
TOKEN_SETTINGS: Final = ("tokens", "admin_tokens")
_SINGLE_SECRETS: Final = ("kafka_sasl_password", "grafana_token")
SECRET_SETTINGS: Final = (*TOKEN_SETTINGS, *_SINGLE_SECRETS)
SOURCES: Final = "sources"
RECEIVERS: Final = "receivers"
_TABLES: Final[dict[str, type[BaseModel]]] = {SOURCES: Choices, RECEIVERS: Subscription}  # tables of troth.toml, each of tables by name
_WEBHOOK_SECRETS: Final = "webhook_secrets"
_RECEIVER_URLS: Final = "receiver_urls"


class WrongSettings(Exception):
    """A setting that cannot be used; the message names it, where it came from, and the mend."""


def _zone_exists(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; use a name such as UTC or Europe/Berlin") from None
    return name


def _is_an_address(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("is no address; write it as http://127.0.0.1:9093")
    if parts.username or parts.password:
        raise ValueError("has a user or a password in it, which would be shown; let Alertmanager be reached without, or by way of a proxy")
    return url.rstrip("/")


class Settings(BaseModel):
    """All settings. A flag goes before the environment, that before troth.toml, that before the default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default=Path("troth-data"), description="Directory of the ledger; nothing is written outside it.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65_535, description="Port to listen on; 0 picks a free one.")
    reading: Literal["auto", "open", "token"] = Field(
        default="auto",
        description="Who may read pages, API and /metrics: everyone (open), a token's bearer (token), or open on loopback only (auto).",
    )
    zone: Annotated[str, AfterValidator(_zone_exists)] = Field(default="UTC", description="Time zone in which a date without a time ends.")
    half_life_days: int = Field(default=90, ge=1, le=3_650, description="Days after which an outcome counts half.")
    tolerance: Decimal = Field(
        default=Decimal(0), ge=0, le=10, description="Share by which a cost may exceed its budget and still hold it."
    )
    target: float = Field(default=0.8, gt=0, lt=1, description="Reliability aimed at, 0 to 1; it decides colours and alerts, no number.")
    mappings: tuple[Path, ...] = Field(default=(), description="Mapping files of sources of your own, comma-separated.")
    public_url: str = Field(
        default="", description="Address by which tools reach this server, such as https://troth.example.org; Trello signs it, too."
    )
    kept_days: int = Field(
        default=30, ge=0, le=3_650, description="Days for which a tool's delivery is kept, without persons, to map it again."
    )
    relationship_metrics: int = Field(default=10_000, ge=0, description="Relationships (team and customer) shown on /metrics at most.")
    sources: dict[str, Choices] = Field(
        default_factory=dict, description="What is a promise in a tool, a table each in troth.toml: [sources.<name>]."
    )
    alertmanager_url: Annotated[str, AfterValidator(_is_an_address)] = Field(
        default="", description="Base address of Alertmanager, such as http://127.0.0.1:9093, which is told what slips; empty: none is."
    )
    receivers: dict[str, Subscription] = Field(
        default_factory=dict, description="What a receiver of chat or mail wants to hear, a table each in troth.toml: [receivers.<name>]."
    )
    tokens: tuple[str, ...] = Field(default=(), repr=False, description="Tokens that may post events and read, comma-separated.")
    admin_tokens: tuple[str, ...] = Field(default=(), repr=False, description="Tokens that may also retract events, comma-separated.")
    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:9092", description="Addresses of Kafka's brokers, host:port, comma-separated; for the programs of a cluster."
    )
    topic_prefix: str = Field(
        default="troth.",
        pattern=r"^[A-Za-z0-9._-]{0,200}$",
        description="What the names of all topics begin with; another prefix is another generation.",
    )
    partitions: int = Field(default=8, ge=1, le=10_000, description="Partitions of the keyed topics, where they are made.")
    replication_factor: int = Field(
        default=0, ge=0, le=32_767, description="Copies of each topic, where it is made; 0 is the broker's default."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="How Kafka is spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="How the user's name is proved to Kafka: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    kafka_sasl_username: str = Field(default="", description="The user's name for Kafka, with SASL.")
    kafka_sasl_password: str = Field(default="", repr=False, description="The user's password for Kafka, with SASL.")
    kafka_ca_file: str = Field(
        default="", description="File of the authority that signed Kafka's certificate, with SSL; empty: those the system trusts."
    )
    spool_megabytes: int = Field(
        default=1_000, ge=1, le=1_000_000, description="What the gateway keeps on disk at most while Kafka is away, in megabytes."
    )
    table_store: Literal["memory", "rocksdb"] = Field(
        default="memory", description="Where a scorer keeps its table of commitments: in memory, or on disk where that is too small."
    )
    grafana_url: str = Field(default="http://127.0.0.1:3000", description="Address of the Grafana that dashboards are pushed to.")
    grafana_token: str = Field(
        default="", repr=False, description="Token of a service account of Grafana that may edit dashboards, or user:password."
    )
    grafana_folder: str = Field(
        default="Troth", min_length=1, max_length=189, description="Title of the folder of Grafana in which the dashboards are made."
    )
    grafana_datasource: str = Field(
        default="prometheus",
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="Uid of the data source in Grafana that is the Prometheus which scrapes Troth.",
    )
    grafana_prometheus_url: str = Field(
        default="",
        description="Address of that Prometheus as Grafana reaches it, to make the data source with; empty: it is there already.",
    )
    session_seconds: int = Field(
        default=6,
        ge=6,
        le=60,
        description="Seconds for which nothing may be heard of a scorer before its share goes to others; Kafka takes 6 or more.",
    )
    webhook_secrets: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        repr=False,
        description="Secrets of a source, comma-separated, each in a variable of its own: TROTH_WEBHOOK_<SOURCE>_SECRETS.",
    )

    receiver_urls: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        repr=False,
        description="Apprise's addresses of a receiver, with blanks between them: TROTH_RECEIVER_<NAME>_URLS.",
    )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def open_reading(self) -> bool:
        """Whether reading needs no token."""
        return self.reading == "open" or (self.reading == "auto" and self.is_loopback)


CLUSTER: Final = (
    "kafka_bootstrap_servers",
    "topic_prefix",
    "partitions",
    "replication_factor",
    "kafka_security_protocol",
    "kafka_sasl_mechanism",
    "kafka_sasl_username",
    "kafka_ca_file",
)
GATEWAY: Final = ("data", "host", "port", "public_url", "reading", "zone", "mappings", "spool_megabytes", *CLUSTER)
SCORER: Final = (
    *("data", "host", "port", "reading", "zone", "half_life_days", "tolerance", "relationship_metrics", "table_store", "session_seconds"),
    *CLUSTER,
)
GRAFANA: Final = ("grafana_url", "grafana_folder", "grafana_datasource", "grafana_prometheus_url")
FLAGS: Final = tuple(name for name in Settings.model_fields if name not in (*SECRET_SETTINGS, _WEBHOOK_SECRETS, _RECEIVER_URLS, *_TABLES))


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def read_settings(flags: Mapping[str, Any], environment: Mapping[str, str] | None = None, directory: Path | None = None) -> Settings:
    """The settings in force. `flags` holds what was given on the command line. Raises WrongSettings."""
    environment = os.environ if environment is None else environment
    named = environment.get(variable("config"), "")
    path = (directory or Path()) / (named or CONFIG_FILE)
    if named and not path.is_file():
        raise WrongSettings(f"{variable('config')} names {path}, which is not there; correct the name, or leave the variable out.")
    values: dict[str, Any] = {**_from_file(path), **_from_environment(environment), **flags}
    if isinstance(values.get("mappings"), str):
        values["mappings"] = _listed(values["mappings"])
    try:
        return Settings(**values)
    except ValidationError as error:
        raise WrongSettings("; ".join(_said(detail["loc"], detail["msg"]) for detail in error.errors(include_input=False))) from None


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{path} is not TOML: {error}.") from None
    for name in values:
        if name not in (*FLAGS, *_TABLES):
            secret = name in (*SECRET_SETTINGS, _WEBHOOK_SECRETS, _RECEIVER_URLS)
            what = "is a secret: set it in the environment" if secret else f"is no setting; there are {', '.join(FLAGS)}"
            raise WrongSettings(f"{path}: {name!r} {what}.")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: environment[variable(name)] for name in FLAGS if environment.get(variable(name), "") != ""}
    for name in TOKEN_SETTINGS:
        values[name] = _secrets(environment, variable(name))
    for name in _SINGLE_SECRETS:
        values[name] = _secret(environment, variable(name))
    values[_WEBHOOK_SECRETS] = {
        source: secrets
        for name in environment
        if (source := _named(name, "WEBHOOK", "SECRETS")) and (secrets := _secrets(environment, name.removesuffix("_FILE")))
    }
    values[_RECEIVER_URLS] = {
        receiver: urls
        for name in environment
        if (receiver := _named(name, "RECEIVER", "URLS")) and (urls := _urls(environment, name.removesuffix("_FILE")))
    }
    return values


def _named(name: str, first: str, last: str) -> str:
    # TROTH_WEBHOOK_AZURE_DEVOPS_SECRETS or ..._SECRETS_FILE is of the source azure-devops.
    name = name.removesuffix("_FILE")
    if not (name.startswith(f"{PREFIX}{first}_") and name.endswith(f"_{last}")):
        return ""
    return name.removeprefix(f"{PREFIX}{first}_").removesuffix(f"_{last}").lower().replace("_", "-")


def _urls(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    # A comma may be part of an address, a blank is none.
    return (*environment.get(name, "").split(), *_secret_file(environment, name).split())


def _secrets(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    return _listed(environment.get(name, "")) + _listed(",".join(_secret_file(environment, name).splitlines()))


def _secret(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or _secret_file(environment, name).rstrip("\r\n")


def _secret_file(environment: Mapping[str, str], name: str) -> str:
    file = environment.get(f"{name}_FILE")
    if not file:
        return ""
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"{name}_FILE names {file}, which cannot be read: {error}.") from None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _said(place: tuple[int | str, ...], message: str) -> str:
    name = str(place[0])
    message = message.removeprefix("Value error, ")
    if name in _TABLES:
        return _said_of_table(name, [str(part) for part in place[1:]], message)
    return f"the setting {name} (--{name.replace('_', '-')}, {variable(name)}, or {name} in {CONFIG_FILE}): {message}"


def _said_of_table(tables: str, place: list[str], message: str) -> str:
    if len(place) < 2:
        return f"[{'.'.join((tables, *place))}] of {CONFIG_FILE}: {message}"
    table, key, known = f"[{tables}.{place[0]}] of {CONFIG_FILE}", place[1], _TABLES[tables].model_fields
    if key not in known:
        return f"{table}: `{key}` is no key of it{meant(key, known)}"
    return f"{table}: `{key}` {message}" if message.startswith(("is ", "has ", "denies ", "'")) else f"{table}: `{key}`: {message}"
