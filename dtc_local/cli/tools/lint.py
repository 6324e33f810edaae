"""`dtc-local tools lint`: what the importer changed, dropped or guessed, and what the grammar can hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dtc_local.cli.options import db_option, json_option, print_json
from dtc_local.cli.tools.common import namespace_option, stored_with_notes
from dtc_local.records import Json, Severity

if TYPE_CHECKING:
    from dtc_local.tools.files.gather import FileFinding
    from dtc_local.tools.lint import Linted

EXIT_FOUND = 1
severities = click.Choice(["info", "warning", "error"])


@click.command("lint")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@namespace_option
@click.option("--severity", type=severities, default="info", show_default=True, help="Print findings from this on.")
@click.option("--kind", "kinds", multiple=True, metavar="KIND", help="Print findings of this kind only; repeatable.")
@click.option("--why", is_flag=True, help="Say with each finding why it matters.")
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "error", "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 where there is a finding this bad.",
)
@db_option
@json_option
@click.pass_context
def lint_tools(
    ctx: click.Context,
    paths: tuple[Path, ...],
    namespace: str | None,
    severity: Severity,
    kinds: tuple[str, ...],
    why: bool,
    fail_on: str,
    db: Path,
    as_json: bool,
) -> None:
    """Print what the importer changed, dropped or guessed in each specification.

    With PATHs, these files are read and nothing is stored; without, the tools in the store are looked at. A tool is
    strict where its whole specification is enforced while calls are written, relaxed where some of it is only checked
    afterwards, refused where no call can be planned.

    \b
    Example:
      dtc-local tools lint my_api.yaml
      dtc-local tools lint --namespace git --severity warning --fail-on warning
    """
    from dtc_local.tools.lint import at_least

    linted, about_files = _gathered(paths, namespace, db)
    worst = {finding.severity for one in linted for finding in one.findings}
    worst |= {noted.finding.severity for noted in about_files}
    linted = [_filtered(one, severity, kinds) for one in linted]
    if as_json:
        print_json(_as_json(linted, about_files))
    else:
        for line in _lines(linted, about_files, why):
            click.echo(line)
        click.echo(_summary(linted), err=True)
    if fail_on != "never" and any(at_least(one, fail_on) for one in worst):  # type: ignore[arg-type]
        ctx.exit(EXIT_FOUND)


def _gathered(paths: Sequence[Path], namespace: str | None, db: Path) -> tuple[list[Linted], Sequence[FileFinding]]:
    from dtc_local.tools import read_files
    from dtc_local.tools.lint import lint
    from dtc_local.tools.similar import with_similar

    if paths:
        result = read_files(paths, namespace)
        return [lint(tool) for tool in with_similar(result.tools)], result.findings
    return [lint(tool) for tool in stored_with_notes(db, namespace)], ()


def _filtered(one: Linted, severity: Severity, kinds: Sequence[str]) -> Linted:
    from dataclasses import replace

    from dtc_local.tools.lint import at_least

    shown = [found for found in one.findings if at_least(found.severity, severity)]
    return replace(one, findings=tuple(found for found in shown if not kinds or found.kind in kinds))


def _lines(linted: Sequence[Linted], about_files: Sequence[FileFinding], why: bool) -> Iterator[str]:
    for noted in about_files:
        yield f"{noted.file}: {noted.finding.severity}: {noted.finding.kind}: {noted.place}: {noted.finding.what}"
    for one in linted:
        if one.level == "strict" and not one.findings:
            continue
        yield f"{one.tool.namespace}/{one.tool.name}: {one.level}" + (f" ({one.reason})" if one.reason else "")
        for found in one.findings:
            words = f"  {found.severity:8} {found.kind:14} {found.pointer}  {found.what}."
            yield f"{words} {found.way_out}".rstrip() + (f"  [{found.why}]" if why else "")


def _summary(linted: Sequence[Linted]) -> str:
    from dtc_local.tools.lint import counted

    counts = counted(linted)
    levels = ", ".join(f"{counts['levels'][level]} {level}" for level in ("strict", "relaxed", "refused"))
    kinds = ", ".join(f"{number} {kind}" for kind, number in counts["kinds"].most_common())
    return f"{len(linted)} tools: {levels}. Findings: {kinds or 'none'}."


def _as_json(linted: Sequence[Linted], about_files: Sequence[FileFinding]) -> Json:
    from dtc_local.tools.lint import counted

    return {
        "tools": [
            {
                "namespace": one.tool.namespace,
                "tool": one.tool.name,
                "level": one.level,
                "reason": one.reason,
                "findings": [found.model_dump() for found in one.findings],
            }
            for one in linted
        ],
        "files": [vars(noted) | {"finding": noted.finding.model_dump()} for noted in about_files],
        "counts": {name: dict(counts) for name, counts in counted(linted).items()},
    }
