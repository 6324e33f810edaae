"""The `dtc-local` group, and the one place where errors become sentences and exit codes."""

from __future__ import annotations

from typing import Any

import click

from dtc_local import __version__
from dtc_local.cli.audit import audit
from dtc_local.cli.demo import demo
from dtc_local.cli.export import export
from dtc_local.cli.generate import generate
from dtc_local.cli.models import models
from dtc_local.cli.options import EXIT_INTERRUPTED
from dtc_local.cli.report import report
from dtc_local.cli.runs import runs
from dtc_local.cli.show import show
from dtc_local.cli.tools import tools
from dtc_local.errors import DtcError


class Sentences(click.Group):
    """A group whose commands end in a sentence instead of a traceback where the error is one of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; map our errors to exit code 1 and Ctrl-C to 130."""
        try:
            return super().invoke(ctx)
        except DtcError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(EXIT_INTERRUPTED)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dtc-local")
def cli() -> None:
    """Write multi-turn tool-calling conversations from tool specifications, on this machine, with no network.

    Everything is kept in one SQLite file, by default dtc.db in the current folder.

    \b
    Example:
      dtc-local tools import my_tools.json
      dtc-local generate -n 20 --seed 7
      dtc-local export --format openai -o conversations.jsonl
    """


for command in (demo, generate, tools, models, runs, show, report, export, audit):
    cli.add_command(command)


def main() -> None:
    """Entry point of the installed command."""
    cli(prog_name="dtc-local")
