"""The graph as one HTML page: a table with a search box and a drawing, all in the file, nothing fetched.

Names and descriptions are other people's text. They travel as JSON in which `<`, `>` and `&` are escaped, and reach
the page as text only; the page's own policy forbids it every connection.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from dtc_local.records import Json, Tool
from dtc_local.tools.dataflow.views.plain import as_json
from dtc_local.tools.dataflow.views.selection import Shown

if TYPE_CHECKING:
    from jinja2 import Template

MOST = 20_000
"""Edges in one page; with more a browser grows slow."""


def page(tools: Sequence[Tool], edges: Sequence[Shown], title: str = "Dataflow among tools") -> str:
    """The page; of more than MOST edges it holds the surest."""
    from markupsafe import Markup

    linked = {(shown.namespace, name) for shown in edges for name in (shown.edge.producer, shown.edge.consumer)}
    data: Json = {
        "tools": [
            {"namespace": tool.namespace, "name": tool.name, "description": tool.description, "effect": tool.effect}
            for tool in tools
            if (tool.namespace, tool.name) in linked
        ],
        "edges": as_json(edges[:MOST]),
    }
    return _template().render(title=title, data=Markup(script_json(data)), left_out=max(0, len(edges) - MOST))


def script_json(value: Json) -> str:
    """JSON that may stand inside a script element: ASCII only, and nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dtc_local", "tools/dataflow/views"), undefined=StrictUndefined, autoescape=True
    )
    return environment.get_template("page.html")
