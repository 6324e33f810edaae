"""What comes out: the numbers of each model as one JSON object, a table for people, and the machine they belong to."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from scripts.bench_suite.job import Measured, threads

FLAGS = (
    "sse4_2",
    "avx",
    "avx2",
    "fma",
    "f16c",
    "avx_vnni",
    "avx512f",
    "avx512bw",
    "avx512_vnni",
    "avx512_bf16",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimddp",
    "i8mm",
    "sve",
)
"""Those of a CPU's features that matter to llama.cpp's kernels."""
LIBRARIES = ("llama-cpp-python", "llguidance", "outlines", "numpy", "gguf")
MEANINGS = {
    "outlines": "Outlines + llguidance, one by one",
    "plain": "llama-cpp-python, unconstrained, one by one",
    "raw8": "llama.cpp batches, unconstrained, the same work",
    "raw8_generation": "  its generation alone",
    "batched_bench8": "llama-batched-bench, the same work",
    "batched_bench8_generation": "  its generation alone",
    "ours8_json": "this engine, 8 sequences, JSON requests only",
    "server8_json": "  llama-server -np 8, the same requests",
    "server8_free": "  the same requests without a constraint",
}


def machine() -> dict[str, Any]:
    """CPU, cores, versions, and how llama.cpp was built."""
    return {
        "cpu": _cpuinfo("model name") or platform.processor() or platform.machine(),
        "flags": [flag for flag in FLAGS if flag in (_cpuinfo("flags") or _cpuinfo("Features")).split()],
        "cores": os.cpu_count(),
        "threads": threads(),
        "system": platform.platform(),
        "load": os.getloadavg()[0],
        "llama_cpp_build": _build(),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in LIBRARIES},
        "GOMP_SPINCOUNT": os.environ.get("GOMP_SPINCOUNT", ""),
    }


def _cpuinfo(name: str) -> str:
    path = Path("/proc/cpuinfo")
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.split(":")[0].strip() == name:
            return line.partition(":")[2].strip()
    return ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _build() -> str:
    words = "from llama_cpp import llama_cpp as l; print(l.llama_print_system_info().decode())"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def model_result(found: dict[str, Measured], notes: list[str], about: dict[str, Any]) -> dict[str, Any]:
    """All numbers of one model."""
    result = dict(about)
    result["tokens_per_s"] = {name: round(one.tokens_per_s, 2) for name, one in found.items()}
    bound = {name: one for name, one in found.items() if one.objects is not None}
    result["objects_per_s"] = {name: round((one.objects or 0) / one.seconds, 3) for name, one in bound.items()}
    result["ratios"] = ratios(found)
    result["ways"] = {name: _way(one) for name, one in found.items()}
    result["notes"] = notes
    profile = found["ours8"].details.get("profile") if "ours8" in found else None
    if profile:
        result["profile"] = profile
    return result


def ratios(found: dict[str, Measured]) -> dict[str, float | None]:
    """The numbers that say how good the engine is; None where one side is missing."""
    ours = found.get("ours8")
    made: dict[str, float | None] = {
        "ours8_vs_outlines": _ratio(found, "ours8", "outlines"),
        "ours8_vs_raw8": _ratio(found, "ours8", "raw8"),
        "ours8_vs_server": _ratio(found, "ours8_json", "server8_json"),
        "ours8_vs_outlines_objects": _ratio(found, "ours8", "outlines", objects=True),
        "ours8_vs_server_objects": _ratio(found, "ours8_json", "server8_json", objects=True),
        "worked_ours8_vs_outlines": _worked(found, "ours8", "outlines"),
        "worked_ours8_vs_raw8": _worked(found, "ours8", "raw8"),
        "worked_ours8_vs_server": _worked(found, "ours8_json", "server8_json"),
        "raw8_vs_batched_bench8": _ratio(found, "raw8", "batched_bench8"),
        "prompt_evaluated_share": None,
        "outside_decode_share": None,
        "forced_share": None,
    }
    if ours is not None:
        details = ours.details
        made["prompt_evaluated_share"] = round(details["evaluated_tokens"] / details["prompt_tokens"], 4)
        made["outside_decode_share"] = round(1 - details["decode_seconds"] / ours.seconds, 4)
        generated = details["forced_tokens"] + details["sampled_tokens"]
        made["forced_share"] = round(details["forced_tokens"] / generated, 4)
    return made


def _ratio(found: dict[str, Measured], one: str, other: str, objects: bool = False) -> float | None:
    if one not in found or other not in found:
        return None
    left, right = found[one], found[other]
    if not objects:
        return round(left.tokens_per_s / right.tokens_per_s, 3) if right.tokens else None
    if not right.objects or left.objects is None:
        return None
    return round(left.objects / left.seconds * right.seconds / right.objects, 3)


def _worked(found: dict[str, Measured], one: str, other: str) -> float | None:
    """Like the ratio of tokens a second, in tokens a processor second: on a busy machine it says more."""
    if one not in found or other not in found:
        return None
    left, right = found[one], found[other]
    if not left.worked or not right.worked or not right.tokens:
        return None
    return round(left.tokens / left.worked * right.worked / right.tokens, 3)


def _way(one: Measured) -> dict[str, Any]:
    known = {name: value for name, value in one.details.items() if name not in ("lengths", "profile")}
    known = {name: round(value, 3) if isinstance(value, float) else value for name, value in known.items()}
    counts = {"seconds": round(one.seconds, 3), "tokens": one.tokens, "candidates": one.candidates}
    if one.worked is not None:
        counts["worked_seconds"] = round(one.worked, 3)
    if one.objects is not None:
        counts |= {"objects": one.objects, "wrong": one.wrong, "cut": one.candidates - one.objects - one.wrong}
    return counts | known


def table(result: dict[str, Any]) -> str:
    """The whole result for people."""
    described = result["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in described["versions"].items())
    lines = [
        f"{described['cpu']} ({' '.join(described['flags'])}), {described['cores']} cores, "
        f"{described['threads']} threads, load {described['load']:.1f} at the start",
        f"llama.cpp: {described['llama_cpp_build']}",
        versions,
    ]
    for name, model in result["models"].items():
        lines += ["", *model_table(name, model)]
    return "\n".join(lines)


def model_table(name: str, model: dict[str, Any]) -> list[str]:
    """Rows of one model."""
    lines = [
        f"{name}: {model['bytes'] / 1e6:.0f} MB, {model['mode']} constraints",
        f"  {'':<50}{'tokens/s':>9}{'objects/s':>10}{'candidates':>11}{'ended':>7}{'wrong':>6}",
    ]
    for way, rate in model["tokens_per_s"].items():
        row, words = (
            model["ways"][way],
            MEANINGS.get(way) or f"this engine, {way.removeprefix('ours')} sequence{'s'[: way != 'ours1']}",
        )
        objects = f"{model['objects_per_s'][way]:.2f}" if way in model["objects_per_s"] else ""
        ended = f"{(row['objects'] + row['wrong']) / row['candidates']:.0%}" if objects else ""
        wrong = str(row["wrong"]) if objects else ""
        lines.append(f"  {words:<50}{rate:>9.1f}{objects:>10}{row['candidates']:>11}{ended:>7}{wrong:>6}")
    lines.append("  " + ", ".join(f"{key} {value}" for key, value in model["ratios"].items() if value is not None))
    lines += [f"  {note}" for note in model["notes"]]
    if "profile" in model:
        lines += ["", "  Where the time of this engine goes, 8 sequences:", *_profile_table(model["profile"])]
        row = model["ways"]["ours8"]
        needed = row["evaluated_tokens"] + row["tokens"]
        decoded = model["profile"]["decoded_tokens"]
        lines.append(
            f"  llama_decode was given {decoded} tokens; {needed} were prompt or generated, the rest is padding"
        )
    return lines


def _profile_table(profile: dict[str, Any]) -> list[str]:
    whole = profile["seconds"]
    rows = sorted(profile["parts"].items(), key=lambda item: -item[1]["seconds"])
    return [
        f"  {part:<24}{row['seconds']:>9.2f} s{row['seconds'] / whole:>8.1%}{row['cpu_seconds']:>9.2f} s worked"
        + (f"{row['cpu_seconds'] / row['calls'] * 1e6:>9.0f} us x {row['calls']}" if row["calls"] else "")
        for part, row in rows
    ]
