"""The page that lists the endpoints for people: made here from the document, without a script."""

from collections.abc import Iterable, Iterator
from html import escape

from starlette.responses import HTMLResponse, Response

from gatewright.management.resource import Operation
from gatewright.web.scripts import sha256_source

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
h2 { margin: 2rem 0 0.5rem; }
dl { margin: 0; }
dt { margin-top: 0.75rem; overflow-wrap: anywhere; }
dd { margin: 0 0 0 1.5rem; }
code { font-family: ui-monospace, monospace; }
a { color: inherit; }
.method { font-weight: 600; }
"""
_INTRODUCTION = """
<p>Send an access token of this tenant for the audience <code>{audience}</code> as
<code>Authorization: Bearer …</code>. Bodies and answers are JSON.
The same for programs: <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
"""


def docs_page(operations: Iterable[Operation], *, audience: str) -> Response:
    """The page for a tenant whose management API is called ``audience``."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Management API</title><style>{_STYLE}</style></head><body><main>"
        "<h1>Management API</h1>"
    )
    introduction = _INTRODUCTION.format(audience=escape(audience))
    parts = (head, introduction, *_sections(operations), "</main></body></html>")
    policy = f"default-src 'none'; style-src {sha256_source(_STYLE)}; base-uri 'none'; frame-ancestors 'none'"
    headers = {"content-security-policy": policy, "x-content-type-options": "nosniff"}
    return HTMLResponse("".join(parts), headers=headers)


def _sections(operations: Iterable[Operation]) -> Iterator[str]:
    by_tag: dict[str, list[Operation]] = {}
    for operation in operations:
        by_tag.setdefault(tag_of(operation), []).append(operation)
    for tag, rows in sorted(by_tag.items()):
        yield f"<h2>{escape(tag)}</h2><dl>{''.join(map(_row, rows))}</dl>"


def _row(operation: Operation) -> str:
    lacks = f" Not there yet: {escape(operation.lacks)}." if operation.lacks else ""
    query = ", ".join(f"<code>{escape(parameter.name)}</code>" for parameter in operation.query)
    scopes = " or ".join(f"<code>{escape(scope)}</code>" for scope in operation.scopes)
    return (
        f'<dt><span class="method">{operation.method}</span> <code>{escape(operation.path)}</code></dt>'
        f"<dd>{escape(operation.summary)} Scope: {scopes}.{f' Query: {query}.' if query else ''}{lacks}</dd>"
    )


def tag_of(operation: Operation) -> str:
    """Under which heading an operation stands: the first piece of its path."""
    return operation.path.split("/")[1]
