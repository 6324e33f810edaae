"""A small shop: ten tools whose results feed each other, enough for every kind of turn."""

from __future__ import annotations

from dtc_local.records import Effect, Persona, Schema, Tool, ToolSource

STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
STATUS: Schema = {"type": "string", "enum": ["open", "in_progress", "closed"]}


def schema_of(properties: dict[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """A closed object schema; everything is required unless said otherwise."""
    needed = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def tool(
    name: str,
    parameters: dict[str, Schema],
    output: dict[str, Schema] | None = None,
    effect: Effect = "read",
    required: tuple[str, ...] | None = None,
    original: Schema | None = None,
) -> Tool:
    """A tool of the shop; `original` is what its parameters were before they were normalised."""
    taken = schema_of(parameters, required)
    given = None if output is None else schema_of(output)
    return Tool(
        name=name,
        namespace="shop",
        description=f"{name.replace('_', ' ').capitalize()}.",
        parameters=taken,
        output=given,
        effect=effect,
        source=ToolSource(
            dialect="openai",
            file="shop.json",
            name=name,
            parameters=taken if original is None else original,
            output=given,
        ),
    )


FIND_CUSTOMER = tool("find_customer", {"name": STRING}, {"customer_id": INTEGER, "city": STRING})
LIST_ORDERS = tool(
    "list_orders",
    {"customer_id": INTEGER},
    {"orders": {"type": "array", "items": schema_of({"order_id": STRING, "total": {"type": "number"}})}},
)
GET_ORDER = tool(
    "get_order", {"order_id": STRING}, {"order_id": STRING, "carrier": STRING, "total": {"type": "number"}}
)
CANCEL_ORDER = tool("cancel_order", {"order_id": STRING}, {"order_id": STRING}, "destructive")
CREATE_TICKET = tool(
    "create_ticket",
    {"title": STRING, "priority": {"type": "integer", "minimum": 1, "maximum": 5, "default": 3}},
    {"ticket_id": INTEGER, "status": STATUS},
    "write",
    required=("title",),
)
GET_TICKET = tool("get_ticket", {"ticket_id": INTEGER}, {"ticket_id": INTEGER, "title": STRING, "status": STATUS})
UPDATE_TICKET = tool(
    "update_ticket", {"ticket_id": INTEGER, "status": STATUS}, {"ticket_id": INTEGER, "status": STATUS}, "write"
)
DELETE_TICKET = tool("delete_ticket", {"ticket_id": INTEGER}, {"ticket_id": INTEGER}, "destructive")
COMPARE = tool(
    "compare_orders", {"first_order_id": STRING, "second_order_id": STRING}, {"difference": {"type": "number"}}
)
WEATHER = tool(
    "weather",
    {"city": STRING, "unit": {"type": "string", "enum": ["celsius", "kelvin"], "default": "celsius"}},
    {"temperature": {"type": "number"}, "condition": STRING},
    required=("city",),
)
BOOK_TABLE = tool(
    "book_table",
    {"city": STRING, "guests": INTEGER, "date": {"type": "string", "format": "date"}, "quiet": {"type": "boolean"}},
    {"booking_id": STRING},
    "write",
)

SHOP = (
    FIND_CUSTOMER,
    LIST_ORDERS,
    GET_ORDER,
    CANCEL_ORDER,
    CREATE_TICKET,
    GET_TICKET,
    UPDATE_TICKET,
    DELETE_TICKET,
    COMPARE,
    WEATHER,
    BOOK_TABLE,
)
PERSONA = Persona(name="Ada Byron", role="shop owner", expertise="new to this", traits={"agreeableness": 0.8})
