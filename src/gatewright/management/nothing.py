"""Kinds of things of which a tenant has none here and can have none: lists are empty, ids are nobody's.

Who walks through a tenant finds what is true, in the shapes of the wire; who makes one is told why not.
"""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec

from gatewright.management.bodies import Body, entry_of
from gatewright.management.errors import Inexistent, NotSupported
from gatewright.management.paging import listed, offset_of, paging_of
from gatewright.management.query import FIELDS, Parameter
from gatewright.management.resource import Answer, Call, Operation

Run = Callable[[Call], Awaitable[Answer]]


def none_listed(plural: str) -> Run:
    """Answers an empty list, by offset or from a checkpoint on."""

    async def run(call: Call) -> Answer:
        nothing: list[str] = []
        body = listed(paging_of(call.query), plural, nothing, key=str, show=str)
        return Answer(body)

    return run


def none_counted(plural: str) -> Run:
    """Answers an empty list in the manner of actions, which is always wrapped."""

    async def run(call: Call) -> Answer:
        return Answer(counted(call, plural))

    return run


def counted(call: Call, plural: str) -> dict[str, object]:
    """An empty list with the page that was asked for."""
    page = offset_of(call.query)
    return {"total": 0, "page": page.page, "per_page": page.per_page, plural: []}


def inexistent(kind: str, name: str = "id", *, wanted: type[msgspec.Struct] | None = None) -> Run:
    """Says of every id that nothing of the kind has it; a body is read all the same."""

    async def run(call: Call) -> Answer:
        call.id(name)
        if wanted is not None:
            await call.body()
        raise Inexistent(kind)

    return run


def not_made(kind: type[msgspec.Struct], why: str) -> Run:
    """Reads what was sent as strictly as if it could be made, and says ``why`` it cannot."""

    async def run(call: Call) -> Answer:
        entry_of(kind, await call.body())
        raise NotSupported(why)

    return run


def one_of(
    path: str, scope: str, kind: str, shape: type[msgspec.Struct], lacks: str
) -> tuple[Operation, ...]:
    """The endpoints of one thing, none of which is there."""
    words = kind.replace("_", " ")
    rows: tuple[tuple[Literal["GET", "PATCH", "DELETE"], str, int], ...] = (
        ("GET", "read", 200),
        ("PATCH", "update", 200),
        ("DELETE", "delete", 204),
    )
    return tuple(
        Operation(
            method=method,
            path=path,
            scopes=(f"{verb}:{scope}",),
            summary=f"{verb.capitalize()} a {words}, of which there is none.",
            run=inexistent(kind, wanted=shape if method == "PATCH" else None),
            status=status,
            body=Body(shape, partial=True) if method == "PATCH" else None,
            query=_QUERIES.get((method, kind), ()),
            lacks=lacks,
        )
        for method, verb, status in rows
    )


_QUERIES = {
    ("GET", "rule"): FIELDS,
    ("GET", "hook"): FIELDS[:1],
    ("DELETE", "action"): (Parameter("force", "Whether bindings go too.", "flag"),),
}
