"""Options that mean the same in every command, and the options made from the table of settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from dtc_local.records import KINDS, SAMPLERS, Json
from dtc_local.settings import SETTINGS, RunConfig, Setting, run_config

EXIT_SHORT = 3
EXIT_INTERRUPTED = 130

Command = TypeVar("Command", bound=Callable[..., Any])

db_option = click.option(
    "--db",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("dtc.db"),
    show_default=True,
    help="SQLite file that holds tools, runs and conversations.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
model_option = click.option(
    "--model", metavar="FILE", help="GGUF file, or a name from dtc-local models list. Default: the seed model."
)

NO_EXAMPLES = "Leave out what tools show as examples or have recorded: no prompt or conversation holds any of it."

OWN_SPELLING = {"count", "turns_min", "turns_max", "mix", "samplers", "namespaces", "examples"}
"""Settings whose option is not simply `--name VALUE`."""


def print_json(value: Json) -> None:
    """One line of JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))


def setting_options(command: Command) -> Command:
    """One option for each setting of a run, with the table's default and help."""
    for setting in reversed(SETTINGS):
        if setting.name not in OWN_SPELLING:
            command = _plain_option(setting)(command)
    for option in (
        click.option("--namespace", "namespaces", multiple=True, help=_help("namespaces")),
        click.option("--no-examples", "examples", flag_value=False, default=True, help=NO_EXAMPLES),
        _weights_option("samplers", SAMPLERS, "a sampler"),
        _weights_option("mix", KINDS, "a kind of turn"),
        click.option(
            "--turns", type=Turns(), default="2-3", show_default=True, help="Turns of a conversation: 2 or 1-4."
        ),
        click.option("-n", "--count", type=int, default=20, show_default=True, help=_help("count")),
    ):
        command = option(command)
    return command


def config_from(options: Mapping[str, Any]) -> RunConfig:
    """The checked configuration behind the values of :func:`setting_options`."""
    values = {name: value for name, value in options.items() if value is not None}
    turns = values.pop("turns", None)
    if turns:
        values["turns_min"], values["turns_max"] = turns
    return run_config(values)


class Turns(click.ParamType[tuple[int, int]]):
    """`2` or `1-4`."""

    name = "N or N-M"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Fewest and most turns."""
        low, _, high = str(value).partition("-")
        if not low.isdecimal() or not (high or low).isdecimal():
            self.fail(f"{value!r} is not a number of turns such as 2, or a range such as 1-4.", param, ctx)
        return int(low), int(high or low)


class Weights(click.ParamType[dict[str, float]]):
    """`chain=3,single=2`, for names of a closed set."""

    def __init__(self, names: Sequence[str], noun: str) -> None:
        self.names = names
        self.noun = noun
        self.name = f"{noun.split()[1]}=weight,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, float]:
        """Weight for each name that is given one."""
        weights: dict[str, float] = {}
        for part in str(value).split(","):
            name, _, weight = part.partition("=")
            try:
                weights[name.strip()] = float(weight)
            except ValueError:
                self.fail(f"{part!r} is not name=weight, such as {self.names[0]}=3.", param, ctx)
            if name.strip() not in self.names:
                self.fail(f"{name.strip()!r} is not {self.noun}; there are {', '.join(self.names)}.", param, ctx)
        return weights


def _weights_option(setting: str, names: Sequence[str], noun: str) -> Callable[[Command], Command]:
    default: Mapping[str, float] = next(one.default for one in SETTINGS if one.name == setting)
    shown = ",".join(f"{name}={weight:g}" for name, weight in default.items())
    return click.option(f"--{setting}", type=Weights(names, noun), help=f"{_help(setting)}  [default: {shown}]")


def _plain_option(setting: Setting) -> Callable[[Command], Command]:
    annotation = RunConfig.model_fields[setting.name].annotation
    choices = getattr(annotation, "__args__", ())
    kind: Any = click.Choice(choices) if choices and all(isinstance(one, str) for one in choices) else None
    if kind is None:
        kind = next((one for one in (int, float) if annotation is one or one in choices), str)
    default = setting.default or (0 if kind in (int, float) and setting.default is not None else None)
    return click.option(
        f"--{setting.name.replace('_', '-')}", type=kind, default=default, show_default=True, help=setting.help
    )


def _help(name: str) -> str:
    return next(setting.help for setting in SETTINGS if setting.name == name)
