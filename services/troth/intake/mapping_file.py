"""The file of a mapping: TOML, checked when it is read, each fault with its line and its mend."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from typing import Any

from pydantic import ValidationError

from troth.domain.instants import Instant
from troth.intake import mapping, signatures, texts
from troth.intake.cloud_events import KINDS
from troth.intake.delivery import Delivery, Unmappable, Verify
from troth.intake.expressions import Expression
from troth.intake.fields import Field
from troth.intake.mapping_faults import line_of, said
from troth.intake.mapping_tables import KEYS, MappingFile, VerifyTable, data_fields
from troth.intake.values import Convert, converters, time_reader


class BadMapping(ValueError):
    """A mapping's file that cannot be used; the message names file, line and mend of each fault, one a line."""


def read_mapping(text: str, filename: str) -> mapping.Mapping:
    """A mapping from the text of its file; the name is for the messages. Raises BadMapping."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise BadMapping(f"{filename}, line {line}: is not TOML: {error}") from None
    except RecursionError:
        raise BadMapping(f"{filename}, line 1: is nested too deep") from None
    try:
        file = MappingFile.model_validate(document)
    except ValidationError as error:
        faults = {(line_of(text, detail["loc"]), said(detail, KEYS)) for detail in error.errors(include_url=False)}
        raise _bad(filename, faults) from None
    if timeless := list(_without_time(file)):
        raise _bad(filename, {(line_of(text, (kind, index)), f"[{kind}] needs `time`") for kind, index in timeless})
    return _built(file)


def _bad(filename: str, faults: set[tuple[int, str]]) -> BadMapping:
    return BadMapping("\n".join(f"{filename}, line {line}: {sentence}" for line, sentence in sorted(faults)))


def _without_time(file: Any) -> Iterator[tuple[str, int]]:
    for kind in KINDS:
        for index, table in enumerate(getattr(file, kind)):
            if table.time is None and file.time is None:
                yield kind, index


def _built(file: Any) -> mapping.Mapping:
    read_time = time_reader(file.times, file.zone)
    convert = {**converters(read_time, file.zone), "team": _team_reader(file.teams, strict=file.strict_teams)}
    subject = Field("subject", "subject", file.subject, texts.name_of)
    rules = [_rule(kind, table, file.time, convert) for kind in KINDS for table in getattr(file, kind)]
    return mapping.Mapping(file.source, subject, tuple(rules), tuple(file.persons), _verifier(file.verify), _handshake(file.verify))


def _rule(kind: str, table: Any, time: Expression, convert: MappingOf[str, Convert]) -> mapping.Rule:
    def one(name: str, expression: Expression) -> Field:
        return Field(name, f"[{kind}] {name}", expression, convert[name], keeps_null=(kind, name) == ("renegotiated", "due_at"))

    data = [one(name, expression) for name in data_fields(kind) if (expression := getattr(table, name)) is not None]
    when, id = (one(name, expression) if (expression := getattr(table, name)) else None for name in ("when", "id"))
    return mapping.Rule(kind, when, one("time", table.time or time), id, tuple(data))


def _team_reader(teams: MappingOf[str, str], *, strict: bool) -> Convert:
    def read(value: Any) -> str:
        name = texts.line_of(value)
        if name in teams:
            return teams[name]
        if strict and name:
            raise Unmappable("is not in [teams]: add it there, or leave out `strict_teams`")
        return texts.name_of(name)

    return read


def _handshake(table: VerifyTable | None) -> str:
    return table.handshake.lower() if table else ""


def _verifier(table: VerifyTable | None) -> Verify:
    def verify(sent: Delivery, secrets: Sequence[str], now: Instant) -> bool:
        if table is None:
            return False
        given = sent.headers.get(table.header.lower() or "authorization")
        match table.scheme:
            case "hmac-sha256":
                return signatures.hmac_sha256(sent.body, given, secrets, encoding=table.encoding, prefix=table.prefix)
            case "token":
                return signatures.token(given, secrets)
            case "bearer":
                return signatures.bearer(given, secrets)
            case "basic":
                return signatures.basic(given, secrets)
            case "standard-webhooks":
                return signatures.standard_webhooks(sent.headers, sent.body, secrets, now)

    return verify
