"""What a mapping says of where a value is: a bare name, or JMESPath."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

from troth.intake.delivery import Unmappable
from troth.intake.texts import without_mail_addresses

_FUNCTIONS: Final = tuple(Functions.FUNCTION_TABLE)


class Expression(NamedTuple):
    """`read` takes a payload and gives the value or None; it raises Unmappable. `names` are the fields it looks up."""

    text: str
    read: Callable[[Any], Any]
    names: frozenset[str] = frozenset()


def compile_expression(text: str) -> Expression:
    """An expression from its text. A name of letters, digits, _, - and blanks is looked up as it stands, without JMESPath.

    Raises ValueError with the mend.
    """
    if _is_bare(text):
        return Expression(text, _looks_up(text), frozenset([text]))
    if text.startswith("!") and _is_bare(text[1:]):
        return Expression(text, _is_false(_looks_up(text[1:])), frozenset([text[1:]]))
    try:
        compiled = jmespath.compile(text)
    except (JMESPathError, RecursionError) as error:
        said = str(error).partition("\n")[0].rstrip(": ")
        raise ValueError(
            f"is not JMESPath ({said}); a name with other signs is written '\"Due (planned)\"', a text of your own \"'text'\""
        ) from None
    nodes = list(_nodes(compiled.parsed))
    for node in nodes:
        if node["type"] == "subexpression" and node["children"][0]["type"] == "not_expression":
            raise ValueError("denies its first name alone, as JMESPath has it: write !(...) around all that is meant")
        if node["type"] == "function_expression" and node["value"] not in _FUNCTIONS:
            raise ValueError(f"has no function {node['value']}(){meant(node['value'], _FUNCTIONS)}")
    return Expression(text, _searches(compiled), frozenset(node["value"] for node in nodes if node["type"] == "field"))


def constant(value: Any) -> Expression:
    """An expression that is always this value."""
    return Expression(repr(value), lambda _: value)


def expression_of(value: Any) -> Expression:
    """What a file says of where a value is: an expression's text, or a number or truth that is always it. Raises ValueError."""
    if isinstance(value, str) and value.strip():
        return compile_expression(value.strip())
    if isinstance(value, bool | int | float):
        return constant(value)
    raise ValueError("is not an expression: write a name or JMESPath in quotes, or a number")


def holds(value: Any) -> bool:
    """Whether a condition's value is true, as JMESPath has it: null, false and what is empty are not; 0 is."""
    return value is not None and value is not False and value not in ("", [], {})


def meant(word: str, known: Any) -> str:
    """The mend of a misspelt word, such as "; did you mean `customer`?", or "" where nothing is like it."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


def _is_bare(text: str) -> bool:
    # No JMESPath is lost by this: there, words side by side are an error.
    rest = text.replace("_", "").replace("-", "").replace(" ", "")
    return text == text.strip() and (not rest or rest.isalnum()) and (text[:1].isalpha() or text.startswith("_"))


def _looks_up(name: str) -> Callable[[Any], Any]:
    def read(payload: Any) -> Any:
        return payload.get(name) if isinstance(payload, dict) else None

    return read


def _is_false(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda payload: not holds(read(payload))


def _searches(compiled: Any) -> Callable[[Any], Any]:
    def read(payload: Any) -> Any:
        try:
            return compiled.search(payload)
        except RecursionError:
            raise Unmappable("the payload is nested too deep") from None
        except (JMESPathError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
            # jmespath checks the types of most of its functions' arguments, but not of all they hold.
            raise Unmappable(f"cannot be worked out: {without_mail_addresses(str(error)[:200])}") from None

    return read


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "type" in node:
        yield node
        for child in node.get("children", []):
            yield from _nodes(child)
