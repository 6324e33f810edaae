"""`dtc-local tools outputs`: where the result schemas come from, and how to get those that are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import EXIT_INTERRUPTED, db_option, json_option, model_option, print_json
from dtc_local.cli.tools.common import namespace_option
from dtc_local.records import Tool

if TYPE_CHECKING:
    from dtc_local.stages.infer import Inferred, Report
    from dtc_local.store import Store

PLAIN_SECONDS = 5.0
"""Between two lines of progress in a log file."""
LIVE_SECONDS = 0.2


@click.command("outputs")
@click.option("--infer", is_flag=True, help="Let the model write a schema for every tool that has none.")
@click.option("--given", metavar="FILE", type=click.Path(path_type=Path), help="Take schemas from a JSON or YAML file.")
@click.option("--show", is_flag=True, help="Print the schemas too.")
@click.option("--tool", "name", metavar="NAME", help="Only this tool: name or namespace/name.")
@namespace_option
@model_option
@db_option
@json_option
@click.pass_context
def tool_outputs(
    ctx: click.Context,
    /,
    infer: bool,
    given: Path | None,
    show: bool,
    name: str | None,
    namespace: str | None,
    model: str | None,
    db: Path,
    as_json: bool,
) -> None:
    """Say where each tool's output schema comes from: declared, inferred, given, or none.

    Without an output schema a tool's results feed no other call. --infer lets the model write the missing ones, and
    goes on with what is missing where it was interrupted. --given reads {"namespace/tool": JSON Schema, ...}; what is
    given wins over what is declared or inferred. How a tool fails can be given too, in place of a plain code and
    message: {"namespace/tool": {"output": JSON Schema, "error": JSON Schema}}, or one of the two.

    \b
    Example:
      dtc-local tools outputs --infer --namespace shop
      dtc-local tools outputs --given my_outputs.yaml --show
      echo '{"find": {"error": {"properties": {"message": {"type": "string"}}}}}' > e.json
      dtc-local tools outputs --given e.json
    """
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        if given is not None:
            click.echo(_give(store, given, _chosen(store, name, namespace)), err=True)
        if infer:
            try:
                click.echo(_infer(store, model, name, namespace), err=True)
            except KeyboardInterrupt:
                click.echo("Interrupted. What was finished is kept; the same command goes on from here.", err=True)
                ctx.exit(EXIT_INTERRUPTED)
        tools = _chosen(store, name, namespace)
    _print(tools, show, as_json)


def _chosen(store: Store, name: str | None, namespace: str | None) -> Sequence[Tool]:
    if name is not None:
        return store.tools_named(name, namespace)
    return store.require_tools(*([namespace] if namespace else []))


def _give(store: Store, path: Path, tools: Sequence[Tool]) -> str:
    from dtc_local.tools.results.given import assigned, read_given, with_given

    pairs = assigned(read_given(path), tools, str(path))
    store.amend_tools([with_given(tool, given, path.name) for tool, given in pairs], f"output given by {path.name}")
    return f"{sum((given.output is not None) + (given.error is not None) for _, given in pairs)} schemas from {path}."


def _infer(store: Store, model: str | None, name: str | None, namespace: str | None) -> str:
    from dtc_local.cli.engines import open_engine
    from dtc_local.stages.infer import infer_outputs

    wanted = [tool for tool in _chosen(store, name, namespace) if tool.output_origin == "none"]
    if not wanted:
        return "No tool is without an output schema."
    neighbours = store.tools(*{tool.namespace for tool in wanted})
    with open_engine(model) as engine, _reporter() as report:
        return _summary(infer_outputs(engine, store, wanted, neighbours, report))


def _summary(inferred: Inferred) -> str:
    known = f", {len(inferred.remembered)} of them known from before" if inferred.remembered else ""
    lines = [f"{len(inferred.asked) + len(inferred.remembered)} output schemas inferred{known}."]
    lines += [f"{name}: {reason}." for name, reason in inferred.failed.items()]
    return "\n".join(lines)


@contextmanager
def _reporter() -> Iterator[Report]:
    """Progress on standard error: a line that is written over on a terminal, one every few seconds elsewhere."""
    import sys
    import time

    live = sys.stderr.isatty()
    last = time.monotonic()

    def report(done: int, failed: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= (LIVE_SECONDS if live else PLAIN_SECONDS):
            last = time.monotonic()
            line = f"{done} of {total} output schemas" + (f", {failed} failed" if failed else "")
            click.echo(f"\r{line}" if live else line, err=True, nl=not live)

    yield report
    if live:
        click.echo("\r" + " " * 60 + "\r", err=True, nl=False)


def _print(tools: Sequence[Tool], show: bool, as_json: bool) -> None:
    if as_json:
        fields = ("namespace", "name", "output_origin", "output", "error")
        print_json([{field: getattr(tool, field) for field in fields} for tool in tools])
        return
    for tool in tools:
        failing = ", with an error schema" if tool.error is not None else ""
        click.echo(f"{tool.namespace}/{tool.name}: {tool.output_origin}{failing}")
        for schema in (tool.output, tool.error) if show else ():
            if schema is not None:
                print_json(schema)
    counts = Counter(tool.output_origin for tool in tools)
    click.echo(", ".join(f"{count} {origin}" for origin, count in sorted(counts.items())) + ".", err=True)
