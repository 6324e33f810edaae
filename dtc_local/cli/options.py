"""Options that mean the same in every command, and the options made from the table of settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from dtc_local.errors import UserError
from dtc_local.mixes import MIXES, parsed_mix
from dtc_local.records import SAMPLERS, Json, Kind
from dtc_local.settings import ABLATIONS, SETTINGS, RunConfig, Setting, ablated, read_policy, run_config

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

OWN_SPELLING = {
    *("count", "turns_min", "turns_max", "mix", "samplers", "namespaces", "examples"),
    *("implicit_ratio", "policy", "ledger"),
}
"""Settings whose option is not simply `--name VALUE`."""
OPTION_OF = {"implicit_ratio": "--implicit", "turns_min": "--turns", "turns_max": "--turns"}
"""How those of them are spelled that an ablation changes and an option sets."""
CANDIDATES = ("plan_candidates", "ask_candidates", "reply_candidates")
"""Settings that --candidates sets together."""


def print_json(value: Json) -> None:
    """One line of JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))


def setting_options(command: Command) -> Command:
    """One option for each setting of a run, with the table's default and help, and those that set several at once."""
    for name, ablation in reversed(ABLATIONS.items()):
        command = click.option(f"--{name.replace('_', '-')}", is_flag=True, help=ablation.help)(command)
    for setting in reversed(SETTINGS):
        if setting.name not in OWN_SPELLING:
            command = _plain_option(setting)(command)
    for option in (
        click.option("--namespace", "namespaces", multiple=True, help=_help("namespaces")),
        click.option("--no-examples", "examples", flag_value=False, default=None, help=NO_EXAMPLES),
        click.option("--policy", metavar="FILE", type=click.Path(path_type=Path), help=f"Text file: {_help('policy')}"),
        click.option(
            "--candidates",
            type=click.IntRange(1, 16),
            help="Sets --plan-candidates, --ask-candidates and --reply-candidates together.",
        ),
        click.option(
            "--implicit", "--implicit-ratio", "implicit_ratio", type=float, help=_with_default("implicit_ratio")
        ),
        _weights_option("samplers", Samplers()),
        _weights_option("mix", Mix()),
        click.option("--turns", type=Turns(), help="Turns of a conversation: 2 or 1-4.  [default: 2-3]"),
        click.option("-n", "--count", type=int, help=_with_default("count")),
    ):
        command = option(command)
    return command


def config_from(options: Mapping[str, Any]) -> RunConfig:
    """The checked configuration behind the values of :func:`setting_options`: what was not given is None.

    Raises UserError where options contradict each other, a value is out of range, or there is no policy in its file.
    """
    given = {name: value for name, value in options.items() if value is not None}
    without = [name for name in ABLATIONS if given.pop(name, False)]
    if "turns" in given:
        given["turns_min"], given["turns_max"] = given.pop("turns")
    if "policy" in given:
        given["policy"] = read_policy(given["policy"])
    candidates = given.pop("candidates", None)
    if candidates is not None:
        given = dict.fromkeys(CANDIDATES, candidates) | given
    config = run_config(given)
    for name in without:
        _refuse_contradiction(name, given, config)
        config = ablated(config, name)
    return config


def _refuse_contradiction(name: str, given: Mapping[str, Any], config: RunConfig) -> None:
    """An ablation changes no setting that was given another value."""
    for setting, value in ABLATIONS[name].changes.items():
        if setting in given and getattr(config, setting) != value:
            option = OPTION_OF.get(setting, f"--{setting}")
            raise UserError(
                f"--{name.replace('_', '-')} contradicts {option} as it is given.", "Leave one of them out."
            )


class Turns(click.ParamType[tuple[int, int]]):
    """`2` or `1-4`."""

    name = "N or N-M"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Fewest and most turns."""
        low, _, high = str(value).partition("-")
        if not low.isdecimal() or not (high or low).isdecimal():
            self.fail(f"{value!r} is not a number of turns such as 2, or a range such as 1-4.", param, ctx)
        return int(low), int(high or low)


class Mix(click.ParamType[dict[Kind, float]]):
    """`chain=3,single=2`, `bfcl`, or `agentic,clarify=0`."""

    name = "kind=weight,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[Kind, float]:
        """Weight of each kind that has any."""
        try:
            return parsed_mix(str(value))
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)


class Samplers(click.ParamType[dict[str, float]]):
    """`neighbour=2,random=1`."""

    name = "sampler=weight,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, float]:
        """Weight for each sampler that is given one."""
        weights: dict[str, float] = {}
        for part in str(value).split(","):
            name, _, weight = part.partition("=")
            try:
                weights[name.strip()] = float(weight)
            except ValueError:
                self.fail(f"{part!r} is not name=weight, such as {SAMPLERS[0]}=3.", param, ctx)
            if name.strip() not in SAMPLERS:
                self.fail(f"{name.strip()!r} is not a sampler; there are {', '.join(SAMPLERS)}.", param, ctx)
        return weights


def _weights_option(setting: str, kind: click.ParamType[Any]) -> Callable[[Command], Command]:
    default: Mapping[str, float] = _setting(setting).default
    written = ",".join(f"{name}={weight:g}" for name, weight in default.items())
    shown = next((name for name, mix in MIXES.items() if mix == default), written)
    return click.option(f"--{setting}", type=kind, help=f"{_help(setting)}  [default: {shown}]")


def _plain_option(setting: Setting) -> Callable[[Command], Command]:
    """`--name VALUE`, or the flag `--name` for what is off by default. What is not given is None."""
    option = f"--{setting.name.replace('_', '-')}"
    annotation = RunConfig.model_fields[setting.name].annotation
    if annotation is bool:
        return click.option(option, is_flag=True, default=None, help=setting.help)
    choices = getattr(annotation, "__args__", ())
    kind: Any = click.Choice(choices) if choices and all(isinstance(one, str) for one in choices) else None
    if kind is None:
        kind = next((one for one in (int, float) if annotation is one or one in choices), str)
    return click.option(option, type=kind, help=_with_default(setting.name))


def _with_default(name: str) -> str:
    """A setting's help with its default; options of settings have none of their own, to know which were given."""
    default = _setting(name).default
    return _help(name) if default in (None, "") else f"{_help(name)}  [default: {default}]"


def _help(name: str) -> str:
    return _setting(name).help


def _setting(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting.name == name)
