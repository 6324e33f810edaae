"""A GGUF file tried out in a child process before anything else loads it.

A sound header does not make a sound model: llama.cpp may still abort, a template may be hostile, a vocabulary may not
suit the grammar compiler. The child loads the file with the engine itself, lets it show a conversation in the model's
chat template, writes one small value under a grammar, and times prompts and writing on a bounded amount of work. What
it may use grows with the file. Invariant: `try_model` returns a trial or raises UserError with one sentence.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from dtc_local.engine.child import ChildFailed, Limits, call
from dtc_local.errors import UserError

if TYPE_CHECKING:
    from dtc_local.engine.base import Completion, Request
    from dtc_local.engine.batch import LlamaEngine

CONTEXT = 1024
"""Tokens of a sequence in the trial; a model that was made for fewer cannot hold a conversation's prompt anyway."""
WIDTH = 16
CACHE = 1 << 30
"""Bytes for keys and values: where the full width takes more, fewer sequences are timed."""
SPARE_MEMORY = 4 << 30
"""Address space beyond the file (twice) and the cache: libraries, work space, stacks."""
LOAD_SPEED = 25e6
"""Bytes of the file that the slowest disk worth waiting for reads in a second."""
SECONDS = 3.0
"""What each of the two measurements may take, as far as a first small one tells."""
SAMPLE = (
    "// Find a customer's open orders.\n"
    'find_orders(customer_id: string, status?: "open" | "closed", limit?: integer /* 1 to 50 */) -> {orders: any[]}\n'
    "User: Please move the delivery of ORD-20418 to next Tuesday, March 4th, and tell me what it will cost.\n"
    'Calls: [{"id":"c1","name":"move_delivery","arguments":{"order_id":"ORD-20418","date":"2025-03-04"}}]\n'
    'Results: {"c1":{"order_id":"ORD-20418","fee":12.5,"currency":"EUR","confirmed":true}}\n'
    "Assistant: Your delivery has been moved to Tuesday, March 4th; the change costs 12.50 EUR.\n"
)
"""What prompts are made of; its tokens tell how many characters this vocabulary packs into one."""
VALUE = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "maxLength": 12},
        "days": {"type": "integer", "minimum": 1, "maximum": 30},
    },
    "required": ["city", "days"],
    "additionalProperties": False,
}

T = TypeVar("T")


@dataclass(frozen=True)
class Trial:
    """What a file that survived showed."""

    prefill_speed: float
    """Prompt tokens a second."""
    decode_speed: float
    """Tokens written a second, `width` sequences together, grammar and sampling included."""
    width: int
    characters_per_token: float


def try_model(path: Path, limits: Limits | None = None) -> Trial:
    """Load and try a GGUF file in a child process.

    Raises UserError where the header is unsound, the template fails, or the child does not survive.
    """
    from dtc_local.engine.header import check

    header = check(path)
    width, context = _shape(header.cache_bytes, header.context_length)
    allowed = limits or limits_for(header.size, width * header.cache_bytes(context))
    try:
        shown = call(__name__, {"path": str(path.resolve()), "width": width, "context": context}, allowed)
    except ChildFailed as failed:
        raise UserError(
            f"{path} was tried in a process of its own, which {failed.message}.",
            "Copy or download the file again, or use another model.",
        ) from failed
    return Trial(**shown)


def limits_for(size: int, cache: int) -> Limits:
    """What loading and trying a file of `size` bytes may use, with `cache` bytes of keys and values."""
    wall = 120 + size / LOAD_SPEED
    threads = os.cpu_count() or 1
    return Limits(2 * size + cache + SPARE_MEMORY + threads * (128 << 20), int(wall * threads), wall)


def _shape(cache_bytes: Callable[[int], int], length: int) -> tuple[int, int]:
    """Width and context of the trial."""
    context, width = min(CONTEXT, length), WIDTH
    while width > 1 and width * cache_bytes(context) > CACHE:
        width //= 2
    return width, context


# --- the child's side -------------------------------------------------------------------------------------------------


def answer(argument: dict[str, Any]) -> dict[str, Any]:
    """The trial itself, as JSON."""
    from dtc_local.engine.batch import LlamaEngine
    from dtc_local.engine.failures import ContextOverflow

    path, width = Path(argument["path"]), argument["width"]
    engine = LlamaEngine(path, width=width, context=argument["context"], kept=0)
    try:
        first = _prove(engine, path)
        prefill, packed = _prefill(engine, max(1.0, first))
        return asdict(Trial(round(prefill, 1), round(_decode(engine, width), 1), width, round(packed, 2)))
    except ContextOverflow:
        raise UserError(
            f"{path} has a context of {engine.context} tokens, too few for a short conversation.", "Use another model."
        ) from None


def _prove(engine: LlamaEngine, path: Path) -> float:
    """A conversation in the template and a value under a grammar; returns tokens a second, prompt and value."""
    from outlines.types import JsonSchema

    turns = (("system", "You plan trips."), ("user", "Where?"), ("assistant", "Lisbon."), ("user", "And how long?"))
    done, seconds = _timed(lambda: _run(engine, [_request(turns, JsonSchema(VALUE), 64)]))
    if done[0].finish != "accepted":
        raise UserError(f"{path} could not finish a short JSON value under a grammar.", "Use another model.")
    return (engine.usage.evaluated_tokens + done[0].tokens) / seconds


def _prefill(engine: LlamaEngine, speed: float) -> tuple[float, float]:
    """Prompt tokens a second on a prompt that takes about SECONDS, and characters a token."""
    from outlines.types import Regex

    packed = len(SAMPLE) / len(engine._model.tokenize(SAMPLE, False))
    wanted = min(engine.context // 2, max(64, int(speed * SECONDS)))
    text = (SAMPLE * (1 + int(wanted * packed) // len(SAMPLE)))[: int(wanted * packed)]
    before = engine.usage.evaluated_tokens
    request = _request((("system", text), ("user", "Go on.")), Regex("[ab]"), 1)
    _, seconds = _timed(lambda: _run(engine, [request]))
    return (engine.usage.evaluated_tokens - before) / seconds, packed


def _decode(engine: LlamaEngine, width: int) -> float:
    """Tokens written a second by `width` candidates, for as many tokens as take about SECONDS."""
    from outlines.types import JsonSchema

    text = JsonSchema({"type": "string", "minLength": 600})
    turns = (("system", "You write."), ("user", "Write on."))
    few, seconds = _timed(lambda: _run(engine, [_request(turns, text, 4, width)]))
    speed = sum(one.tokens for one in few) / seconds
    budget = min(engine.context // 4, max(8, int(speed * SECONDS / width)))
    many, seconds = _timed(lambda: _run(engine, [_request(turns, text, budget, width)]))
    return sum(one.tokens for one in many) / seconds


def _request(turns: Sequence[tuple[Any, str]], constraint: Any, budget: int, candidates: int = 1) -> Request:
    from dtc_local.engine.base import Message, Request, Sampling

    messages = tuple(Message(role, (text,)) for role, text in turns)
    return Request(messages, constraint, Sampling(temperature=1.0, n=candidates), budget, "trial")


def _run(engine: LlamaEngine, requests: Sequence[Request]) -> list[Completion]:
    for request in requests:
        engine.submit(request)
    done: list[Completion] = []
    while finished := engine.poll():
        done += [completion for one in finished for completion in one.completions]
    return done


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    result = work()
    return result, max(time.perf_counter() - began, 1e-6)
