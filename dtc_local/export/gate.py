"""The gate: keeps out what the target model's chat template would not show as it is, and says why.

Templates are programs from strangers. They run in batches in a child process with limits on time and memory
(`rendering`); here conversations go in and come out in order, those that survive in the shape that the template takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from dtc_local.engine.child import ChildFailed, Limits, call
from dtc_local.engine.template import MAX_TEMPLATE
from dtc_local.errors import UserError
from dtc_local.export.base import Rendered, Sample
from dtc_local.export.rendering import to_json
from dtc_local.export.shape import Shape

BATCH = 256
"""Conversations for one child."""
BATCH_CHARACTERS = 8 << 20
LIMITS = Limits(memory=1 << 30, cpu=120, wall=600.0)
NO_TEMPLATE = "Name a Jinja file, a tokenizer_config.json, or a GGUF with a chat template."


@dataclass(frozen=True)
class Template:
    """A chat template and the texts of two tokens that it may print."""

    name: str
    source: str
    bos: str = ""
    eos: str = ""


@dataclass(frozen=True)
class Refused:
    """A sample that does not survive; `said` are the template's own words where it raised."""

    sample: Sample
    reason: str
    said: str = ""


def read_template(path: Path) -> Template:
    """The chat template of a Jinja file, of a tokenizer_config.json, of a folder with either, or of a GGUF.

    A tokenizer_config.json beside a Jinja file names the tokens. Raises UserError where there is no template.
    """
    if path.is_dir():
        inside = [path / name for name in ("chat_template.jinja", "tokenizer_config.json") if (path / name).is_file()]
        if not inside:
            raise UserError(f"The folder {path} holds no chat template.", NO_TEMPLATE)
        path = inside[0]
    if not path.is_file():
        raise UserError(f"There is no chat template {path}.", NO_TEMPLATE)
    if path.suffix == ".gguf":
        found = _from_gguf(path)
    elif path.suffix == ".json":
        found = _from_config(path)
    else:
        beside = path.with_name("tokenizer_config.json")
        tokens = _from_config(beside) if beside.is_file() else Template("", "")
        found = replace(tokens, name=str(path), source=_text(path))
    if not found.source:
        raise UserError(f"{path} holds no chat template.", NO_TEMPLATE)
    if len(found.source) > MAX_TEMPLATE:
        raise UserError(
            f"The chat template {path} has {len(found.source)} characters.", f"At most {MAX_TEMPLATE} are read."
        )
    return found


def _from_gguf(path: Path) -> Template:
    from dtc_local.engine.binding import Model
    from dtc_local.engine.gguf_reader import read

    read(path)  # a file that is no GGUF is refused before llama.cpp sees it
    model = Model(path, vocab_only=True)
    try:
        tokens = (model.lib.llama_vocab_bos(model.vocab), model.lib.llama_vocab_eos(model.vocab))
        bos, eos = map(model.control_text, tokens)
        return Template(str(path), model.metadata("tokenizer.chat_template") or "", bos, eos)
    finally:
        model.close()


def _from_config(path: Path) -> Template:
    try:
        config = json.loads(_text(path))
    except ValueError as error:
        raise UserError(f"{path} is no JSON: {error}.", NO_TEMPLATE) from error
    if not isinstance(config, dict):
        raise UserError(f"{path} holds no JSON object.", NO_TEMPLATE)
    source = config.get("chat_template", "")
    if isinstance(source, list):  # several, by name: the one for tools, else the default
        named = {one.get("name"): one.get("template") for one in source if isinstance(one, dict)}
        source = named.get("tool_use") or named.get("default") or ""
    return Template(str(path), str(source), *(_token(config.get(f"{name}_token")) for name in ("bos", "eos")))


def _token(value: Any) -> str:
    """A token's text, which tokenizers write as a string or as an object with `content`."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The chat template {path} cannot be read: {error}.", NO_TEMPLATE) from error


def survivors(samples: Iterable[Sample], template: Template, want_text: bool) -> Iterator[Sample | Refused]:
    """Each sample as the template takes it, with its text where that is wanted, or why it is refused; in order.

    Raises UserError where the template is no Jinja or exceeds its time or memory.
    """
    waiting: list[Sample] = []
    source = iter(samples)
    while True:
        waiting += islice(source, BATCH - len(waiting))
        if not waiting:
            return
        found = _ask(waiting, template, want_text)
        yield from (_judged(sample, one) for sample, one in zip(waiting, found, strict=False))
        waiting = waiting[len(found) :]


def _ask(samples: Sequence[Sample], template: Template, want_text: bool) -> list[dict[str, Any]]:
    """What became of the first samples, at least one."""
    rows: list[dict[str, Any]] = []
    size = 0
    for sample in samples:
        rows.append(to_json(sample.dialogue))
        size += len(json.dumps(rows[-1]))
        if size > BATCH_CHARACTERS:
            break
    argument = {
        "source": template.source,
        "bos": template.bos,
        "eos": template.eos,
        "text": want_text,
        "rows": rows,
    }
    try:
        found: list[dict[str, Any]] = call("dtc_local.export.rendering", argument, LIMITS)
    except ChildFailed as failed:
        raise UserError(
            f"The chat template {template.name} {failed.message} on {len(rows)} conversations.", NO_TEMPLATE
        ) from failed
    return found


def _judged(sample: Sample, found: dict[str, Any]) -> Sample | Refused:
    if "reason" in found:
        return Refused(sample, found["reason"], found["said"])
    shape = Shape(*found["shape"])
    rendered = (
        Rendered(found["text"], tuple((start, end) for start, end in found["spans"])) if "text" in found else None
    )
    return replace(sample, dialogue=shape.of(sample.dialogue), shape=shape, rendered=rendered)
