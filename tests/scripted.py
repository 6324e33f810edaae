"""An engine whose words come from a function: request in, candidate texts out.

It keeps the engine's promises: only texts that the constraint accepts are "accepted", and a completion does not
depend on its neighbours. Width and order of finishing are the test's to choose.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from dtc_local.engine.base import Completion, Finished, ModelInfo, Request, Usage
from tests.samples import MODEL
from tests.stages.grammars import accepts, compiled

Script = Callable[[Request], Sequence[str]]


class Scripted:
    """Answers each request with what the script says; `order` shuffles which of the open requests finish next."""

    def __init__(self, script: Script, width: int = 4, order: int | None = None, model: ModelInfo = MODEL) -> None:
        self.script = script
        self.width = width
        self.model = model
        self.usage = Usage()
        self.requests: list[Request] = []
        self._order = None if order is None else Random(order)
        self._open: dict[int, Request] = {}

    def submit(self, request: Request) -> int:
        """Queue it."""
        self.requests.append(request)
        self._open[len(self.requests)] = request
        return len(self.requests)

    def cancel(self, ticket: int) -> None:
        """Forget a request."""
        self._open.pop(ticket, None)

    def poll(self) -> Sequence[Finished]:
        """Finish one to three open requests."""
        tickets = list(self._open)
        if self._order is not None:
            self._order.shuffle(tickets)
        return [Finished(ticket, self.completions(self._open.pop(ticket))) for ticket in tickets[:3]]

    def close(self) -> None:
        """Nothing to free."""

    def completions(self, request: Request) -> tuple[Completion, ...]:
        """What one request is answered with."""
        texts = list(self.script(request))
        assert len(texts) == request.sampling.n
        self.usage.sampled_tokens += sum(map(len, texts))
        written = constraint_of(request)
        matcher = compiled(written)
        good = {text: accepts(matcher, text) for text in texts}
        return tuple(
            Completion(
                text,
                (json.loads(text) if isinstance(written, dict) else text) if good[text] else None,
                -0.1 * (position + 1),
                len(text),
                0,
                "accepted" if good[text] else "length",
            )
            for position, text in enumerate(texts)
        )


def constraint_of(request: Request) -> str | dict[str, Any]:
    """The request's JSON Schema or Lark grammar."""
    constraint: Any = request.constraint
    return constraint.definition if hasattr(constraint, "definition") else json.loads(constraint.schema)
