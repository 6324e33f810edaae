"""The figures of a run as short tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.records import Json

WIDTH = 100
NAMED = 5
"""Names shown of what was never touched."""
BAR = 30


def tables(statistics: dict[str, Json]) -> str:
    """All tables, each under a line that says what it is."""
    parts = (_mix, _coverage, _yield, _solve_rate, _soundness)
    return "\n\n".join("\n".join(part(statistics)) for part in parts)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) if not place else cell.rjust(width) for place, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in (header, *rows))
    ]


def percent(share: float | None) -> str:
    """`12.5%`; a dash where there is nothing to share."""
    return "-" if share is None else f"{share:.1%}"


def _mix(statistics: dict[str, Json]) -> Iterator[str]:
    mix = statistics["mix"]
    rows = [(kind, percent(one["asked"]), percent(one["met"]), str(one["turns"])) for kind, one in mix.items()]
    yield from table(("Mix of turns", "asked", "met", "turns"), rows)
    yield from (_cut(f"  {kind}: {one['why']}") for kind, one in mix.items() if one["why"])


def _coverage(statistics: dict[str, Json]) -> Iterator[str]:
    yield "Coverage"
    for what, counts in statistics["coverage"].items():
        if counts["of"] is None:
            yield f"  {what:<20} {counts['touched']:>5}  of an unknown number: other tools are on offer now"
            continue
        line = f"  {what:<20} {counts['touched']:>5} of {counts['of']:<5}"
        missed = counts["of"] - counts["touched"]
        yield line + (f"  never: {_some(counts['never'], missed, WIDTH - len(line) - 9)}" if missed else "")


def _some(names: Sequence[str], number: int, room: int) -> str:
    """As many of the names as there is room for, and how many more there are."""
    for shown in range(min(NAMED, len(names)), 0, -1):
        more = f" and {number - shown} more" if shown < number else ""
        said = ", ".join(names[:shown]) + more
        if len(said) <= room:
            return said
    return f"{number} of them"


def _yield(statistics: dict[str, Json]) -> Iterator[str]:
    came = statistics["yield"]
    yield f"Yield: {came['kept']} kept of {came['started']} started"
    rows = [
        (f"  {one['stage']}", str(one["written"]), str(one["accepted"]), str(sum(one["lost"].values())))
        for one in came["stages"]
    ]
    yield from table(("  stage", "written", "accepted", "lost"), rows)
    for one in came["stages"]:
        for what, counts in (("lost", one["lost"]), ("refused", one["refused"])):
            if counts:
                yield _cut(f"  {one['stage']} {what}: {_counts(counts)}")


def _solve_rate(statistics: dict[str, Json]) -> Iterator[str]:
    rate, implicit = statistics["solve_rate"], statistics["implicit"]
    yield f"Left unsaid: {implicit['unsaid']} of {implicit['calls']} calls ({percent(implicit['share'])})"
    yield f"Solve rate: {percent(rate['mean'])} in {rate['turns']} turns, {rate['unverified']} not verified"
    most = max((one["turns"] for one in rate["histogram"]), default=0)
    for one in rate["histogram"]:
        if one["turns"]:
            bar = "#" * max(1, round(BAR * one["turns"] / most))
            yield f"  {one['from']:.1f} to {one['to']:.1f}  {bar} {one['turns']}"


def _soundness(statistics: dict[str, Json]) -> Iterator[str]:
    found, judge = statistics["contradictions"], statistics["judge"]
    yield f"Contradictions: {found['violations']} in {found['conversations']} kept, {found['per_100']:g} in 100"
    broken = {rule: count for rule, count in statistics["rules"].items() if count}
    if broken:
        yield _cut(f"  Rules broken: {_counts(broken)}")
    yield _cut(f"Judge: {judge['judged']} judged; votes: {_counts(judge['votes']) or 'none'}")
    if judge["judged"]:
        rows = [
            (f"  judge {fate}", str(judge[fate]["sound"]), str(judge[fate]["unsound"])) for fate in ("kept", "dropped")
        ]
        yield from table(("  beside the rules", "sound", "unsound"), rows)
        yield f"  They agree on {percent(judge['agreement'])}."


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 3]}..."
