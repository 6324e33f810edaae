"""llama.cpp behind two Python objects that free what they own: a model with its vocabulary, and a context.

The only file that touches `llama_cpp`. Knows pointers, batches and the order of logits; does not know prompts,
constraints or sampling. Invariant: every row of `Context.logits` belongs to the last decode; views die with the next.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dtc_local.engine.quantisation import BLOCKS
from dtc_local.errors import DecodeError, UserError

UBATCH = 512
_BUFFER = 16 * 1024
_SAME_REPACKED = frozenset(("Q4_0", "IQ4_NL"))
"""Tensor types whose repacked kernels on x86 give the same bits for any number of tokens."""
_NOT_REPACKED = frozenset(("F32", "F16", "BF16", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q3_K", "Q5_K", "Q6_K"))
"""Tensor types that llama.cpp leaves as they are on x86."""


class BatchFailed(DecodeError):
    """llama.cpp could not decode a batch, for want of memory or cells; what it holds of its sequences is unknown."""


@cache
def _library() -> Any:
    """The `llama_cpp.llama_cpp` module with a silent log callback that is never collected."""
    # Threads that spin long at OpenMP barriers become a hundred times slower when another program wants a core; those
    # that never spin are half as fast when none does.
    # libgomp reads this when llama.cpp is loaded; a user's own setting wins.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    # The kernels for K-quants sum in another order than the plain ones, and by default only serve 8 tokens or more.
    os.environ.setdefault("GGML_CPU_TILED_MM_FORCE", "1")
    from llama_cpp import llama_cpp

    llama_cpp.llama_log_set(_silent(llama_cpp), ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    return llama_cpp


@cache
def _silent(lib: Any) -> Any:
    """A log callback that says nothing. llama.cpp keeps the raw pointer: once collected, the next line would crash."""
    return lib.llama_log_callback(lambda level, text, user_data: None)


def _may_repack(system: bytes, kinds: Collection[int]) -> bool:
    """Whether llama.cpp may lay weights out anew for this processor: Q4_0 becomes half as fast again.

    Not where that changes bits by the number of tokens: repacked Q4_K, AMX tiles, and what was not tried.
    """
    names = {BLOCKS[kind].name for kind in kinds}
    proven = b"AVX2 = 1" in system and b"AMX_INT8 = 1" not in system
    return proven and not names.isdisjoint(_SAME_REPACKED) and names <= _SAME_REPACKED | _NOT_REPACKED


class Model:
    """A GGUF file in memory and its vocabulary."""

    def __init__(self, path: Path, gpu_layers: int = 0, vocab_only: bool = False, kinds: Collection[int] = ()) -> None:
        """Load `path`; `kinds` are the types of its tensors, where they are known (see `Header.kinds`)."""
        self.lib = lib = _library()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers
        params.vocab_only = vocab_only
        params.use_extra_bufts = _may_repack(lib.llama_print_system_info(), kinds)
        self.path = path
        self.pointer = lib.llama_model_load_from_file(str(path).encode(), params)
        if not self.pointer:
            raise UserError(f"llama.cpp cannot load {path}.", "Check that the file is a complete GGUF language model.")
        if lib.llama_model_is_recurrent(self.pointer) or lib.llama_model_is_hybrid(self.pointer):
            raise UserError(
                f"{path} is a recurrent or hybrid model, whose state cannot be cut back to a shared prefix.",
                "Use a pure transformer, such as Qwen, Llama, Mistral or Granite 3.",
            )
        self.vocab = lib.llama_model_get_vocab(self.pointer)
        self.vocabulary_size = int(lib.llama_vocab_n_tokens(self.vocab))
        self.context_length = int(lib.llama_model_n_ctx_train(self.pointer))
        self.parameters = int(lib.llama_model_n_params(self.pointer))
        self.end_ids = tuple(t for t in range(self.vocabulary_size) if lib.llama_vocab_is_eog(self.vocab, t))
        self._buffer = ctypes.create_string_buffer(_BUFFER)

    def tokenize(self, text: str, special: bool) -> list[int]:
        """Token ids of `text`, without BOS; only with `special` may it contain control tokens."""
        data = text.encode("utf-8", errors="replace")
        ids = (ctypes.c_int32 * (len(data) + 8))()
        count = self.lib.llama_tokenize(self.vocab, data, len(data), ids, len(ids), False, special)
        if count < 0:
            raise DecodeError(f"llama.cpp could not tokenise a text of {len(data)} bytes.")
        return ids[:count]

    def piece(self, token: int) -> bytes:
        """Bytes of one token; control tokens have none."""
        count = self.lib.llama_token_to_piece(self.vocab, token, self._buffer, _BUFFER, 0, False)
        if count < 0:
            raise DecodeError(f"Token {token} has a text longer than {_BUFFER} bytes.")
        return self._buffer.raw[:count]

    def bos(self) -> int | None:
        """The beginning-of-sequence token if this model wants one."""
        return int(self.lib.llama_vocab_bos(self.vocab)) if self.lib.llama_vocab_get_add_bos(self.vocab) else None

    def control_text(self, token: int) -> str:
        """Text of a control token as templates spell it; empty for the missing token -1."""
        return self.lib.llama_vocab_get_text(self.vocab, token).decode("utf-8", "replace") if token >= 0 else ""

    def metadata(self, key: str) -> str | None:
        """A scalar or string key of the GGUF header as text."""
        for buffer in (self._buffer, ctypes.create_string_buffer(1 << 20)):
            size = self.lib.llama_model_meta_val_str(self.pointer, key.encode(), buffer, len(buffer))
            if size < 0:
                return None
            if size < len(buffer):
                return buffer.value.decode("utf-8", "replace")
        raise UserError(f"The value of {key} in {self.path} is longer than 1 MiB.", "Use another GGUF.")

    def close(self) -> None:
        """Free the weights."""
        if self.pointer:
            self.lib.llama_model_free(self.pointer)
            self.pointer = None


class Context:
    """A decoding context with one KV stream per sequence, and the batch it is fed with.

    Logits are bitwise independent of the batch on a CPU, which five things together make so: streams are separate
    (not `kv_unified`), so that a sequence's keys lie in the order of their positions; whether a token is decoded with
    63 others of its sequence or more, or with fewer, is always the same for it (attention is tiled from 64 on); a
    decode has more than one token (attention over 512 keys is split among threads for one) and more than one output
    (a matrix times one column has another kernel); and no weights are repacked but those of Q4_0 models. `passes` sees
    to the number of tokens, this module to the rest.
    """

    def __init__(self, model: Model, sequences: int, length: int, threads: int, gpu: bool = False) -> None:
        self.lib = lib = model.lib
        params = lib.llama_context_default_params()
        params.n_ctx = sequences * length
        params.n_seq_max = sequences
        params.n_batch = params.n_ubatch = max(UBATCH, sequences)
        params.n_threads = params.n_threads_batch = threads
        params.flash_attn_type = 1
        params.kv_unified = False
        params.no_perf = True
        # Builds with GPU support would otherwise use the GPU for attention and large batches even without GPU layers.
        params.offload_kqv = params.op_offload = gpu
        self.pointer = lib.llama_init_from_model(model.pointer, params)
        if not self.pointer:
            raise UserError(
                f"llama.cpp cannot make a context of {sequences} sequences of {length} tokens for {model.path}.",
                "Ask for a shorter context or a smaller width.",
            )
        self.sequences, self.length, self.size = sequences, int(lib.llama_n_ctx_seq(self.pointer)), params.n_batch
        self.vocabulary_size = model.vocabulary_size
        self._memory = lib.llama_get_memory(self.pointer)
        self._fields, self._batch = _batch(lib, self.size)

    def decode(
        self,
        tokens: Sequence[int],
        positions: Sequence[int],
        sequences: Sequence[int],
        wanted: Sequence[int],
    ) -> NDArray[np.float32]:
        """Decode one batch; `wanted` are the (ascending) indices whose logits are returned, one row each."""
        count = len(tokens)
        outputs = list(wanted)
        if len(outputs) == 1:
            outputs = sorted({*outputs, 0 if outputs[0] else 1})
        fields = self._fields
        fields["token"][:count] = tokens
        fields["pos"][:count] = positions
        fields["seq"][:count] = sequences
        fields["logits"][:count] = 0
        fields["logits"][outputs] = 1
        self._batch.n_tokens = count
        if count < 2:
            raise DecodeError("A batch of a single token would have other logits than a larger one.")
        code = self.lib.llama_decode(self.pointer, self._batch)
        if code != 0:
            raise BatchFailed(f"llama_decode returned {code} for a batch of {count} tokens.")
        if not wanted:
            return np.empty((0, self.vocabulary_size), np.float32)
        pointer = self.lib.llama_get_logits(self.pointer)
        rows = np.ctypeslib.as_array(pointer, (len(outputs), self.vocabulary_size))
        first = outputs.index(wanted[0])
        return rows[first : first + len(wanted)]

    def copy(self, source: int, target: int) -> None:
        """Make `target` hold what `source` holds."""
        self.lib.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def truncate(self, sequence: int, length: int) -> None:
        """Forget all of `sequence` from position `length` on."""
        if not self.lib.llama_memory_seq_rm(self._memory, sequence, length, -1):
            raise DecodeError(f"llama.cpp cannot cut sequence {sequence} at {length}.")

    def close(self) -> None:
        """Free the KV cache."""
        if self.pointer:
            self.lib.llama_free(self.pointer)
            self.pointer = None


def _batch(lib: Any, size: int) -> tuple[dict[str, NDArray[Any]], Any]:
    """NumPy arrays and a `llama_batch` that points at them; the arrays must outlive the batch."""
    fields: dict[str, NDArray[Any]] = {name: np.zeros(size, np.int32) for name in ("token", "pos", "n_seq_id", "seq")}
    fields["logits"] = np.zeros(size, np.int8)
    fields["n_seq_id"][:] = 1
    start = fields["seq"].ctypes.data
    fields["seq_id"] = np.arange(start, start + 4 * size, 4, dtype=np.uintp)
    batch = lib.llama_batch()
    for name in ("token", "pos", "n_seq_id", "seq_id", "logits"):
        kind = dict(lib.llama_batch._fields_)[name]
        setattr(batch, name, ctypes.cast(fields[name].ctypes.data, kind))
    return fields, batch
