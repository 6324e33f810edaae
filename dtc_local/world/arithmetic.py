"""Sums that come out right: results of tools whose name says which number they make of the numbers they are given.

`add(a, b)`, `mean(numbers)`, `gallon_to_liter(gallon)`: a simulated result that anybody can check must be true. What a
name does not say plainly is left to the model.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence

from dtc_local.records import Json, Tool
from dtc_local.tools.words import tokens
from dtc_local.validation import is_valid

DIGITS = 6
"""Decimal places of a result that no parameter rounds."""
_PLACES = ("precision", "decimals", "decimal_places", "digits", "places", "ndigits")
_RESULTS = ("result", "value", "answer", "output")
_TWO: Mapping[str, Callable[[float, float], float]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "modulo": lambda a, b: a % b,
    "percentage": lambda part, whole: part / whole * 100,
    "logarithm": lambda value, base: math.log(value, base),
    "log": lambda value, base: math.log(value, base),
}
_ONE: Mapping[str, Callable[[float], float]] = {
    "square root": math.sqrt,
    "sqrt": math.sqrt,
    "absolute value": abs,
    "abs": abs,
    "absolute": abs,
    "square": lambda a: a * a,
    "factorial": lambda a: float(math.factorial(int(a))),
    "round": lambda a: a,
    "round number": lambda a: a,
}
_MANY: Mapping[str, Callable[[Sequence[float]], float]] = {
    "add": math.fsum,
    "sum": math.fsum,
    "sum value": math.fsum,
    "mean": statistics.fmean,
    "average": statistics.fmean,
    "median": statistics.median,
    "min": min,
    "minimum": min,
    "min value": min,
    "max": max,
    "maximum": max,
    "max value": max,
    "standard deviation": statistics.pstdev,
    "multiply": math.prod,
}
_VERBS = frozenset(("calculate", "compute", "get", "find", "number", "two", "value", "of", "the", "a"))
_FACTORS: Mapping[tuple[str, str], float] = {
    ("gallon", "liter"): 3.785412,
    ("mile", "kilometer"): 1.609344,
    ("mile", "km"): 1.609344,
    ("foot", "meter"): 0.3048,
    ("inch", "centimeter"): 2.54,
    ("inch", "cm"): 2.54,
    ("pound", "kilogram"): 0.45359237,
    ("pound", "kg"): 0.45359237,
    ("ounce", "gram"): 28.349523,
    ("hour", "minute"): 60,
    ("minute", "second"): 60,
    ("kilometer", "meter"): 1000,
    ("kilogram", "gram"): 1000,
}


def computed(tool: Tool, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """The result field that the tool computes, with its value; empty where the name does not say what is computed."""
    properties = (tool.output or {}).get("properties", {})
    number = _value(tool, arguments)
    if number is None or not math.isfinite(number):
        return {}
    fields = [name for name, schema in properties.items() if schema.get("type") in ("number", "integer")]
    target = next((name for name in fields if name.lower() in _RESULTS), fields[0] if len(fields) == 1 else None)
    if target is None:
        return {}
    places = next((arguments[name] for name in _PLACES if isinstance(arguments.get(name), int)), DIGITS)
    rounded = round(number, max(0, min(places, 12)))
    value = int(rounded) if float(rounded).is_integer() else rounded
    return {target: value} if is_valid(value, properties[target]) else {}


def _value(tool: Tool, arguments: Mapping[str, Json]) -> float | None:
    given = {name: value for name, value in arguments.items() if name.lower() not in _PLACES}
    numbers = [value for value in given.values() if isinstance(value, int | float) and not isinstance(value, bool)]
    lists = [value for value in given.values() if isinstance(value, list) and value]
    words = list(tokens(tool.name))
    name = " ".join(words)
    bare = " ".join(word for word in words if word not in _VERBS)
    try:
        if len(given) == len(lists) == 1 and all(isinstance(one, int | float) for one in lists[0]):
            return _applied(_MANY, (name, bare), lists[0])
        if len(numbers) != len(given):
            return None
        if len(numbers) == 1:
            return _converted(words, numbers[0]) or _applied(_ONE, (name, bare), *numbers)
        return _applied(_TWO, (name, bare), *numbers) if len(numbers) == len(given) == 2 else None
    except (ValueError, ZeroDivisionError, OverflowError, statistics.StatisticsError, TypeError):
        return None  # no result that a tool could give


def _applied(functions: Mapping[str, Callable[..., float]], names: Sequence[str], *values: object) -> float | None:
    function = next((functions[name] for name in names if name in functions), None)
    result = function(*values) if function else None
    return float(result) if isinstance(result, int | float) else None


def _converted(words: Sequence[str], value: float) -> float | None:
    """`gallon_to_liter`, `convert_miles_to_km`, and back."""
    if "to" not in words[1:-1]:
        return None
    at = words.index("to")
    source, target = words[at - 1], words[at + 1]
    if (source, target) in _FACTORS:
        return value * _FACTORS[source, target]
    if (target, source) in _FACTORS:
        return value / _FACTORS[target, source]
    if (source, target) == ("celsius", "fahrenheit"):
        return value * 9 / 5 + 32
    return (value - 32) * 5 / 9 if (source, target) == ("fahrenheit", "celsius") else None
