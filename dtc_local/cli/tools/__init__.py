"""`dtc-local tools`: specifications in, and a look at what became of them. One command a module."""

from __future__ import annotations

import click

from dtc_local.cli.tools.entities import tool_entities
from dtc_local.cli.tools.graph import graph_tools
from dtc_local.cli.tools.history import diff_tool, tool_history
from dtc_local.cli.tools.importing import import_tools
from dtc_local.cli.tools.lint import lint_tools
from dtc_local.cli.tools.listing import list_tools, search_tools, show_tool
from dtc_local.cli.tools.outputs import tool_outputs
from dtc_local.cli.tools.recordings import record_tool
from dtc_local.cli.tools.removing import remove_tools


@click.group()
def tools() -> None:
    """Tool specifications: import them, and see what the importer understood.

    \b
    Example:
      dtc-local tools import my_tools.json
    """


for command in (
    import_tools,
    list_tools,
    search_tools,
    show_tool,
    tool_history,
    diff_tool,
    lint_tools,
    graph_tools,
    tool_entities,
    tool_outputs,
    record_tool,
    remove_tools,
):
    tools.add_command(command)
