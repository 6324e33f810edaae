"""Nothing leaves the machine: no module of the package can open a connection."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "dtc_local"
NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http", "httpcore", "httpx", "huggingface_hub", "imaplib", "poplib", "requests",
    "smtplib", "socket", "socketserver", "ssl", "telnetlib", "urllib3", "webbrowser", "xmlrpc",
}  # fmt: skip
NETWORK_PARTS = {"urllib.request", "urllib.error", "outlines.models.openai"}


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that the code imports, at the top or anywhere inside."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_imports_anything_that_opens_connections(module: Path) -> None:
    for name in imported(ast.parse(module.read_text(encoding="utf-8"))):
        assert name.split(".")[0] not in NETWORK, name
        assert name not in NETWORK_PARTS, name


def test_importing_the_package_is_instant_and_loads_nothing_heavy() -> None:
    code = "import sys, dtc_local; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"llama_cpp", "outlines", "numpy", "pydantic", "click"} & set(loaded)


def test_help_needs_neither_engine_nor_numpy() -> None:
    code = "import sys, dtc_local.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"llama_cpp", "outlines", "llguidance", "numpy", "faker", "sqlite_utils"} & set(loaded)
