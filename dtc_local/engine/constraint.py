"""Outlines types to llguidance matchers, and matched text to proved values.

Knows the grammar compiler, what it refuses, and the independent validator. Does not know tokens' probabilities or
sequences. A keyword the compiler refuses is taken out of the *grammar* and listed in `Compiled.relaxed`; the value is
still validated against the whole schema. Invariant: `Compiled.value` returns only values that pass that validation.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from dtc_local.engine.relax import strictest
from dtc_local.errors import ConstraintError, DecodeError
from dtc_local.records.base import Json

if TYPE_CHECKING:
    from dtc_local.engine.base import Constraint

COMPACT = {"whitespace_flexible": False}
REMEMBERED = 256
"""Compiled constraints kept."""


class InvalidValue(Exception):
    """A text obeys its grammar, but the value in it breaks the schema: `reason` says where."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Compiled:
    """A constraint ready for use."""

    grammar: str
    prototype: Any
    """An `LLMatcher` at the start state; never fed, only copied."""
    parse: Callable[[str], Json]
    relaxed: tuple[str, ...] = ()
    """Keywords the grammar does not enforce."""

    def matcher(self) -> Any:
        """A fresh matcher for one sequence."""
        return self.prototype.deep_copy()

    def value(self, text: str) -> Json:
        """The value in an accepted text; raises InvalidValue, or DecodeError if it is not even JSON."""
        return self.parse(text)


@dataclass
class Compiler:
    """Compiles constraints for one tokenizer and remembers them by their text."""

    backend: Any
    """An Outlines `LLGuidanceBackend`, held because its tokenizer takes long to build."""
    _known: OrderedDict[tuple[str, str], Compiled] = field(default_factory=OrderedDict)

    def compile(self, constraint: Constraint) -> Compiled:
        """The compiled form; raises ConstraintError naming what the compiler refused."""
        kind, text = _text(constraint)
        return self._remembered((kind, text), lambda: self._compile(kind, text))

    def _remembered(self, key: tuple[str, str], make: Callable[[], Compiled]) -> Compiled:
        """Least recently used first out: most constraints of a long run are asked for once."""
        if key not in self._known:
            self._known[key] = make()
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return self._known[key]

    def _compile(self, kind: str, text: str) -> Compiled:
        if kind == "JsonSchema":
            return self._compile_schema(_schema(text))
        make = self.backend.get_regex_logits_processor if kind == "Regex" else self.backend.get_cfg_logits_processor
        return self._compile_grammar(make(text).grammar, kind, text)

    def _compile_grammar(self, grammar: str, kind: str, text: str) -> Compiled:
        matcher, refusal = self._matcher(grammar)
        if refusal:
            raise ConstraintError(f"The {kind} {text[:80]!r} does not compile: {_first(refusal)}")
        return Compiled(grammar, matcher, str)

    def _compile_schema(self, schema: Any) -> Compiled:
        validator = _validator(schema)
        taken: tuple[str, Any] = ("", None)

        def attempt(working: Any, options: dict[str, Any]) -> str:
            nonlocal taken
            grammar = self.backend.json_schema_grammar(working, options)
            matcher, refusal = self._matcher(grammar)
            taken = grammar, matcher
            return refusal

        relaxed, refusal = strictest(schema, dict(COMPACT), attempt)
        if not refusal:
            return Compiled(*taken, partial(_checked, validator), relaxed)
        _check(validator, schema)
        raise ConstraintError(f"The JSON schema does not compile: {_first(refusal)}", "Simplify the schema.")

    def _matcher(self, grammar: str) -> tuple[Any, str]:
        from llguidance import LLMatcher

        # The constructor never raises: an error state that nobody reads would accept nothing, silently.
        matcher = LLMatcher(self.backend.llg_tokenizer, grammar, log_level=0)
        return matcher, str(matcher.get_error())


def _text(constraint: Constraint) -> tuple[str, str]:
    kind = type(constraint).__name__
    name = {"JsonSchema": "schema", "Regex": "pattern", "CFG": "definition"}.get(kind)
    if name is None:
        raise ConstraintError(f"{kind} is not a constraint.", "Use JsonSchema, Regex or CFG of outlines.types.")
    return kind, str(getattr(constraint, name))


def _schema(text: str) -> Any:
    try:
        schema = json.loads(text)
    except ValueError as error:
        raise ConstraintError(f"The JSON schema is not JSON: {error}") from error
    if schema is True:
        return {}  # allows everything; llguidance wants an object
    if not isinstance(schema, dict):
        raise ConstraintError(f"The JSON schema {text[:80]} allows no value.", "Use an object.")
    return schema


def _validator(schema: Any) -> Any:
    import jsonschema
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    # An explicit registry: the default one would fetch remote references.
    return kind(schema, registry=REGISTRY, format_checker=kind.FORMAT_CHECKER)


def _check(validator: Any, schema: Any) -> None:
    """A better reason than the compiler's, where the schema itself is wrong; checking each one would cost more."""
    import jsonschema

    try:
        validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise ConstraintError(f"The JSON schema is not valid: {error.message[:200]}") from error


def _checked(validator: Any, text: str) -> Json:
    """JSON value of `text`, validated."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise DecodeError(f"An accepted text is not JSON: {text[:80]!r}") from error
    except RecursionError as error:
        raise InvalidValue("nested too deeply") from error
    try:
        failure = next(iter(validator.iter_errors(value)), None)
    except Exception as error:  # unresolvable references, patterns Python cannot read: not proved valid
        raise InvalidValue(f"cannot be validated: {error}") from error
    if failure is not None:
        raise InvalidValue(f"{failure.json_path}: {failure.message[:200]}")
    return value


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


def _first(refusal: str) -> str:
    return " ".join(refusal.split())[:200]
