"""A document and the files its `$ref`s lead to, made one: readers then see local references only.

Every file is attached once under a reserved key, whole, and each `$ref` (and each file named in a discriminator's
mapping) is rewritten to a local pointer. References are resolved against the file they stand in. They may lead to
files that were given by name and to files beneath the folder of the document they start from: nothing outside, no
symlink that leaves it, and never a network. Where one leads nowhere the place allows anything, and a note says so.
"""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

from dtc_local.errors import UserError
from dtc_local.records import Json
from dtc_local.tools.files.documents import FILES_KEY, MAX_BYTES, Document, load
from dtc_local.tools.findings import Log
from dtc_local.tools.schemas.spelling import escape
from dtc_local.tools.words import bag

MAX_FILES = 2000
"""More files than this in one document are a mistake, or an attack."""
_DATA = bag("example default enum const value x-example x-examples")
"""Keywords whose value is data: a `$ref` in it refers to nothing."""
_NAMED = bag(
    "properties patternProperties dependentSchemas $defs definitions schemas responses parameters examples headers "
    "requestBodies securitySchemes links callbacks pathItems paths webhooks mediaTypes content"
)
"""Keywords whose value maps names of the author's own to objects: `default` in `responses` is no keyword."""


@dataclass
class Library:
    """Files by their real path, each read once; `given` are those that any document may refer to."""

    given: frozenset[Path] = frozenset()
    _read: dict[Path, Document] = field(default_factory=dict)

    def read(self, path: Path, shown: Path | None = None) -> Document:
        """The document at a real path, under the name it was given; :class:`UserError` if it cannot be read."""
        if path not in self._read:
            self._read[path] = load(shown or path)
        return self._read[path]


@dataclass(frozen=True)
class Bundle:
    """One document with local references only; `parts` are the files in it, `called` those that hold its operations."""

    document: Document
    parts: frozenset[Path] = frozenset()
    called: frozenset[Path] = frozenset()


def bundle(document: Document, library: Library) -> Bundle:
    """`document` with every file that it refers to attached; the document itself where it refers to none."""
    return _Bundler(document, library).run()


def lookup(root: Json, reference: str, hops: int = 8) -> Json:
    """What a local reference `#/a/b` leads to, references on the way followed; LookupError if nothing is there."""
    if reference not in ("", "#") and not reference.startswith("#/"):
        raise LookupError(reference)
    node = root
    for segment in reference.split("/")[1:]:
        key = unquote(segment).replace("~1", "/").replace("~0", "~")
        while isinstance(node, dict) and key not in node and isinstance(node.get("$ref"), str) and hops:
            hops -= 1
            node = lookup(root, node["$ref"], hops)
        if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            raise LookupError(reference)
    return node


class _Lost(Exception):
    """A reference that cannot be followed."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason)
        self.reason, self.way_out = reason, way_out


class _Use(NamedTuple):
    """A rewritten reference, to be checked once every file is attached."""

    node: dict[str, Any]
    written: str
    pointer: str
    inside: str


class _Bundler:
    """One document on its way to a bundle; files wait in `queue` until the one before them has been walked."""

    def __init__(self, document: Document, library: Library) -> None:
        self.document, self.library = document, library
        named = Path(document.file)
        self.folder = Path(os.path.realpath(named.parent))
        self.root = self.folder / named.name
        self.names: dict[Path, str] = {}
        self.queue: deque[Path] = deque()
        self.called: set[Path] = set()
        self.uses: list[_Use] = []
        self.bytes = 0
        self.changed = False
        self.log = Log()

    def run(self) -> Bundle:
        value = self._walk(self.document.value, "", self.root)
        if not self.changed and not self.names:
            return Bundle(self.document)
        attached: dict[str, Json] = {}
        bundled = {**value, FILES_KEY: attached} if self.names else value
        while self.queue:
            path = self.queue.popleft()
            document = self.library.read(path)
            self.log.findings += document.notes
            attached[self.names[path]] = self._walk(document.value, self._home(path), path)
        self._check(bundled)
        notes = (*self.document.notes, *self.log.findings)
        return Bundle(replace(self.document, value=bundled, notes=notes), frozenset(self.names), frozenset(self.called))

    def _home(self, path: Path) -> str:
        """The JSON pointer of a file's own document."""
        return "" if path == self.root else f"/{FILES_KEY}/{escape(self.names[path])}"

    def _walk(self, node: Json, pointer: str, base: Path, named: bool = False, inside: str = "") -> Json:
        """A copy with references rewritten; `named` where keys are the author's own, `inside` the keyword around."""
        if isinstance(node, list):
            return [self._walk(child, f"{pointer}/{i}", base, False, inside) for i, child in enumerate(node)]
        if not isinstance(node, dict):
            return node
        copy: dict[str, Any] = {}
        for key, child in node.items():
            place = f"{pointer}/{escape(key)}"
            if key == "$ref" and isinstance(child, str):
                self._rewrite(copy, child, place, base, inside)
            elif named:
                copy[key] = self._walk(child, place, base, False, inside)
            elif key in _DATA or key.startswith("x-") or (key == "examples" and isinstance(child, list)):
                copy[key] = child
            elif key == "discriminator" and isinstance(child, dict):
                copy[key] = self._discriminator(child, place, base)
            else:
                copy[key] = self._walk(child, place, base, key in _NAMED, key)
        return copy

    def _rewrite(self, copy: dict[str, Any], written: str, place: str, base: Path, inside: str) -> None:
        try:
            copy["$ref"] = self._local(written, base, inside)
            self.changed = self.changed or copy["$ref"] != written
            if base != self.root or not written.startswith("#"):
                self.uses.append(_Use(copy, written, place, inside))
        except _Lost as lost:
            self._note(written, place, inside, lost)

    def _discriminator(self, node: dict[str, Json], place: str, base: Path) -> dict[str, Json]:
        """Values of a mapping are names of schemas or references; only those that look like files are references."""
        mapping = node.get("mapping")
        if not isinstance(mapping, dict):
            return node
        kept = {}
        for name, value in mapping.items():
            is_reference = isinstance(value, str) and ("/" in value or value.endswith((".json", ".yaml", ".yml")))
            try:
                kept[name] = self._local(value, base, "") if is_reference else value
            except _Lost as lost:
                self._note(value, f"{place}/mapping/{escape(name)}", "", lost)
        return {**node, "mapping": kept}

    def _note(self, written: str, place: str, inside: str, lost: _Lost) -> None:
        self.changed = True
        if inside == "paths":
            what = f"{written!r} {lost.reason}: the operations of this path are lost"
            self.log.error("reference", place, what, lost.way_out)
        else:
            self.log.warning("reference", place, f"{written!r} {lost.reason}, taken as any", lost.way_out)

    def _local(self, written: str, base: Path, inside: str) -> str:
        """The pointer into the bundle for a reference as it is written in the file `base`."""
        head, _, fragment = written.partition("#")
        if fragment and not fragment.startswith("/"):
            if base == self.root and not head:
                return written  # the reader says what it thinks of it
            raise _Lost("names an anchor", "Write a JSON pointer after the #, such as #/components/schemas/Pet.")
        if not head:
            target = base
        else:
            try:
                target = self._target(head, base)
            except _Lost:
                by_name = None if fragment else self._by_name(head, base)
                if by_name is None:
                    raise
                target, fragment = base, by_name
            self._attach(target)
        if target != self.root and (inside == "paths" or fragment.startswith("/paths/")):
            self.called.add(target)
        home = "" if target == self.root else f"/{FILES_KEY}/{quote(escape(self.names[target]), safe='~{} ')}"
        return f"#{home}{fragment}"

    def _by_name(self, name: str, base: Path) -> str | None:
        """Early Swagger wrote a schema's bare name."""
        value = self.document.value if base == self.root else self.library.read(base).value
        for place in ("/definitions/", "/components/schemas/"):
            try:
                lookup(value, f"#{place}{quote(escape(name))}")
            except LookupError:
                continue
            return f"{place}{quote(escape(name))}"
        return None

    def _target(self, head: str, base: Path) -> Path:
        """The real path of the file a reference names; it exists and may be read."""
        address = urlsplit(head)
        if address.scheme in ("http", "https") or address.netloc:
            raise _Lost("is on a network", "Save the file beside this one and refer to the copy.")
        names = dict.fromkeys((unquote(address.path), head))
        paths = [Path(os.path.realpath(base.parent / name)) for name in names if "\0" not in name]
        inside = [path for path in paths if path in self.library.given or path.is_relative_to(self.folder)]
        if not inside or address.scheme:
            raise _Lost("leads outside the folder of the document", "Name that file too, or bring it into the folder.")
        found = next((path for path in inside if path.is_file()), None)
        if found is None:
            raise _Lost(f"is no file ({self._shown(inside[0])})", "Put the file there, or correct the reference.")
        return self.root if found == Path(os.path.realpath(self.root)) else found

    def _shown(self, path: Path) -> str:
        return os.path.relpath(path, self.folder)

    def _attach(self, path: Path) -> None:
        """Have a file attached, once; :class:`_Lost` if it cannot be read."""
        if path == self.root or path in self.names:
            return
        try:
            document = self.library.read(path)
        except UserError as error:
            raise _Lost(f"cannot be read ({error.message.rstrip('.')})", error.hint) from None
        if document.stream:
            raise _Lost("is a file of several documents", "Give each document a file of its own.")
        self.bytes += path.stat().st_size
        if len(self.names) >= MAX_FILES or self.bytes > MAX_BYTES:
            raise UserError(
                f"{self.document.file}: it is made of more than {MAX_FILES:,} files or {MAX_BYTES:,} bytes.",
                "Import its parts one by one.",
            )
        self.names[path] = self._shown(path)
        self.queue.append(path)

    def _check(self, bundled: Json) -> None:
        for use in self.uses:
            try:
                lookup(bundled, use.node.get("$ref", "#"))
            except LookupError:
                del use.node["$ref"]
                lost = _Lost("leads to nothing in that file", "Correct what stands after the #.")
                self._note(use.written, use.pointer, use.inside, lost)
