"""Texts to vectors, with a GGUF embedding model in this process.

One text is one decode of its own, so that a vector is a function of text, file, build and kind of machine: equal texts
give equal bytes, whatever was asked before. How tokens are pooled to one vector is what the file says; a file that
says nothing is a model that writes text, and its vectors would mean little.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtc_local.engine.architectures import cannot_embed
from dtc_local.engine.binding import Model
from dtc_local.engine.header import Header, check
from dtc_local.errors import DecodeError, UserError

LENGTH = 512
"""Most tokens of a text; what is longer is cut."""
USE = "Give a GGUF embedding model, such as nomic-embed-text or bge-small."
POOLED = (1, 2, 3)
"""llama.cpp's mean, first and last token; 0 is none, 4 is a ranking."""


class Embedder:
    """An embedding model; close it, or use it in a `with` block."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        header = check(path, cannot_embed, USE)
        _check_pooling(header)
        self._model = Model(path)
        self._lib = lib = self._model.lib
        self._length = min(LENGTH, self._model.context_length)
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = self._length
        params.n_seq_max = 1
        params.n_threads = params.n_threads_batch = threads or os.cpu_count() or 1
        params.embeddings = True
        params.no_perf = True
        # As in `binding.Context`: a build with GPU support must not use it here and there.
        params.offload_kqv = params.op_offload = False
        self._pointer = lib.llama_init_from_model(self._model.pointer, params)
        if not self._pointer:
            self._model.close()
            raise UserError(f"llama.cpp cannot embed with {path}.", USE)
        self.width = int(lib.llama_model_n_embd(self._model.pointer))

    def __enter__(self) -> Embedder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the context and the weights."""
        if self._pointer:
            self._lib.llama_free(self._pointer)
            self._pointer = None
        self._model.close()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 for each text; raises DecodeError where the model gives none."""
        rows = {text: self._row(text) for text in dict.fromkeys(texts)}
        return np.array([rows[text] for text in texts], np.float32).reshape(len(texts), self.width)

    def _row(self, text: str) -> NDArray[np.float32]:
        tokens = self._tokens(text)
        memory = self._lib.llama_get_memory(self._pointer)
        if memory:
            self._lib.llama_memory_clear(memory, True)
        batch = self._lib.llama_batch_get_one(tokens, len(tokens))
        code = self._lib.llama_decode(self._pointer, batch)
        found = self._lib.llama_get_embeddings_seq(self._pointer, 0) if code == 0 else None
        if not found:
            raise DecodeError(f"llama.cpp could not embed a text of {len(tokens)} tokens (code {code}).")
        row = np.ctypeslib.as_array(found, (self.width,)).astype(np.float64)
        norm = float(np.linalg.norm(row))
        if not np.isfinite(norm) or norm == 0:
            raise DecodeError(f"The vector of {text[:40]!r} has the length {norm}.")
        return (row / norm).astype(np.float32)

    def _tokens(self, text: str) -> Any:
        """Token ids with the marks the model wants around them, never none and never too many."""
        data = (text or " ").encode("utf-8", errors="replace")
        ids = (ctypes.c_int32 * (len(data) + 8))()
        count = self._lib.llama_tokenize(self._model.vocab, data, len(data), ids, len(ids), True, False)
        if count < 1:
            raise DecodeError(f"llama.cpp could not tokenise a text of {len(data)} bytes.")
        kept = ids[: min(count, self._length)]
        if count > self._length:
            kept[-1] = ids[count - 1]  # the closing mark stays
        return (ctypes.c_int32 * len(kept))(*kept)


def _check_pooling(header: Header) -> None:
    pooling = header.keys.get(f"{header.architecture}.pooling_type")
    if pooling not in POOLED:
        wrong = "ranks texts in pairs" if pooling == 4 else "says nowhere how it pools tokens: it is no embedding model"
        raise UserError(f"{header.path} {wrong}.", USE)
