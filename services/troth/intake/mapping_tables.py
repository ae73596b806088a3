"""The shape of a mapping's file: its tables and keys, each with its check."""

from collections.abc import Mapping as MappingOf
from datetime import UTC, tzinfo
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, create_model, model_validator

from troth.domain.event_models import EVENT_MODELS
from troth.domain.fields import Name
from troth.intake.cloud_events import KINDS
from troth.intake.expressions import Expression, expression_of
from troth.intake.signatures import Encoding
from troth.intake.values import time_reader, zone_of


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _times(formats: list[str]) -> list[str]:
    time_reader(formats, UTC)
    return formats


_Expression = Annotated[Expression, PlainValidator(expression_of)]
_STRICT: Final = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


class VerifyTable(BaseModel):
    """How deliveries are proved; without it none is taken, and the mapping is for imports alone."""

    model_config = _STRICT
    scheme: Literal["hmac-sha256", "token", "bearer", "basic", "standard-webhooks"]
    header: str = ""
    encoding: Encoding = "hex"
    prefix: str = ""
    handshake: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        own = self.scheme in ("hmac-sha256", "token")
        if own and not self.header:
            raise ValueError(f"scheme {self.scheme} needs `header`, the header that carries it")
        if not own and self.header:
            raise ValueError(f"scheme {self.scheme} has headers of its own: remove `header`")
        if self.scheme != "hmac-sha256" and (self.prefix or self.encoding != "hex"):
            raise ValueError("`encoding` and `prefix` are of scheme hmac-sha256 alone: remove them")
        return self


class RuleTable(BaseModel):
    """What all kinds of event have; each kind has the fields of its data beside."""

    model_config = _STRICT
    when: _Expression | None = None
    time: _Expression | None = None
    id: _Expression | None = None


def data_fields(kind: str) -> list[str]:
    """The fields of an event's data, by its kind, in the domain's order."""
    model = next(model for model in EVENT_MODELS if KINDS[kind] in get_args(model.model_fields["type"].annotation))
    return list(model.model_fields["data"].annotation.__annotations__)


def _rule_table(kind: str) -> type[RuleTable]:
    fields: dict[str, Any] = {
        name: (_Expression, ...) if (kind, name) == ("made", "team") else (_Expression | None, None) for name in data_fields(kind)
    }
    return create_model(f"{kind.capitalize()}Table", __base__=RuleTable, **fields)


_RULE_TABLES: Final = {kind: _rule_table(kind) for kind in KINDS}


class _Head(BaseModel):
    model_config = _STRICT
    source: Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,62}$")]
    subject: _Expression
    time: _Expression | None = None
    zone: Annotated[tzinfo, PlainValidator(zone_of)] = UTC
    times: Annotated[list[str], BeforeValidator(_listed), AfterValidator(_times)] = []
    persons: list[str] = []
    teams: dict[str, Name] = {}
    strict_teams: bool = False
    verify: VerifyTable | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any(getattr(self, kind) for kind in KINDS):
            raise ValueError("says of nothing that it happened: add a table such as [made]")
        return self


_rules: Final[dict[str, Any]] = {kind: (Annotated[list[table], BeforeValidator(_listed)], []) for kind, table in _RULE_TABLES.items()}  # type: ignore[valid-type]  # made above
MappingFile: Final = create_model("MappingFile", __base__=_Head, **_rules)
KEYS: Final[MappingOf[str, list[str]]] = {
    "": list(MappingFile.model_fields),
    "verify": list(VerifyTable.model_fields),
    **{kind: list(table.model_fields) for kind, table in _RULE_TABLES.items()},
}
