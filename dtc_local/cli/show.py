"""`dtc-local show`: one conversation, readable."""

from __future__ import annotations

from pathlib import Path

import click

from dtc_local.cli.options import db_option, json_option, print_json


@click.command()
@click.argument("conversation_id", metavar="ID")
@click.option(
    "--candidates", is_flag=True, help="Also print everything the model wrote, with the reason for each refusal."
)
@db_option
@json_option
def show(conversation_id: str, candidates: bool, db: Path, as_json: bool) -> None:
    """Print one conversation, kept or dropped, with the proof behind it.

    ID is RUN-INDEX, as listed by dtc-local runs show RUN.

    \b
    Example:
      dtc-local show night-17
      dtc-local show night-17 --json
    """
    from dtc_local.show import as_json as conversation_json
    from dtc_local.show import readable, readable_candidates
    from dtc_local.store import Store

    with Store(db, create=False) as store:
        stored = store.conversation(conversation_id)
        attempts = store.candidates(conversation_id)
    if as_json:
        print_json(conversation_json(stored, attempts))
        return
    click.echo(readable(stored))
    if candidates:
        click.echo(f"\n{readable_candidates(attempts)}")
