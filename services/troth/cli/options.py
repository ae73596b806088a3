"""Flags made of the settings table, so that parser, help and documentation have one source."""

import inspect
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from troth.settings import CLUSTER, FLAGS, GRAFANA, Settings, read_settings, variable

SERVING: Final = tuple(name for name in FLAGS if name not in (*CLUSTER, *GRAFANA, "spool_megabytes", "table_store", "session_seconds"))
RULES: Final = ("zone", "half_life_days", "tolerance")  # what the numbers of a ledger are made with
Command = Callable[..., None]
_METAVARS: Final[Mapping[Any, str]] = {int: "NUMBER", float: "NUMBER", Decimal: "NUMBER", Path: "DIR", tuple[Path, ...]: "FILE,..."}


def flag_of(name: str) -> str:
    """The flag of a setting: --half-life-days."""
    return "--" + name.replace("_", "-")


def with_settings(*names: str, **defaults: Any) -> Callable[[Command], Command]:
    """Give a command the flags of these settings, those of `serve` where none is named, and the command's own `defaults` for some of them.

    The command's argument `settings` is what flags, environment and troth.toml make together. Raises WrongSettings.
    """
    names = names or SERVING

    def decorate(command: Command) -> Command:
        own = [each for each in inspect.signature(command).parameters.values() if each.name != "settings"]
        parameters = [*own, *(_parameter(name, defaults) for name in names)]

        @wraps(command)
        def run(**values: Any) -> None:
            settings = read_settings({name: value for name in names if (value := values.pop(name)) is not None})
            unset = {name: value for name, value in defaults.items() if name not in settings.model_fields_set}
            command(settings=settings.model_copy(update=unset), **values)

        # Typer reads both.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # inspect takes it from there
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _parameter(name: str, defaults: Mapping[str, Any]) -> inspect.Parameter:
    field = Settings.model_fields[name]
    words = f"{field.description} ({variable(name)}; default: {_shown(defaults.get(name, field.default))})"
    # Every value is taken as text: the settings table is what checks it, wherever it comes from.
    option = typer.Option(flag_of(name), help=words, metavar=_METAVARS.get(field.annotation, "TEXT"), show_default=False)
    annotation = Annotated[str | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _shown(default: object) -> str:
    return "none" if default in ((), "") else str(default)
