"""The trained network as a GGUF file that llama.cpp loads: architecture qwen2, matrices in Q8_0, tied embeddings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np
from gguf.quants import quantize
from numpy.typing import NDArray

from dtc_local.prompts import PROMPT_VERSION
from seed_model.network import Network, Shape
from seed_model.tokenizer import CHAT_TEMPLATE, END_OF_TEXT, PRE, SPECIALS, TURN_END, Segments

NAME = "dtc-local seed"
DESCRIPTION = "Small model for synthetic tool-calling conversations, trained from rules alone."
LICENSE = "Apache-2.0"
_LAYER_NAMES = {
    "attention_norm.weight": "attn_norm.weight",
    "attention.q.weight": "attn_q.weight",
    "attention.q.bias": "attn_q.bias",
    "attention.k.weight": "attn_k.weight",
    "attention.k.bias": "attn_k.bias",
    "attention.v.weight": "attn_v.weight",
    "attention.v.bias": "attn_v.bias",
    "attention.o.weight": "attn_output.weight",
    "hidden_norm.weight": "ffn_norm.weight",
    "gate.weight": "ffn_gate.weight",
    "up.weight": "ffn_up.weight",
    "down.weight": "ffn_down.weight",
}
"""Torch's names within a layer, and GGUF's."""


def write(path: Path, network: Network, segments: Segments, description: str = DESCRIPTION) -> None:
    """Write the file beside its place, then move it there, so that nobody reads half a model."""
    partial = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(partial, "qwen2")
    writer.add_name(NAME)
    writer.add_license(LICENSE)
    writer.add_description(description)
    writer.add_string("dtc_local.prompt_version", PROMPT_VERSION)
    _add_shape(writer, network.shape)
    _add_tokenizer(writer, segments)
    for name, values in tensors(network):
        if values.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(partial, path)


def tensors(network: Network) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Every tensor under GGUF's name; the output matrix is the embedding and left out."""
    for name, parameter in network.state_dict().items():
        values = parameter.detach().float().cpu().numpy()
        if name == "embedding.weight":
            yield "token_embd.weight", values
        elif name == "norm.weight":
            yield "output_norm.weight", values
        else:
            _, layer, rest = name.split(".", 2)
            yield f"blk.{layer}.{_LAYER_NAMES[rest]}", values


def _add_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_freq_base(shape.theta)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)


def _add_tokenizer(writer: gguf.GGUFWriter, segments: Segments) -> None:
    """Tokens in the order of their ids, merges in the order they were learned."""
    tokenizer = segments.tokenizer
    tokens = [str(tokenizer.id_to_token(i)) for i in range(tokenizer.get_vocab_size())]
    kinds = [gguf.TokenType.CONTROL if token in SPECIALS else gguf.TokenType.NORMAL for token in tokens]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(PRE)
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])
    writer.add_eos_token_id(segments.special(TURN_END))
    writer.add_pad_token_id(segments.special(END_OF_TEXT))
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
