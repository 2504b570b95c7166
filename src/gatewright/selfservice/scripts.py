"""Scripts that answer: a call of a function of the page's, with our JSON as its argument.

Whoever loads such a script may read it, from any origin, so there is nothing in it that is not for everybody.
"""

import re

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.secrets import fingerprint
from gatewright.selfservice.errors import MalformedRequest

_NAME = re.compile(r"[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){0,3}", re.ASCII)
_TYPE = "text/javascript; charset=utf-8"
# What could end a script element, or a line of a script in older engines (ECMA-262 before 2019).
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "cross-origin",
}


def callback_of(name: str) -> str:
    """The function that a page names: identifiers, between dots at most. Raises ``MalformedRequest``."""
    if not _NAME.fullmatch(name):
        raise MalformedRequest("the callback is not the name of a function")
    return name


def script(callback: str, body: object, *, cache_control: str = "no-store") -> Response:
    """The script that calls ``callback``, a name of ours, with ``body``."""
    text = f"{callback}({_literal(body)});\n"
    return Response(text, 200, {**_HEADERS, "cache-control": cache_control}, _TYPE)


def jsonp(callback: str, body: object) -> Response:
    """The script that calls ``callback``, a name that ``callback_of`` found good, with ``body``.

    The comment in front keeps a name of somebody's choice from being the first bytes of another kind of file.
    """
    return script(f"/**/{callback}", body)


def revalidated(request: Request, response: Response) -> Response:
    """The response with a validator; 304 when the browser has the very same (RFC 9110 §13.1.2)."""
    tag = f'"{fingerprint(bytes(response.body).decode())[:32]}"'
    response.headers["etag"] = tag
    if request.headers.get("if-none-match") != tag:
        return response
    kept = {name: response.headers[name] for name in ("etag", "cache-control")}
    return Response(status_code=304, headers=kept)


def _literal(body: object) -> str:
    """JSON that is safe in a script, and in a page that holds the script."""
    text = orjson.dumps(body).decode()
    return "".join(_UNSAFE.get(character, character) for character in text)
