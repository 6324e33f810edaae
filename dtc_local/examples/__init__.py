"""Example tool specifications that come with the package, one in each dialect.

| file               | dialect                                                   | about                               |
|--------------------|-----------------------------------------------------------|-------------------------------------|
| `help_desk.json`   | OpenAI functions, result schemas under the key "returns"  | support tickets, customers, agents  |
| `bike_rental.json` | MCP `tools/list` with `outputSchema` and annotations      | stations, bikes, riders, rentals    |
| `warehouse.json`   | BFCL function documents, one a line                       | items, suppliers, orders            |
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def paths() -> tuple[Path, ...]:
    """The example files, in alphabetical order."""
    folder = Path(str(files(__package__)))
    return tuple(sorted(folder.glob("*.json")))
