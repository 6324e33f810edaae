"""Python functions and models as tools: signature, docstring and annotations say everything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dtc_local.errors import UserError
from dtc_local.records import Tool
from dtc_local.tools import read_python

HEAD = """
from __future__ import annotations
import datetime, enum, functools
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Optional
from pydantic import BaseModel, Field
"""
Given = Callable[..., Tool]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Writes a module `given_tools` into the working directory and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> str:
        (tmp_path / "given_tools.py").write_text(HEAD + text, encoding="utf-8")
        sys.modules.pop("given_tools", None)
        return "given_tools"

    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield write
    sys.modules.pop("given_tools", None)


@pytest.fixture
def tool(module: Callable[[str], str]) -> Given:
    """The one tool that a name in a module's text is."""

    def read(text: str, name: str = "act") -> Tool:
        (made,) = read_python([f"{module(text)}:{name}"]).tools
        return made

    return read


def test_a_signature_is_the_schema_and_its_module_the_namespace(tool: Given) -> None:
    made = tool("def act(city: str, count: int = 3, *, day: datetime.date, sizes: list[float] = []) -> None: ...")
    assert (made.namespace, made.name) == ("given_tools", "act")
    assert (made.source.dialect, made.source.file) == ("python", "given_tools:act")
    assert made.required == ("city", "day")
    kinds = {name: schema["type"] for name, schema in made.parameters["properties"].items()}
    assert kinds == {"city": "string", "count": "integer", "day": "string", "sizes": "array"}
    assert made.parameters["properties"]["count"]["default"] == 3
    assert made.parameters["properties"]["day"]["format"] == "date"


GOOGLE = '''
def act(city: str, zip):
    """Ship it.

    Slowly.

    Args:
        city: Where to,
            in letters.
        zip (int): The code.

    Returns:
        The parcel.
    """
'''
NUMPY = '''
def act(city: str, zip):
    """Ship it.

    Slowly.

    Parameters
    ----------
    city : str
        Where to,
        in letters.
    zip : int
        The code.
    """
'''
REST = '''
def act(city: str, zip):
    """Ship it.

    Slowly.

    :param city: Where to,
        in letters.
    :param int zip: The code.
    :raises ValueError: Never.
    """
'''


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, REST], ids=["google", "numpy", "rest"])
def test_a_docstring_describes_the_tool_and_its_parameters_in_any_style(tool: Given, text: str) -> None:
    made = tool(text)
    assert made.description == "Ship it.\nSlowly."
    assert made.parameters["properties"]["city"]["description"] == "Where to, in letters."
    assert made.parameters["properties"]["zip"] == {"type": "integer", "description": "The code."}


def test_annotations_and_fields_keep_their_bounds_and_descriptions_win_over_the_docstring(tool: Given) -> None:
    made = tool(
        '''
def act(low: Annotated[int, Field(ge=1, description="Low.")], high: int = Field(9, le=9, description="High.")):
    """Act.

    Args:
        low: Other words.
    """
'''
    )
    assert made.required == ("low",)
    assert made.parameters["properties"]["low"] == {"type": "integer", "description": "Low.", "minimum": 1}
    assert made.parameters["properties"]["high"]["maximum"] == 9
    assert made.parameters["properties"]["high"]["default"] == 9


def test_enums_literals_and_models_are_schemas_of_their_own(tool: Given) -> None:
    made = tool(
        """
class Size(enum.Enum):
    SMALL = "small"
    LARGE = "large"
class Place(BaseModel):
    city: str
def act(size: Size, where: Optional[Place] = None, other: Place = None, how: Literal["air", "road"] = "air"): ...
"""
    )
    properties = made.parameters["properties"]
    assert properties["size"]["enum"] == ["small", "large"]
    assert properties["how"] == {"type": "string", "enum": ["air", "road"], "default": "air"}
    assert properties["where"]["properties"]["city"]["type"] == "string"
    assert properties["other"]["required"] == ["city"]


def test_the_return_annotation_is_the_output(tool: Given) -> None:
    made = tool("class Parcel(BaseModel):\n    id: int\ndef act() -> list[Parcel]: ...")
    assert made.output is not None
    assert made.output["items"]["properties"]["id"]["type"] == "integer"
    assert made.output_origin == "declared"


@pytest.mark.parametrize("returns", ["", "-> None", "-> Any", "-> Plain"])
def test_what_says_nothing_of_the_result_leaves_the_output_undeclared(tool: Given, returns: str) -> None:
    made = tool(f"class Plain: ...\ndef act(){returns}: ...")
    assert made.output is None
    assert [note.kind for note in made.findings] == (["output"] if "Plain" in returns else [])


def test_rest_arguments_and_optional_ones_without_a_schema_are_left_out_with_a_finding(tool: Given) -> None:
    made = tool("class Plain: ...\ndef act(a: int, *more: int, b: Plain = Plain(), c: Any = Plain(), **rest): ...")
    assert list(made.parameters["properties"]) == ["a", "c"]
    kinds = [note.kind for note in made.findings if note.pointer.startswith("/parameters/") and note.kind != "type"]
    assert kinds[:4] == ["parameter", "parameter", "parameter", "default"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("class RefundHTTPRequest(BaseModel):", "RefundHTTPRequest"),
        ("@dataclass\nclass RefundHTTPRequest:", "RefundHTTPRequest"),
        ("class RefundHTTPRequest(TypedDict):", "RefundHTTPRequest"),
    ],
)
def test_a_model_is_the_parameters_of_a_tool_in_snake_case(tool: Given, text: str, name: str) -> None:
    body = '\n    """Pay it back.\n\n    Attributes:\n        order: Which one.\n    """\n    order: str\n'
    made = tool("from typing_extensions import TypedDict\n" + text + body, name)
    assert (made.name, made.description, made.required) == ("refund_http_request", "Pay it back.", ("order",))
    assert made.parameters["properties"]["order"]["description"] == "Which one."


def test_methods_partials_and_coroutines_are_functions_too(tool: Given) -> None:
    method = "class Depot:\n    def act(self, city: str): 'Ship.'\n    @staticmethod\n    def stop(city: str): ..."
    assert tool(method, "Depot.act").required == ("city",)
    assert tool(method, "Depot.stop").required == ("city",)
    assert tool("async def act(city: str) -> int: 'Ship.'").output == {"type": "integer"}
    partial = tool("def f(city: str, zip: int):\n    'Ship.'\nact = functools.partial(f, zip=3)")
    assert (partial.description, partial.required) == ("Ship.", ("city",))


def test_a_module_alone_means_its_public_functions(module: Callable[[str], str]) -> None:
    name = module("from os.path import join\ndef a(): ...\ndef _b(): ...\ndef c(): ...\nclass D: ...")
    assert [tool.name for tool in read_python([name]).tools] == ["a", "c"]
    assert [tool.source.name for tool in read_python([f"{name}:*"]).tools] == ["a", "c"]
    name = module("from os.path import join\n__all__ = ['_b', 'join']\ndef a(): ...\ndef _b(): ...")
    assert [tool.name for tool in read_python([name], namespace="x").tools] == ["join", "_b"]


def test_the_user_decides_the_namespace(module: Callable[[str], str]) -> None:
    (made,) = read_python([f"{module('def act(): ...')}:act"], namespace="depot").tools
    assert made.namespace == "depot"


def test_what_a_module_prints_while_it_loads_is_no_product(module: Callable[[str], str], capsys: Any) -> None:
    name = module("print(1)\ndef act(): ...")
    read_python([f"{name}:act"])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("1 / 0", "given_tools:act", "given_tools: the import failed with ZeroDivisionError: division by zero."),
        ("raise SystemExit(3)", "given_tools:act", "failed with SystemExit: 3."),
        ("", "no_such_module_here:act", "failed with ModuleNotFoundError: No module named 'no_such_module_here'."),
        ("", "depot/tools.py:act", "Name it as Python imports it"),
        ("", ":act", "the empty name: the import failed"),
        ("", "given_tools:act", "given_tools:act: given_tools has no 'act'."),
        ("", "given_tools:BaseModel.nothing", "BaseModel has no 'nothing'."),
        ("act = 3", "given_tools:act", "given_tools:act: 3 is neither a function nor a model."),
        ("class Plain: ...", "given_tools:Plain", "Plain has no JSON Schema"),
        ("class Size(enum.Enum):\n    A = 'a'", "given_tools:Size", "the values of Size are strings, not objects."),
        ("class Plain: ...\ndef act(x: Plain): ...", "given_tools:act", "the type of x has no JSON Schema"),
        ("def act(x: Missing): ...", "given_tools:act", "NameError: name 'Missing' is not defined"),
        ("class D: ...", "given_tools", "the module given_tools has no public function."),
    ],
)
def test_a_name_that_gives_no_tool_is_refused_in_one_sentence(
    module: Callable[[str], str], text: str, name: str, words: str
) -> None:
    module(text)
    with pytest.raises(UserError) as caught:
        read_python([name])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_search_path_is_as_it_was(module: Callable[[str], str]) -> None:
    before = list(sys.path)
    read_python([f"{module('def act(): ...')}:act"])
    assert sys.path == before
