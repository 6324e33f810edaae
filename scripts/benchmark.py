"""Four ways to write schema-bound calls with one GGUF, measured in one run on the same prompts.

    outlines    outlines.from_llamacpp with llguidance, one prompt after the other
    plain       llama-cpp-python without a constraint, one prompt after the other
    raw8        llama.cpp's batch interface without a constraint, 8 sequences that share the prompt's beginning
    oursN       this project's engine, N sequences

Every way evaluates its own prompts inside the measured time. The unconstrained ways write as many tokens a prompt as
the engine did on average. Tokens a second are generated tokens, forced ones included.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("GOMP_SPINCOUNT", "1000")

from dtc_local import prompts
from dtc_local.engine import from_gguf
from dtc_local.engine.base import Message, Request, Sampling
from dtc_local.engine.batch import CHUNK, LlamaEngine
from dtc_local.engine.binding import Context
from dtc_local.records import Schema, Tool, ToolSource

ROOT = Path(__file__).resolve().parents[1]
MAX_TOKENS = 96
TOOLS = {
    "create_ticket": ("Create a support ticket.", {"title": ("string", 40), "priority": ("integer", 5)}),
    "book_room": ("Book a meeting room.", {"city": ("string", 20), "seats": ("integer", 30), "date": ("string", 10)}),
    "find_order": ("Find an order by its number.", {"order_number": ("string", 12), "with_items": ("boolean", 0)}),
    "set_temperature": ("Set the temperature of a room.", {"room": ("string", 16), "degrees": ("integer", 28)}),
}
PEOPLE = ("Karen, nurse", "Tom, carpenter", "Ada, teacher", "Luis, pilot")


def tool(name: str) -> Tool:
    """One made-up tool."""
    purpose, arguments = TOOLS[name]
    source = ToolSource(dialect="bench", file="", name=name, parameters={})
    return Tool(name=name, description=purpose, parameters=parameters(arguments), source=source)


def parameters(arguments: dict[str, tuple[str, int]]) -> Schema:
    """Schema of a tool's arguments, all required and bounded."""
    properties: dict[str, Any] = {}
    for name, (kind, limit) in arguments.items():
        bounds = {"string": {"maxLength": limit}, "integer": {"minimum": 1, "maximum": limit}}.get(kind, {})
        properties[name] = {"type": kind, **bounds}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def workload(count: int) -> list[tuple[tuple[Message, ...], Schema]]:
    """Prompts as the stages write them, each with the schema of its call; they share the system text and a history."""
    system = prompts.system([tool(name) for name in TOOLS], "2026-11-22", "Answer in short sentences.")
    history = [prompts.said("Hello, I need a few things today."), prompts.replied("Of course, tell me what you need.")]
    work = []
    for index in range(count):
        name = list(TOOLS)[index % len(TOOLS)]
        task = f"Write one call of {name} for {PEOPLE[index // len(TOOLS) % len(PEOPLE)]}, case {index}."
        schema = {
            "type": "object",
            "properties": {"name": {"const": name}, "arguments": parameters(TOOLS[name][1])},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        work.append((prompts.messages(system, history, task), schema))
    return work


Work = list[tuple[tuple[Message, ...], Schema]]


def ours(path: Path, work: Work, width: int) -> tuple[float, LlamaEngine]:
    """Tokens a second of the engine at `width`, and the engine with its counters."""
    from outlines.types import JsonSchema

    engine = from_gguf(path, width=width)
    requests = [
        Request(messages, JsonSchema(schema), Sampling(seed=index), MAX_TOKENS, "bench")
        for index, (messages, schema) in enumerate(work)
    ]
    for request in requests:
        engine.compiler.compile(request.constraint)
    started = time.perf_counter()
    left = {engine.submit(request) for request in requests}
    while left:
        left -= {finished.ticket for finished in engine.poll()}
    return engine.usage.by_stage["bench"] / (time.perf_counter() - started), engine


def with_outlines(path: Path, work: Work) -> float:
    """Tokens a second of Outlines with llguidance; generators are built before the clock starts."""
    import outlines
    from llama_cpp import Llama
    from outlines.inputs import Chat
    from outlines.types import JsonSchema

    llama = Llama(str(path), n_ctx=4096, n_threads=os.cpu_count(), verbose=False, flash_attn=True)
    model = outlines.from_llamacpp(llama)
    made: dict[str, Any] = {}
    for _, schema in work:
        text = json.dumps(schema)
        if text not in made:
            made[text] = outlines.Generator(model, JsonSchema(schema), backend="llguidance")
    tokens, started = 0, time.perf_counter()
    for messages, schema in work:
        chat = Chat([{"role": message.role, "content": "".join(message.parts)} for message in messages])
        text = made[json.dumps(schema)](chat, max_tokens=MAX_TOKENS, temperature=0.7, min_p=0.05, seed=1)
        tokens += len(llama.tokenize(text.encode(), add_bos=False))
    rate = tokens / (time.perf_counter() - started)
    llama.close()
    return rate


def plain(path: Path, ids: list[list[int]], length: int) -> float:
    """Tokens a second of llama-cpp-python without a constraint; it reuses the last prompt's common beginning."""
    from llama_cpp import Llama

    llama = Llama(str(path), n_ctx=4096, n_threads=os.cpu_count(), verbose=False, flash_attn=True)
    started = time.perf_counter()
    for prompt in ids:
        for count, _ in enumerate(llama.generate(prompt, temp=0.7, min_p=0.05), 1):
            if count == length:
                break
    rate = len(ids) * length / (time.perf_counter() - started)
    llama.close()
    return rate


def raw(engine: LlamaEngine, ids: list[list[int]], length: int, width: int = 8) -> float:
    """Tokens a second of llama.cpp's batches without a constraint: the shared beginning once, then `width` together."""
    context = Context(engine._model, width, 4096, os.cpu_count() or 1)
    started = time.perf_counter()
    for first in range(0, len(ids), width):
        group = ids[first : first + width]
        shared = len(os.path.commonprefix(group)) if len(group) > 1 else len(group[0]) - 1
        for lane in range(width):
            context.truncate(lane, 0)
        feed(context, 0, group[0][:shared], 0)
        for lane in range(1, len(group)):
            context.copy(0, lane)
        rows = [feed(context, lane, prompt[shared:], shared)[0].argmax() for lane, prompt in enumerate(group)]
        places = [len(prompt) for prompt in group]
        for _ in range(length):
            logits = context.decode([int(row) for row in rows], places, range(len(group)), range(len(group)))
            rows = list(logits.argmax(axis=1))
            places = [place + 1 for place in places]
    rate = len(ids) * length / (time.perf_counter() - started)
    context.close()
    return rate


def feed(context: Context, lane: int, tokens: list[int], start: int) -> Any:
    """Decode a prompt in chunks; the last token's logits."""
    rows = None
    for offset in range(0, len(tokens), CHUNK):
        piece = tokens[offset : offset + CHUNK]
        padded = piece if len(piece) > 1 else [*piece, 0]
        places = range(start + offset, start + offset + len(padded))
        rows = context.decode(padded, places, [lane] * len(padded), [len(piece) - 1])
        context.truncate(lane, start + offset + len(piece))
    return rows


def machine() -> dict[str, Any]:
    """What the numbers belong to."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    load = os.getloadavg()[0]
    cpu = names[0] if names else platform.processor()
    return {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform(), "load": load}


def measure(path: Path, count: int, say: Callable[[str], None]) -> dict[str, Any]:
    """All ways on one model."""
    work, rates = workload(count), {}
    for width in (1, 4, 8, 16):
        rates[f"ours{width}"], engine = ours(path, work, width)
        say(f"ours{width}: {rates[f'ours{width}']:.0f} tokens/s")
        if width == 8:
            usage = engine.usage
            length = max(2, round(usage.by_stage["bench"] / count))
            ids = [engine._chat.encode(messages) for messages, _ in work]
            rates["raw8"] = raw(engine, ids, length)
            evaluated = usage.evaluated_tokens / usage.prompt_tokens
            seconds = usage.by_stage["bench"] / rates["ours8"]
            outside = 1 - usage.decode_seconds / seconds
            name = engine.model.name
        engine.close()
    rates["outlines"] = with_outlines(path, work)
    rates["plain"] = plain(path, ids, length)
    say(", ".join(f"{way}: {rates[way]:.0f}" for way in ("raw8", "outlines", "plain")))
    return {
        "machine": machine(),
        "models": [{"name": name, "file": path.name, "bytes": path.stat().st_size}],
        "prompts": count,
        "tokens_per_call": length,
        "tokens_per_s": {way: round(rate, 1) for way, rate in sorted(rates.items())},
        "ratios": {
            "ours8_vs_outlines": round(rates["ours8"] / rates["outlines"], 2),
            "ours8_vs_raw8": round(rates["ours8"] / rates["raw8"], 2),
            "prompt_evaluated_share": round(evaluated, 3),
            "outside_decode_share": round(outside, 3),
        },
    }


def main() -> None:
    """Parse the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Tokens a second, side by side on one model.")
    parser.add_argument("--quick", action="store_true", help="16 prompts in place of 96")
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "seed.gguf", help="a GGUF file")
    options = parser.parse_args()
    # llama-cpp-python warns about its own deprecated names, once a vocabulary entry.
    warnings.simplefilter("ignore", DeprecationWarning)
    result = measure(options.model, 16 if options.quick else 96, lambda text: print(text, file=sys.stderr))
    text = json.dumps(result, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
