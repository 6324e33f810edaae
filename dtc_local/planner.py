"""What a run will take, said before it starts: memory, length of prompts, tokens, hours.

Knows the model's header, the settings, the tools on offer and what is on record (speeds of the model, past runs with
it); loads nothing and writes nothing. Estimates come from past runs with the same model where there are some, else
from the constants below, which the plan then says. A run that cannot fit into the memory is refused with the option
that would make it fit; a prompt that may outgrow the context is only foretold, since it costs its conversation alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dtc_local.engine import memory
from dtc_local.errors import UserError

if TYPE_CHECKING:
    from dtc_local.engine.header import Header
    from dtc_local.records import Json, Tool
    from dtc_local.settings import RunConfig
    from dtc_local.store import Run, Store

CHARACTERS = {"plan": 170, "ask": 160, "verify": 170, "execute": 150, "respond": 180, "judge": 20}
"""What one candidate of a stage is long, in characters."""
PACKED = 3.0
"""Characters in a token, where the model's own vocabulary was not tried."""
CALLS = 1.8
"""Calls of a turn."""
BUSY_CALLS = 2
"""Calls of each turn, each of another tool, in a conversation with long prompts."""
REPEATS = 1.2
"""Attempts at a stage, the first included."""
KEPT_SHARE = 0.7
TASK = 2300
"""Characters of a turn that prompts add to what earlier prompts shared: tasks, facts, what was said."""
LONGEST_TASK = 900
BUDGET = 440
"""Tokens that the stage with the longest answers may write."""
SAMPLED = 200
"""Conversations of past runs that are looked at for the share of each stage."""


@dataclass(frozen=True)
class Speed:
    """Tokens a second that a trial of the model measured; 0 where there was none."""

    prefill: float = 0.0
    decode: float = 0.0
    characters_per_token: float = PACKED


@dataclass(frozen=True)
class Past:
    """What past runs with the same model took for each conversation they kept."""

    runs: int
    read: float
    written: float
    seconds: float
    stages: Mapping[str, float]
    """Share of the written text by stage."""


@dataclass(frozen=True)
class RunPlan:
    """The plan of a run; sizes in bytes, tokens for each kept conversation."""

    model: str
    parameters: int
    quantisation: str
    count: int
    tools: int
    width: int
    context: int
    memory: memory.Need
    free: int | None
    widest: int | None
    """Sequences that would fit; None where free memory is unknown."""
    longest_prompt: int
    read: int
    written: int
    stages: dict[str, int]
    basis: str
    seconds: float | None
    """None where no speed is known."""
    advice: tuple[str, ...]

    def as_json(self) -> dict[str, Json]:
        """Everything, with the memory's total."""
        whole = asdict(self)
        return whole | {"memory": whole["memory"] | {"total": self.memory.total}, "advice": list(self.advice)}


def plan_run(
    header: Header,
    config: RunConfig,
    tools: Sequence[Tool],
    width: int | None = None,
    context: int | None = None,
    speed: Speed = Speed(),
    past: Past | None = None,
) -> RunPlan:
    """The plan of a run of `config` over `tools`; nothing is loaded."""
    width, context = width or memory.WIDTH, memory.context_of(header, context)
    free = memory.free_memory()
    longest = longest_prompt(config, tools, speed.characters_per_token)
    read, written, stages = _tokens(config, tools, speed, past)
    return RunPlan(
        model=header.name or header.path.stem,
        parameters=header.parameters,
        quantisation=header.quantisation,
        count=config.count,
        tools=len(tools),
        width=width,
        context=context,
        memory=memory.need(header, width, context),
        free=free,
        widest=None if free is None else memory.widest(header, context, free),
        longest_prompt=longest,
        read=read,
        written=written,
        stages=stages,
        basis=f"{past.runs} past run{'s' if past.runs > 1 else ''} with this model" if past else "typical figures",
        seconds=_seconds(config, read, written, speed, past),
        advice=_advice(header, width, context, longest, free),
    )


def plan_store(
    store: Store, path: Path, config: RunConfig, width: int | None = None, context: int | None = None
) -> RunPlan:
    """The plan of a run over the tools of `store` with the model in `path`, from all that is on record of it."""
    from dtc_local.engine.header import check
    from dtc_local.models_file import entry_of
    from dtc_local.tried import remembered

    header, entry, trial = check(path), entry_of(path), remembered(path)
    if trial:
        speed = Speed(trial.prefill_speed, trial.decode_speed, trial.characters_per_token)
    else:
        speed = Speed(entry.prefill_speed, entry.decode_speed) if entry else Speed()
    past = past_runs(store, entry.sha256 if entry else "", header.name or path.stem)
    return plan_run(header, config, store.tools(*config.namespaces), width, context, speed, past)


def require_room(header: Header, width: int | None, context: int | None) -> None:
    """Raises UserError if the model cannot fit into the free memory, naming the options with which it would."""
    width, context = width or memory.WIDTH, memory.context_of(header, context)
    free = memory.free_memory()
    needed = memory.need(header, width, context).total
    if free is not None and needed > free:
        raise UserError(
            f"{header.path} needs about {size(needed)} of memory for {width} sequences of {context} tokens,"
            f" and {size(free)} are free.",
            _way_out(header, width, context, free),
        )


def longest_prompt(config: RunConfig, tools: Sequence[Tool], packed: float = PACKED) -> int:
    """Tokens of the longest prompt to expect, with room for its answer: the wordiest tools, all turns, all busy."""
    from dtc_local import prompts
    from dtc_local.prompts.signature import signatures

    offered = min(len(tools), config.turns_max * BUSY_CALLS + config.distractors)
    wordiest = sorted((len(signatures([tool])) for tool in tools), reverse=True)[:offered]
    frame = len(prompts.system((), "2025-01-01", config.rules))
    turn = CHARACTERS["ask"] + BUSY_CALLS * (CHARACTERS["plan"] + CHARACTERS["execute"]) + CHARACTERS["respond"]
    return int((frame + sum(wordiest) + config.turns_max * turn + LONGEST_TASK) / packed) + BUDGET


def past_runs(store: Store, sha256: str, name: str) -> Past | None:
    """What is on record of runs with this model; by its digest, or by its name where the digest is unknown."""
    known = [run for run in store.runs() if (run.model_sha256 == sha256 if sha256 else run.model == name)]
    runs = [(run, *store.spent(run), len(store.kept_indices(run))) for run in known]
    told = [(run, seconds, tokens, kept) for run, seconds, tokens, kept in runs if kept and tokens]
    if not told:
        return None
    kept = sum(one[3] for one in told)
    return Past(
        runs=len(told),
        read=sum(tokens.get("evaluated", 0) for _, _, tokens, _ in told) / kept,
        written=sum(tokens.get("sampled", 0) + tokens.get("forced", 0) for _, _, tokens, _ in told) / kept,
        seconds=sum(seconds for _, seconds, _, _ in told) / kept,
        stages=_shares(store, told[-1][0]),
    )


def readable(plan: RunPlan) -> str:
    """The plan in words."""
    need = plan.memory
    stages = ", ".join(f"{stage} {count}" for stage, count in plan.stages.items())
    lines = [
        f"Model    {plan.model}, {count_words(plan.parameters)} parameters, {plan.quantisation}",
        f"Memory   {size(need.total)}: weights {size(need.weights)}, {plan.width} sequences of {plan.context} tokens"
        f" and kept prefixes {size(need.cache)}, {size(need.work)} besides",
        f"         {_room(plan)}",
        f"Prompts  up to about {plan.longest_prompt} tokens with their answer; the context holds {plan.context}",
        f"Tokens   about {plan.read} read and {plan.written} written for a kept conversation, from {plan.basis}",
        f"         written: {stages}",
        f"Time     {_time(plan)}",
    ]
    return "\n".join([*lines, *plan.advice])


def size(amount: float) -> str:
    """`6.4 MB`, `12.3 GB`."""
    return f"{amount / 1e9:.1f} GB" if amount >= 1e9 else f"{amount / 1e6:.1f} MB"


def count_words(number: int) -> str:
    """`5.9 M`, `7.2 B`."""
    return f"{number / 1e9:.1f} B" if number >= 1e9 else f"{number / 1e6:.1f} M"


def _tokens(
    config: RunConfig, tools: Sequence[Tool], speed: Speed, past: Past | None
) -> tuple[int, int, dict[str, int]]:
    """Tokens read, tokens written, and those by stage, for each kept conversation."""
    if past:
        shares = past.stages or {"all stages": 1.0}
        return round(past.read), round(past.written), {name: round(past.written * s) for name, s in shares.items()}
    turns = (config.turns_min + config.turns_max) / 2
    candidates = {
        "plan": turns * config.plan_candidates,
        "ask": turns * config.ask_candidates,
        "verify": turns * config.verify_samples,
        "execute": turns * CALLS,
        "respond": turns * config.reply_candidates,
        "judge": config.judge_votes / REPEATS,
    }
    started = 1 / KEPT_SHARE
    packed = speed.characters_per_token
    stages = {name: round(started * REPEATS * n * CHARACTERS[name] / packed) for name, n in candidates.items()}
    read = started * (_offer(config, tools) + turns * REPEATS * TASK) / packed
    return round(read), sum(stages.values()), stages


def _offer(config: RunConfig, tools: Sequence[Tool]) -> float:
    """Characters of the system message with a typical offer."""
    from dtc_local.prompts.signature import signatures

    mean = sum(len(signatures([tool])) for tool in tools) / max(1, len(tools))
    return 150 + len(config.rules) + mean * min(len(tools), config.turns_min + 1 + config.distractors)


def _seconds(config: RunConfig, read: int, written: int, speed: Speed, past: Past | None) -> float | None:
    if past and past.seconds:
        return round(config.count * past.seconds, 1)
    if not (speed.prefill and speed.decode):
        return None
    return round(config.count * (read / speed.prefill + written / speed.decode), 1)


def _advice(header: Header, width: int, context: int, longest: int, free: int | None) -> tuple[str, ...]:
    advice = []
    if free is not None and memory.need(header, width, context).total > free:
        advice.append(f"This does not fit into the free memory. {_way_out(header, width, context, free)}")
    if longest > context:
        larger = f"--context {longest}, " if longest <= header.context_length else ""
        advice.append(
            f"Some prompts may outgrow the context; their conversations are dropped. Use {larger}fewer --distractors"
            " or fewer --turns."
        )
    return tuple(advice)


def _way_out(header: Header, width: int, context: int, free: int) -> str:
    """The options that make the model fit."""
    narrower = memory.widest(header, context, free, most=width - 1)
    if narrower:
        return f"Use --width {narrower}."
    for shorter in (one for one in memory.TESTED if one < context):
        if memory.need(header, 1, shorter).total <= free:
            return f"Use --width 1 --context {shorter}."
    return "Use a smaller model, or the same one quantised further."


def _shares(store: Store, run: Run) -> dict[str, float]:
    """Share of each stage in the text that a run's first conversations took."""
    lengths: dict[str, int] = {}
    for summary in store.summaries(run)[:SAMPLED]:
        for candidate in store.candidates(summary.id):
            lengths[candidate.stage] = lengths.get(candidate.stage, 0) + len(candidate.text)
    whole = sum(lengths.values())
    return {stage: lengths[stage] / whole for stage in CHARACTERS if lengths.get(stage)} if whole else {}


def _room(plan: RunPlan) -> str:
    if plan.free is None or plan.widest is None:
        return "how much is free is not known here"
    more = " or more" if plan.widest == memory.MOST else ""
    return f"{size(plan.free)} are free: room for {plan.widest}{more} sequences"


def _time(plan: RunPlan) -> str:
    if plan.seconds is None:
        return "unknown: this model's speed is not on record; dtc-local models check MODEL measures it"
    minutes = plan.seconds / 60
    words = f"{minutes / 60:.1f} hours" if minutes >= 90 else f"{max(1, round(minutes))} min"
    return f"about {words} for {plan.count} kept conversation{'s' if plan.count > 1 else ''}"
