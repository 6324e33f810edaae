"""Python functions and models as tools: `package.module:name`, imported only when they are asked for by that name.

Annotations become JSON Schema through pydantic, the docstring (Google, NumPy or reST style) describes the tool and
its parameters, the return annotation is the result schema. A pydantic model (or a dataclass, or a TypedDict) is the
parameters of a tool that is called as the class is, in snake case. `package.module` alone means its public functions.

Importing a module runs its code, and nothing of it is run after that. This is no reader of documents: it stands
beside READERS.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Annotated, Any

import docstring_parser
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from dtc_local.errors import UserError
from dtc_local.records import Json
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.base import RawTool, shown
from dtc_local.tools.schemas.spelling import escape

NAME = "python"
NAMING = "Name it as Python imports it, for example shop.orders:get_order."
_NOTHING: tuple[Any, ...] = (inspect.Signature.empty, None, type(None), Any)


def read(name: str) -> Iterator[RawTool]:
    """The tool `package.module:name`, or one for each public function of `package.module`.

    Raises :class:`UserError` where the import fails, where the name is nothing callable, and where a parameter that
    a call needs has a type without JSON Schema.
    """
    module_name, _, path = name.partition(":")
    module = _imported(module_name)
    if path not in ("", "*"):
        yield _tool(*_attribute(module, path, name), name)
        return
    public = list(_public(module))
    if not public:
        raise UserError(f"{name}: the module {module_name} has no public function.", NAMING)
    for own, function in public:
        yield _tool(function, own, False, f"{module_name}:{own}")


def _imported(module_name: str) -> ModuleType:
    """The module, looked for in the working directory first; what it prints while it loads is no product of ours."""
    folder = os.getcwd()
    sys.path.insert(0, folder)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # the user's own code runs here, and may raise anything
        what = module_name or "the empty name"
        raise UserError(f"{what}: the import failed with {_reason(error)}.", NAMING) from None
    finally:
        sys.path.remove(folder)


def _attribute(module: ModuleType, path: str, name: str) -> tuple[Any, str, bool]:
    """What `Class.method` or `function` names in a module, its last name, and whether it waits for `self`."""
    owner: Any = None
    found: Any = module
    for part in path.split("."):
        owner, found = found, getattr(found, part, None)
        if found is None:
            raise UserError(f"{name}: {getattr(owner, '__name__', owner)} has no {part!r}.", NAMING)
    last = path.rsplit(".", 1)[-1]
    method = inspect.isclass(owner) and inspect.isfunction(inspect.getattr_static(owner, last))
    return found, last, method


def _public(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The functions a module offers: those in `__all__`, or those it defines without a leading underscore."""
    listed = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        if not inspect.isfunction(value):
            continue
        defined = value.__module__ == module.__name__ and not name.startswith("_")
        if defined if listed is None else name in listed:
            yield name, value


def _tool(found: Any, own: str, method: bool, name: str) -> RawTool:
    log = Log()
    if inspect.isclass(found):
        raw = _model(found, name)
    elif callable(found):
        raw = _function(found, own, method, name, log)
    else:
        raise UserError(f"{name}: {shown(found)} is neither a function nor a model.", NAMING)
    return replace(raw, findings=log.result(""))


def _model(model: type, name: str) -> RawTool:
    """A class whose fields are the parameters."""
    try:
        schema = TypeAdapter(model).json_schema()
    except Exception as error:
        raise UserError(f"{name}: {model.__name__} has no JSON Schema ({_reason(error)}).", NAMING) from None
    if schema.get("type", "object") != "object":
        raise UserError(f"{name}: the values of {model.__name__} are {schema['type']}s, not objects.", NAMING)
    words = _words(schema.pop("description", ""))
    _describe(schema.get("properties", {}), words)
    return RawTool(dialect=NAME, pointer="", name=_snake(model.__name__), description=_text(words), parameters=schema)


def _function(function: Callable[..., Any], own: str, method: bool, name: str, log: Log) -> RawTool:
    """A function: what it takes are the parameters, what it returns the result."""
    try:
        signature = inspect.signature(function, eval_str=True)
    except Exception as error:  # annotations in quotes are evaluated here, in the user's module
        raise UserError(f"{name}: the signature cannot be read ({_reason(error)}).", NAMING) from None
    described = function.func if isinstance(function, functools.partial) else function
    words = _words(inspect.getdoc(described) or "")
    takes = list(signature.parameters.values())[1 if method else 0 :]
    parameters = _parameters(takes, name, log)
    _describe(parameters["properties"], words)
    return RawTool(
        dialect=NAME,
        pointer="",
        name=own,
        description=_text(words),
        parameters=parameters,
        output=_output(signature.return_annotation, words, log),
    )


def _parameters(takes: list[inspect.Parameter], name: str, log: Log) -> dict[str, Any]:
    """The object schema of a signature; definitions that several parameters use are shared."""
    adapters = []
    for parameter in takes:
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            log.info("parameter", f"/parameters/{parameter.name}", f"{parameter} takes whatever is left, left out")
            continue
        adapter = _adapter(parameter, name, log)
        adapters += [(parameter, adapter)] if adapter else []
    shapes, shared = TypeAdapter.json_schemas([(parameter.name, "validation", made) for parameter, made in adapters])
    properties = {
        parameter.name: _with_default(shapes[parameter.name, "validation"], parameter, log) for parameter, _ in adapters
    }
    required = [parameter.name for parameter, _ in adapters if _is_required(parameter)]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **shared}


def _adapter(parameter: inspect.Parameter, name: str, log: Log) -> TypeAdapter[Any] | None:
    """The schema maker of a parameter's type; None where there is none and the parameter may be left out."""
    kind: Any = Any if parameter.annotation is inspect.Parameter.empty else parameter.annotation
    if _is_field(parameter):
        kind = Annotated[kind, parameter.default]
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(kind)
        adapter.json_schema()
    except Exception as error:
        if _is_required(parameter):
            reason = f"the type of {parameter.name} has no JSON Schema ({_reason(error)})"
            raise UserError(f"{name}: {reason}.", "Wrap it in a function that takes plain values.") from None
        log.info("parameter", f"/parameters/{parameter.name}", "its type has no JSON Schema, left out")
        return None
    return adapter


def _is_field(parameter: inspect.Parameter) -> bool:
    return isinstance(parameter.default, FieldInfo)


def _is_required(parameter: inspect.Parameter) -> bool:
    if isinstance(parameter.default, FieldInfo):
        return parameter.default.is_required()
    return parameter.default is inspect.Parameter.empty


def _with_default(schema: dict[str, Any], parameter: inspect.Parameter, log: Log) -> dict[str, Any]:
    if _is_field(parameter) or any(parameter.default is nothing for nothing in _NOTHING):
        return schema
    try:
        return {**schema, "default": to_jsonable_python(parameter.default)}
    except ValueError:
        place = f"/parameters/properties/{escape(parameter.name)}/default"
        log.info("default", place, f"a default of type {type(parameter.default).__name__} is no JSON value, left out")
        return schema


def _output(annotation: Any, words: docstring_parser.Docstring, log: Log) -> Json:
    """The schema of what a function returns; None where it does not say."""
    if any(annotation is nothing for nothing in _NOTHING):
        return None
    try:
        schema = TypeAdapter(annotation).json_schema(mode="serialization")
    except Exception as error:
        log.warning("output", "/returns", f"no JSON Schema for what it returns ({_reason(error)})", "Annotate it.")
        return None
    if words.returns and words.returns.description and "description" not in schema:
        schema["description"] = words.returns.description
    return schema


def _words(text: str) -> docstring_parser.Docstring:
    """A docstring in its parts; where it is in no known style it is all description."""
    try:
        return docstring_parser.parse(text)
    except docstring_parser.ParseError:
        return docstring_parser.parse(text.split("\n\n")[0], docstring_parser.DocstringStyle.EPYDOC)


def _text(words: docstring_parser.Docstring) -> str:
    return "\n".join(part for part in (words.short_description, words.long_description) if part)


def _describe(properties: dict[str, Any], words: docstring_parser.Docstring) -> None:
    """Descriptions from the docstring where the annotation has none; a type named there where nothing else does."""
    for part in words.params:
        schema = properties.get(part.arg_name)
        if schema is None:
            continue
        if part.description and "description" not in schema:
            schema["description"] = " ".join(part.description.split())
        if part.type_name and not schema.keys() - {"description", "default"}:
            schema["type"] = part.type_name


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _reason(error: BaseException) -> str:
    """The first sentence of an error."""
    words = " ".join(str(error).split()).split(". ")[0].rstrip(".")
    return f"{type(error).__name__}: {words[:120]}"
