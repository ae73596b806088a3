"""docker-compose.yml as the tests read it: with its variables put in, as `docker compose` would."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docker-compose.yml"
IMAGE = "troth"
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


class NotSet(Exception):
    """A variable without which the file cannot be used; the message is what the file says of it."""


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """The whole file. Raises NotSet."""
    found: dict[str, Any] = _put_in(yaml.safe_load(FILE.read_text("utf-8")), variables)
    return found


def troth_services(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Those services that run a program of ours."""
    return {name: service for name, service in document["services"].items() if service["image"] == IMAGE}


def environment_of(service: Mapping[str, Any]) -> dict[str, str]:
    """The variables that a service is given, as text."""
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def kafka_properties(service: Mapping[str, Any]) -> dict[str, str]:
    """The lines of server.properties that Kafka's image makes of its environment: KAFKA_NODE_ID is node.id."""
    said = {name: value for name, value in environment_of(service).items() if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"}
    return {name.removeprefix("KAFKA_").lower().replace("_", "."): value for name, value in said.items()}


def _put_in(said: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(said, dict):
        return {name: _put_in(value, variables) for name, value in said.items()}
    if isinstance(said, list):
        return [_put_in(value, variables) for value in said]
    return VARIABLE.sub(lambda found: _value(found, variables), said) if isinstance(said, str) else said


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name, kind, words = found.groups()
    if value := variables.get(name, ""):
        return value
    if kind == "?":
        raise NotSet(words)
    return words or ""
