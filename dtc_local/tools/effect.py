"""Whether a tool reads, writes or destroys, from its verb when its spec does not say."""

from __future__ import annotations

import re

from dtc_local.records import Effect, Schema
from dtc_local.tools.words import bag, tokens

DESTRUCTIVE = bag(
    "delete remove destroy drop purge erase clear wipe cancel rm rmdir unlink uninstall revoke terminate kill reset "
    "discard truncate forget flush ban archive deactivate expire unsubscribe"
)
_BARE_RESULTS = ("result", "value", "answer", "sum", "product")
WRITE = bag(
    "create update add set send post put edit modify change insert write upload make book buy pay order submit "
    "register start stop open close resolve assign move copy rename save store push commit merge publish schedule "
    "reserve transfer withdraw deposit place apply activate enable disable lock unlock turn press fill adjust "
    "reply forward comment follow unfollow like mark approve reject invite join leave log login logout sign "
    "authenticate execute run trigger request fork star unstar dismiss replace append patch sync import install "
    "mkdir touch mv cp echo checkout rent return restock receive ship confirm reschedule toggle launch record "
    "play pause mention retweet tag move increase decrease release engage attach detach link subscribe manage "
    "build deploy restart refund exchange redeem issue raise report"
)
READ = bag(
    "get list search read show view find check fetch query lookup look count describe display compute calculate "
    "calc convert estimate compare validate verify track browse retrieve select filter sort summarize summarise "
    "analyze analyse predict detect recommend suggest translate download export print preview inspect status diff "
    "grep cat ls pwd cd wc du head tail tree load monitor is has can exist determine measure identify explain "
    "think parse extract split round locate generate"
)


def effect_of(name: str, description: str, parameters: Schema, output: Schema | None) -> Effect:
    """By the first verb of the name, else the last, else one that begins a sentence of the description; else read.

    A tool that makes one number of numbers computes, whatever its verb: `add(a, b) -> result` stores nothing.
    """
    if _computes(parameters, output):
        return "read"
    words = tokens(name)
    found = _effect(words[:1]) or _effect(words[-1:]) or _effect(words)
    if found is None or (found == "write" and words[0] not in WRITE):
        found = _effect(_opening_verbs(description)) or found
    return found or "read"


def _computes(parameters: Schema, output: Schema | None) -> bool:
    inputs = list(parameters["properties"].values())
    results = list(((output or {}).get("properties") or {}).items())
    bare = len(results) == 1 and results[0][0] in _BARE_RESULTS and results[0][1]["type"] in ("number", "integer")
    return bare and bool(inputs) and all(schema["type"] in ("number", "integer", "array") for schema in inputs)


def _effect(words: tuple[str, ...]) -> Effect | None:
    for word in words:
        if word in DESTRUCTIVE:
            return "destructive"
        if word in READ:
            return "read"
        if word in WRITE:
            return "write"
    return None


def _opening_verbs(description: str) -> tuple[str, ...]:
    """First words of the sentences, and of what follows a colon, in the bare form of the verb."""
    return tokens(" ".join(re.findall(r"(?:^|[.:!]\s+)([A-Z][a-z]+)", description)))
