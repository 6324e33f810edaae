"""Which architectures of GGUF files llama.cpp can run, and which of them the engine cannot use.

The names are those that the pinned llama.cpp knows (its `llama-arch.cpp`); a newer one may know more. The engine
shares prefixes by cutting a sequence's state back to a length, which a recurrent state cannot do, and it writes one
token after another, which encoders and diffusion models do not.
"""

from __future__ import annotations


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


RECURRENT = _names("arwkv7 mamba mamba2 rwkv6 rwkv6qwen2 rwkv7")
HYBRID = _names(
    """
    bailingmoe3 deepseek4 falcon-h1 glm5-next granitehybrid jamba kimi-k3 kimi-linear lfm2 lfm2moe minimax-01
    nemotron_h nemotron_h_moe plamo2 qwen35 qwen35moe qwen3next qwen4exp
    """
)
"""Some of their layers are recurrent."""
DIFFUSION = _names("dream llada llada-moe rnd1")
ENCODERS = _names(
    """
    bert eurobert gemma-embedding jina-bert-v2 jina-bert-v3 llama-embed modern-bert neo-bert nomic-bert nomic-bert-moe
    """
)
"""They turn a text into a vector."""
OTHER = ENCODERS | _names("clip dflash eagle3 gemma4-assistant pockettts qwen3tts t5 t5encoder wavtokenizer-dec")
"""Encoders, drafting heads, parts of image and speech models."""
TRANSFORMERS = _names(
    """
    afmoe apertus arcee arctic baichuan bailingmoe bailingmoe2 bitnet bloom chameleon chatglm codeshell cogvlm cohere2
    cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr deepseek32 dots1 dots3note ernie4_5 ernie4_5-moe
    exaone exaone-moe exaone4 falcon gemma gemma2 gemma3 gemma3n gemma4 glm-dsa glm4 glm4moe gpt-oss gpt2 gptj gptneox
    granite granite_swa granitemoe graniteswitch grok grovemoe hrm_text hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 hy_v4
    internlm2 jais jais2 laguna llama llama4 maincoder maple mellum mimo2 minicpm minicpm3 minimax-m2 minimax-m3
    mistral3 mistral4 mpt muse-glimmer nanbeige nemotron olmo olmo2 olmoe openelm orion paddleocr pangu-embedded phi2
    phi3 phimoe plamo plamo3 plm qwen qwen2 qwen2moe qwen2vl qwen3 qwen3moe qwen3vl qwen3vlmoe refact seed_oss
    smallthinker smollm3 spark2_5 stablelm starcoder starcoder2 step35 talkie xverse
    """
)
USE = "Use a pure transformer, such as Qwen 2.5 or 3, Llama, Mistral, Gemma, Phi or Granite 3."


def unusable(architecture: str) -> str:
    """Why the engine cannot use models of this architecture; empty if it can."""
    if architecture in RECURRENT:
        return "recurrent: its state cannot be cut back to a shared prefix"
    if architecture in HYBRID:
        return "hybrid, with recurrent layers whose state cannot be cut back to a shared prefix"
    if architecture in DIFFUSION:
        return "a diffusion model, which does not write one token after another"
    if architecture in OTHER:
        return "no model that writes text"
    return "" if architecture in TRANSFORMERS else "unknown to this llama.cpp"


def cannot_embed(architecture: str) -> str:
    """Why texts cannot be embedded with models of this architecture; empty if they can."""
    return "" if architecture in ENCODERS | TRANSFORMERS else "no embedding model that this llama.cpp knows"
