"""Writes the generated parts of README.md: the annotated tree and the command reference.

    python scripts/docs.py           rewrite them
    python scripts/docs.py --check   say whether they are fresh, and whether the version is the same everywhere

The tree's words are the first lines of the modules' docstrings; the reference is what `--help` prints.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 100
COLUMN = 26
SPELLING = {"terminal_width": WIDTH, "max_content_width": WIDTH, "help_option_names": ["-h", "--help"]}


def tree() -> str:
    """The package, one line a module, folders after files; a folder's line is that of its `__init__`."""
    return "\n".join(["```", "dtc_local/", *_tree(ROOT / "dtc_local", 1), "```"])


def reference() -> str:
    """The help text of every command."""
    from dtc_local.cli import cli

    blocks = []
    for names, command in commands(cli):
        title = " ".join(("dtc-local", *names))
        context = click.Context(command, info_name=title, **SPELLING)
        blocks.append(f"### {title}\n\n```\n{command.get_help(context)}\n```")
    return "\n\n".join(blocks)


def commands(command: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below and including `command`, with the words that name it."""
    yield names, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], (*names, name))


def written(text: str) -> str:
    """README's text with its generated parts made anew."""
    for name, part in (("tree", tree()), ("reference", reference())):
        begin, end = f"<!-- begin {name} (python scripts/docs.py) -->", f"<!-- end {name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise SystemExit(f"README.md lacks {begin!r} or {end!r}.")
        text = f"{before}{begin}\n{part}\n{end}{after}"
    return text


def versions() -> dict[str, str]:
    """The version as each place states it."""
    from dtc_local import __version__

    def first(path: str, pattern: str) -> str:
        match = re.search(pattern, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
        return match.group(1) if match else "none"

    return {
        "pyproject.toml": first("pyproject.toml", r'^version = "(.+)"$'),
        "CHANGELOG.md": first("CHANGELOG.md", r"^## (\S+)$"),
        "dtc_local/__init__.py": __version__,
    }


def _tree(folder: Path, depth: int) -> Iterator[str]:
    files = sorted(path for path in folder.glob("*.py") if not path.name.startswith("__"))
    folders = sorted(path for path in folder.iterdir() if (path / "__init__.py").exists())
    for path in files:
        yield _line(path.name, path, depth)
    for path in folders:
        yield _line(f"{path.name}/", path / "__init__.py", depth)
        yield from _tree(path, depth + 1)


def _line(name: str, module: Path, depth: int) -> str:
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    words = docstring.split("\n\n")[0].replace("\n", " ")
    return f"{'  ' * depth + name:<{COLUMN}} {words}".rstrip()


def main() -> None:
    """Rewrite README.md, or check it."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    fresh = written(text)
    if "--check" not in sys.argv[1:]:
        readme.write_text(fresh, encoding="utf-8")
        return
    if len(set(versions().values())) != 1:
        raise SystemExit(f"The version differs: {versions()}.")
    if text != fresh:
        raise SystemExit("README.md is out of date: run python scripts/docs.py.")


if __name__ == "__main__":
    main()
