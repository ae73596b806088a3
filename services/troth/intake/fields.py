"""One value that the user's words take from a payload: where it is, what is made of it, and what is said where that fails."""

from typing import Any, NamedTuple

from troth.intake.delivery import Unmappable
from troth.intake.expressions import Expression
from troth.intake.texts import shown
from troth.intake.values import Convert


class Field(NamedTuple):
    """A value's name, its place for messages, where it is, and what is made of it."""

    name: str
    place: str
    expression: Expression
    convert: Convert
    keeps_null: bool = False  # in a renegotiation, no date is a date taken away

    @property
    def called(self) -> str:
        """Its place and expression, as a message names it."""
        return f"{self.place} (`{self.expression.text}`)"


def value_of(one: Field, payload: Any) -> Any:
    """The field's value, None or "" for nothing. Raises Unmappable."""
    value = None
    try:
        value = one.expression.read(payload)
        return one.convert(value)
    except Unmappable as error:
        raise Unmappable(f"{one.called} {error} (found: {shown(value)})") from None


def needed(one: Field, payload: Any) -> Any:
    """The same for what has to be there."""
    value = value_of(one, payload)
    if value is None or value == "":
        raise Unmappable(f"{one.called} is empty")
    return value
