"""The page of the management API: the vendor's endpoints one by one, and what of them is there."""

import re
from collections.abc import Iterator, Mapping

from gatewright.app.management import build_management
from gatewright.management.resource import Operation
from writers.endpoints import unopened
from writers.management_wire import WIRE
from writers.markdown import prose, table

_HEAD = """\
# Management API

<!-- Written by `make docs` from the resources of gatewright.management and from docs/writers/management_wire.py. -->

Addresses are relative to `<issuer>api/v2`.
[Manage a tenant by script](../how-to/manage-a-tenant-by-script.md) says how to call them.
A running server describes its fields at `/api/v2/openapi.json`, and lists them for people at `/api/v2/docs`.

What is absent answers 404 in the shape of every refusal: `{"statusCode": …, "error": …, "message": …, "errorCode": …}`.
"""  # noqa: E501 - a sentence is a line

_ID = re.compile(r"\{\w+\}")


def operations() -> tuple[Operation, ...]:
    """Return every endpoint that is there; opens nothing."""
    with unopened() as platform:
        return build_management(platform).operations


def management_page() -> str:
    """Return the page, one section a kind of thing.

    Raises ``LookupError`` for an endpoint that the vendor does not have.
    """
    there = {_key(each.method, each.path): each for each in operations()}
    wire = {_key(method, path) for method, path in WIRE}
    if foreign := sorted(there.keys() - wire):
        raise LookupError(f"no row in docs/writers/management_wire.py for {foreign}")
    partly = sum(bool(each.lacks) for each in there.values())
    done = f"Of {len(wire)} endpoints {len(there) - partly} are there, {partly} partly.\n"
    return "\n".join((_HEAD, done, *_sections(there)))


def _sections(there: Mapping[tuple[str, str], Operation]) -> Iterator[str]:
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for method, path in WIRE:
        by_kind.setdefault(path.split("/")[1], []).append((method, path))
    for kind, rows in by_kind.items():
        cells = [_row(method, path, there.get(_key(method, path))) for method, path in rows]
        yield f"## {kind}\n\n{table(('endpoint', 'there', 'scope'), cells)}\n"


def _row(method: str, path: str, operation: Operation | None) -> tuple[str, str, str]:
    name = f"`{method} {path}`"
    if operation is None:
        return name, "absent", ""
    there = f"partly; not there: {prose(operation.lacks)}" if operation.lacks else "yes"
    return name, there, " or ".join(f"`{scope}`" for scope in operation.scopes)


def _key(method: str, path: str) -> tuple[str, str]:
    return method, _ID.sub("{}", path)
