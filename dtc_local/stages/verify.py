"""Verify: the blind forward pass. From what the trained assistant would see, predict the calls; compare with the plan.

The reader gets the conversation and all tools on offer, distractors too; neither the plan nor its values. True by
construction: strings are spans of the visible conversation, numbers are numbers it holds, references point to outputs
of calls predicted before. A small model reads with a finder (`finder`). A prediction is equal if it is the same call
graph up to renumbering and order of independent calls, where an argument equal to its schema default may be left out.
Where nothing should be called, the reader must call nothing. The plan stays the gold; a request for which the reader
agrees on another plan, valid as every prediction is, is ambiguous.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.records import Json, LiteralValue, Plan, Reference, Schema, Tool, Turn, Verification
from dtc_local.settings import RunConfig
from dtc_local.stages import finder
from dtc_local.stages.base import Desk, Steps, json_schema
from dtc_local.stages.plan import call_schema
from dtc_local.stages.references import output_paths, parse_reference, value_at
from dtc_local.validation import is_valid
from dtc_local.words import leaves, numbers, spans

LIST_ITEMS = 6
MOST_CALLS = 4
"""Longest prediction; the reader is not told how many calls the plan has."""
NOTHING: tuple[str, ...] = ()
UNREAD = ("unread",)
"""Canonical forms of calling nothing, and of a prediction that was cut off."""


def verify(desk: Desk, plan: Plan, request: str) -> Steps[Verification | None]:
    """Share of blind samples that give the plan back; None if nobody is asked. A plan without calls is given back by
    calling nothing.

    Raises StageFailure: "ambiguous" if more samples agree on another plan, else "not_verified".
    """
    if desk.config.verify == "off":
        return None
    schema = _reading(desk, request)
    gold = canonical(prompts.plan_json(resolved(plan, desk.turns)), desk)
    samples = desk.config.verify_samples
    if schema is None:  # a small reader finds nothing to call
        return _judged(desk, Counter({NOTHING: samples}), gold, samples)
    history = (*prompts.history(desk.turns), prompts.said(request))
    task = prompts.verify(desk.config.abstains and not desk.facts_only)
    blind = desk.request(
        "verify",
        history,
        task,
        json_schema(schema),
        n=samples,
        budget=360,
        key=request,
        good=lambda value: canonical(value, desk) == gold,
        enough=least_equal(desk.config, samples),
    )
    (completions,) = yield (blind,)
    found: Counter[tuple[str, ...]] = Counter()
    read = [completion for completion in completions if completion.tokens]
    for completion in read:
        accepted = completion.finish == "accepted"
        form = canonical(completion.value, desk) if accepted else UNREAD
        found[form] += accepted
        desk.note("verify", completion, "" if form == gold else "not_verified" if accepted else "length")
    return _judged(desk, found, gold, len(read))


def least_equal(config: RunConfig, samples: int) -> int:
    """How many of so many predictions must equal the plan."""
    too_few = max((count for count in range(samples) if count / samples <= config.min_solve_rate), default=0)
    return 1 + max(too_few, samples // 2 if config.verify == "strict" else 0)


def _reading(desk: Desk, request: str) -> Schema | None:
    """What the blind reader may write; None if it can call nothing."""
    if desk.facts_only:
        return finder.calls_schema(desk, request, desk.next_id, MOST_CALLS)
    visible = visible_values(desk.turns, request)
    return verify_schema(desk, desk.next_id, visible, abstain=desk.config.abstains)


def _judged(desk: Desk, found: Counter[tuple[str, ...]], gold: tuple[str, ...], samples: int) -> Verification:
    """Whether the request counts as understood, in the mode that is set; `samples` are those that were read."""
    equal = found[gold]
    rival = max((count for form, count in found.items() if form not in (gold, NOTHING, UNREAD)), default=0)
    verification = Verification(samples=samples, equal=equal)
    if equal < least_equal(desk.config, samples):
        reason = "ambiguous" if rival > max(1, equal) else "not_verified"
        raise StageFailure("verify", reason, "Say more plainly what is wanted.")
    return verification


def visible_values(turns: Sequence[Turn], request: str) -> tuple[list[str], list[float]]:
    """Strings and numbers a reader of the conversation could use as arguments."""
    texts = [text for turn in turns for text in (turn.request, turn.reply)] + [request]
    shown = [leaf for turn in turns for call in turn.executed() for leaf in leaves(call.result)]
    strings = [span for text in texts for span in spans(text)] + [leaf for leaf in shown if isinstance(leaf, str)]
    digits = [number for text in texts for number in numbers(text)]
    digits += [leaf for leaf in shown if not isinstance(leaf, str)]
    return list(dict.fromkeys(strings)), list(dict.fromkeys(digits))


def verify_schema(
    desk: Desk,
    first_id: str,
    visible: tuple[Sequence[str], Sequence[float]],
    most: int = MOST_CALLS,
    abstain: bool = False,
) -> Schema | None:
    """One to `most` calls of the tools on offer, grounded, or none with `abstain`; None if nothing can be called."""
    first = int(first_id[1:])
    positions: list[Schema] = []
    for offset in range(most):
        earlier = [f"${first + k}" for k in range(offset)]
        grounds = _Grounds(visible[0], visible[1], _references(desk, earlier))
        choices = [_grounded_call(f"${first + offset}", tool, grounds) for tool in desk.scenario.offer]
        possible = [choice for choice in choices if choice is not None]
        if not possible:
            break
        positions.append({"anyOf": possible})
    if not positions:
        return None
    return {
        "type": "array",
        "prefixItems": positions,
        "items": False,
        "minItems": 0 if abstain else 1,
        "maxItems": len(positions),
        "$defs": {"text": {"enum": list(visible[0]) or [""]}},
    }


def _references(desk: Desk, call_ids: Sequence[str]) -> dict[str, list[str]]:
    """References to any output any offered tool could give, by JSON type."""
    found: dict[str, list[str]] = {}
    for call_id in call_ids:
        for tool in desk.scenario.offer:
            for path, kind in output_paths(tool):
                found.setdefault(kind, []).append(str(Reference(call=call_id, path=path, type=kind)))
    return {kind: list(dict.fromkeys(references)) for kind, references in found.items()}


class _Grounds:
    """What arguments may be made of at one position."""

    def __init__(self, strings: Sequence[str], digits: Sequence[float], references: Mapping[str, list[str]]) -> None:
        self.strings = strings
        self.digits = digits
        self.references = references

    def schema(self, schema: Schema | bool) -> Schema | None:
        """The parameter's schema limited to what is visible; None if nothing visible obeys it."""
        if not isinstance(schema, dict):
            return {"$ref": "#/$defs/text"} if self.strings else None
        if "enum" in schema or "const" in schema or schema.get("type") in ("boolean", "null"):
            return self._or_reference(schema, schema)
        kind = schema.get("type")
        if kind == "array":
            return self._array(schema)
        if kind == "object":
            return self.object(schema)
        if kind in ("integer", "number"):
            return self._or_reference(schema, self._chosen(schema, self.digits))
        if set(schema) & {"pattern", "format", "minLength", "maxLength"}:
            return self._or_reference(schema, self._chosen(schema, self.strings))
        plain: Schema | None = {"$ref": "#/$defs/text"} if self.strings else None
        if isinstance(schema.get("default"), str) and schema["default"] not in self.strings:
            extra: Schema = {"const": schema["default"]}
            plain = {"anyOf": [plain, extra]} if plain else extra
        return self._or_reference(schema, plain)

    def _chosen(self, schema: Schema, values: Sequence[Json]) -> Schema | None:
        pool = [*values, schema["default"]] if "default" in schema else list(values)
        fitting = [value for value in dict.fromkeys(pool) if is_valid(value, schema)]
        return {"enum": fitting} if fitting else None

    def _or_reference(self, schema: Schema, grounded: Schema | None) -> Schema | None:
        kind = str(schema.get("type", "string"))
        kinds = ("integer", "number") if kind == "number" else (kind,)
        references = [reference for one in kinds for reference in self.references.get(one, ())]
        options: list[Schema] = [grounded] if grounded else []
        if references:
            options.append({"enum": references})
        if not options:
            return None
        return options[0] if len(options) == 1 else {"anyOf": options}

    def _array(self, schema: Schema) -> Schema | None:
        if "prefixItems" in schema:
            return self._or_reference(schema, self._tuple(schema["prefixItems"]))
        items = self.schema(schema.get("items", {"type": "string"}))
        whole = None
        if items is not None:
            least = max(1, schema.get("minItems", 1))
            most = max(least, min(schema.get("maxItems", LIST_ITEMS), LIST_ITEMS))
            whole = {"type": "array", "items": items, "minItems": least, "maxItems": most}
        return self._or_reference(schema, whole)

    def _tuple(self, schemas: Sequence[Schema]) -> Schema | None:
        parts = [part for part in map(self.schema, schemas) if part is not None]
        if len(parts) < len(schemas):
            return None
        return {"type": "array", "prefixItems": parts, "items": False, "minItems": len(parts), "maxItems": len(parts)}

    def object(self, schema: Schema) -> Schema | None:
        """An object schema with every property limited so; None if a required one cannot be said."""
        required = set(schema.get("required", ()))
        properties = {name: self.schema(field) for name, field in schema.get("properties", {}).items()}
        if any(properties.get(name) is None for name in required):
            return None
        kept = {name: field for name, field in properties.items() if field is not None}
        return {
            "type": "object",
            "properties": kept,
            "required": [name for name in kept if name in required],
            "additionalProperties": False,
        }


def _grounded_call(call_id: str, tool: Tool, grounds: _Grounds) -> Schema | None:
    arguments = grounds.object(tool.parameters)
    if arguments is None:
        return None
    return call_schema(call_id, tool.name, arguments["properties"], arguments["required"])


def resolved(plan: Plan, turns: Sequence[Turn]) -> Plan:
    """The plan with references to earlier turns replaced by the values their results hold.

    Raises StageFailure("unresolved_reference") if a result has no such value.
    """
    results = executed_results(turns)
    own = {call.id for call in plan.calls}
    calls = []
    for call in plan.calls:
        arguments = {
            name: LiteralValue(value=value_at(results, argument))
            if isinstance(argument, Reference) and argument.call not in own
            else argument
            for name, argument in call.arguments.items()
        }
        calls.append(call.model_copy(update={"arguments": arguments}))
    return Plan(calls=tuple(calls))


def executed_results(turns: Sequence[Turn]) -> dict[str, Json]:
    """Results of all executed calls by call id."""
    return {call.id: call.result for turn in turns for call in turn.executed()}


def canonical(calls: Sequence[Mapping[str, Json]], desk: Desk) -> tuple[str, ...]:
    """A call graph without its numbering: each call with its references replaced by the calls they point to, sorted.

    Two plans are equal if and only if their canonical forms are.
    """
    forms: dict[str, Json] = {}
    for call in calls:
        forms[call["id"]] = _canonical_call(call, desk.scenario.tool(call["name"]), forms)
    return tuple(sorted(prompts.compact(form) for form in forms.values()))


def _canonical_call(call: Mapping[str, Json], tool: Tool, forms: Mapping[str, Json]) -> Json:
    arguments = {name: _canonical_value(value, forms) for name, value in sorted(call["arguments"].items())}
    for name, schema in tool.parameters["properties"].items():
        if name in arguments and name not in tool.required and isinstance(schema, dict) and "default" in schema:
            default = _canonical_value(schema["default"], {})
            if prompts.compact(arguments[name]) == prompts.compact(default):
                del arguments[name]
    return [tool.name, arguments]


def _canonical_value(value: Json, forms: Mapping[str, Json]) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_canonical_value(item, forms) for item in value]
    if isinstance(value, dict):
        return {key: _canonical_value(item, forms) for key, item in sorted(value.items())}
    reference = parse_reference(value) if isinstance(value, str) else None
    if reference is not None and reference[0] in forms:
        return {"$of": forms[reference[0]], "path": list(map(str, reference[1]))}
    return value
