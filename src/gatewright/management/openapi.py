"""The operations in the words of OpenAPI 3.1: fields come from the structs that are read and shown."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from gatewright.management.bodies import Body
from gatewright.management.import_form import FILE
from gatewright.management.query import Parameter
from gatewright.management.resource import Operation

Schema = dict[str, Any]

_REF = "#/components/schemas/{name}"
_ID = re.compile(r"\{(\w+)\}")
_KINDS: Mapping[str, Schema] = {
    "text": {"type": "string"},
    "number": {"type": "integer", "minimum": 0},
    "flag": {"type": "boolean"},
    "list": {"type": "string"},
}
REFUSAL: Schema = {
    "type": "object",
    "required": ["statusCode", "error", "message"],
    "properties": {
        "statusCode": {"type": "integer"},
        "error": {"type": "string"},
        "message": {"type": "string"},
        "errorCode": {"type": "string"},
    },
}
SECURITY: Schema = {
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of this tenant for the management API.",
    }
}


def described(operation: Operation) -> Schema:
    """What stands in the document about an operation, besides its summary."""
    found: Schema = {
        "parameters": [*_parameters(operation)],
        "responses": {
            str(operation.status): _success(operation),
            **({"204": {"description": "None."}} if operation.may_be_empty else {}),
            "4XX": {
                "description": "Refused.",
                "content": {"application/json": {"schema": {"$ref": _REF.format(name="Refusal")}}},
            },
        },
        "security": [{"accessToken": []}],
        "x-scopes": list(operation.scopes),
    }
    if operation.body is not None:
        schema: Schema = {"$ref": _REF.format(name=_name_of(operation.body))}
        if operation.body.several:
            schema = {"type": "array", "items": schema}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if operation.form is not None:
        schema = {"$ref": _REF.format(name=f"{operation.form.__name__}Form")}
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if operation.lacks:
        found["description"] = f"Not there yet: {operation.lacks}."
    return found


def components(operations: Iterable[Operation]) -> Schema:
    """The schemas that the operations name, and how callers prove themselves."""
    wanted = [*operations]
    bodies = {_name_of(each.body): each.body for each in wanted if each.body is not None}
    kinds = {each.shows for each in wanted if each.shows} | {each.form for each in wanted if each.form}
    kinds |= {body.kind for body in bodies.values()}
    _, found = msgspec.json.schema_components(
        sorted(kinds, key=lambda kind: kind.__name__), ref_template=_REF
    )
    parts = {_shown_name(each): _part(each, found) for each in wanted if each.shows and _selects(each)}
    made = {name: _body(body, found) for name, body in bodies.items()}
    forms = {f"{each.form.__name__}Form": _form(each.form, found) for each in wanted if each.form}
    schemas = {**found, **parts, **made, **forms, "Refusal": REFUSAL}
    return {"schemas": dict(sorted(schemas.items())), "securitySchemes": SECURITY}


def _parameters(operation: Operation) -> Iterator[Schema]:
    for name in _ID.findall(operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for parameter in operation.query:
        yield _query(parameter)


def _query(parameter: Parameter) -> Schema:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "schema": _KINDS[parameter.kind],
    }


def _success(operation: Operation) -> Schema:
    words = {200: "Done.", 201: "Created.", 202: "Accepted.", 204: "Deleted."}[operation.status]
    if operation.shows is None:
        return {"description": words}
    schema: Schema = {"$ref": _REF.format(name=_shown_name(operation))}
    if operation.plural or operation.bare_list:
        schema = {"type": "array", "items": schema}
    if operation.plural:
        schema = {"oneOf": [schema, {"type": "object", "properties": {operation.plural: schema}}]}
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _selects(operation: Operation) -> bool:
    """Whether a call can ask for some fields only."""
    return any(parameter.name == "fields" for parameter in operation.query)


def _shown_name(operation: Operation) -> str:
    assert operation.shows is not None, "only what is shown has a schema"
    return operation.shows.__name__ + ("Part" if _selects(operation) else "")


def _part(operation: Operation, found: Mapping[str, Schema]) -> Schema:
    """The schema of what is shown where ``fields`` may leave out any of it."""
    assert operation.shows is not None, "only what is shown has a schema"
    whole = found[operation.shows.__name__]
    return {name: value for name, value in whole.items() if name != "required"}


def _form(kind: type[msgspec.Struct], found: Mapping[str, Schema]) -> Schema:
    """The schema of a form: the fields of the struct, and the file."""
    whole = found[kind.__name__]
    file = {"type": "string", "contentMediaType": "application/octet-stream"}
    return {
        **whole,
        "properties": {**whole["properties"], FILE: file},
        "required": [*whole.get("required", ()), FILE],
    }


def _name_of(body: Body) -> str:
    kind = body.kind.__name__.removesuffix("Entry")
    return f"{kind}Update" if body.partial else f"{kind}Create"


def _body(body: Body, found: Mapping[str, Schema]) -> Schema:
    """The schema of the struct without what cannot be sent; in an update nothing is required.

    ``null`` stands for the default, wherever there is one.
    """
    whole = found[body.kind.__name__]
    needed = [name for name in whole.get("required", ()) if name not in body.fixed]
    properties = {
        name: schema if name in needed else {"anyOf": [schema, {"type": "null"}]}
        for name, schema in whole["properties"].items()
        if name not in body.fixed
    }
    made: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return made | ({"required": needed} if needed and not body.partial else {})
