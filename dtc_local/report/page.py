"""The report as one HTML file: styles, scripts and data inlined under a policy that allows these and nothing else.

Texts of specifications and conversations are other people's. They travel as JSON that cannot end its element, or packed
as base64, and the script puts them on the page as text only. The policy names the one script and the one style by their
hash: nothing else in the file can run, and nothing can be fetched or sent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dtc_local.records import Json
from dtc_local.report.data import ReportData
from dtc_local.tools.dataflow.views.page import script_json

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent
STYLES = ("base", "overview", "conversations", "print")
SCRIPTS = (
    "dom", "data", "charts", "overview", "coverage", "dataflow", "filters", "list", "conversation", "keys", "main",
)  # fmt: skip
"""In the order in which they need one another."""


def report_page(data: ReportData) -> str:
    """The page; it ends without a line feed."""
    from markupsafe import Markup

    style, script, run = styles(), scripts(), data.head["run"]
    return _template().render(
        title=printable(f"{run['name']}: {run['kept']} conversations"),
        run=run | {"name": printable(run["name"]), "model": printable(run["model"])},
        policy=policy(script, style),
        style=Markup(style),
        script=Markup(script),
        head=Markup(script_json(data.head)),
        parts=[Markup(packed(part)) for part in data.parts],
    )


def policy(script: str, style: str) -> str:
    """A Content-Security-Policy that allows this script and this style, and no connection, frame, image or form."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def packed(part: Sequence[Json]) -> str:
    """Conversations as base64 of their compressed JSON: the page unpacks what it shows."""
    text = json.dumps(part, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode("ascii"), level=9)).decode("ascii")


def unpacked(text: str) -> list[Json]:
    """The inverse of :func:`packed`."""
    conversations: list[Json] = json.loads(zlib.decompress(base64.b64decode(text)))
    return conversations


@cache
def styles() -> str:
    """The style sheet."""
    return "\n" + "".join((HERE / "styles" / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


@cache
def scripts() -> str:
    """The script, in a scope of its own."""
    texts = ((HERE / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return '\n"use strict";\n(() => {\n' + "".join(texts) + "})();\n"


def printable(text: str) -> str:
    """The text with what does not print, such as marks that turn its direction, as blanks."""
    return "".join(char if char.isprintable() else " " for char in text)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("dtc_local", "report"), undefined=StrictUndefined, autoescape=True)
    return environment.get_template("page.html")
