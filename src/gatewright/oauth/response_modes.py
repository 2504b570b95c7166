"""How the authorization endpoint's answer reaches the application (Multiple Response Types §2.1)."""

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from urllib.parse import quote_plus

import orjson
from starlette.responses import HTMLResponse, Response

from gatewright.kernel.urls import origin_of

_NO_STORE = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")

_SUBMIT = "document.forms[0].submit()"
_POST = (
    '(function(){"use strict";'
    'var d=JSON.parse(document.getElementById("d").textContent);'
    "var w=window.opener||window.parent;"
    'var answer={type:"authorization_response",response:d.response};'
    "if(!d.relay){w.postMessage(answer,d.origin);return}"
    'window.addEventListener("message",function(e){'
    'if(e.data&&e.data.type==="relay_response"&&e.origin===d.origin&&e.ports&&e.ports[0])'
    "{e.ports[0].postMessage(answer)}"
    'else if(e.data&&e.data.type==="relay_response"&&e.origin===d.origin&&e.source)'
    "{e.source.postMessage(answer,d.relay)}});"
    'w.postMessage({type:"relay_request"},d.origin)})()'
)


def answer(mode: str, redirect_uri: str, parameters: Mapping[str, str], **message: str) -> Response:
    """The answer in one of the four modes. ``message`` are the relay parameters of ``web_message``."""
    if mode == "form_post":
        return _form_post(redirect_uri, parameters)
    if mode == "web_message":
        return _web_message(redirect_uri, parameters, **message)
    if mode == "fragment":
        return _redirect(f"{redirect_uri}#{encoded(parameters)}")
    return _redirect(with_query(redirect_uri, parameters))


def with_query(redirect_uri: str, parameters: Mapping[str, str]) -> str:
    """The URI with the parameters added; its own query survives as it is (RFC 6749 §3.1.2)."""
    separator = "&" if "?" in redirect_uri.rstrip("?") else "?"
    return f"{redirect_uri.rstrip('?')}{separator}{encoded(parameters)}"


def encoded(parameters: Mapping[str, str]) -> str:
    """The parameters form-encoded; most of our own values have nothing to encode."""
    return "&".join(
        f"{name}={value if _PLAIN.fullmatch(value) else quote_plus(value)}"
        for name, value in parameters.items()
    )


def _redirect(url: str) -> Response:
    """A redirect to a registered URI as it is: its characters were checked when it was accepted."""
    return Response(status_code=302, headers={**_NO_STORE, "location": url})


def _form_post(redirect_uri: str, parameters: Mapping[str, str]) -> Response:
    """A form that submits itself, with a button where scripts are off (OAuth 2.0 Form Post §2)."""
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in parameters.items()
    )
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Continue</title></head><body>'
        f'<form id="continue" method="post" action="{html.escape(redirect_uri)}">{fields}'
        '<noscript><p>You are signed in.</p><button type="submit">Continue</button></noscript></form>'
        f"<script>{_SUBMIT}</script></body></html>"
    )
    return HTMLResponse(body, headers={**_NO_STORE, "content-security-policy": _policy(_SUBMIT)})


def _web_message(
    redirect_uri: str, parameters: Mapping[str, str], *, web_message_target: str = "", **_: str
) -> Response:
    """A page that posts the answer to the window that opened or framed it, and to that origin only."""
    data = orjson.dumps(
        {"origin": origin_of(redirect_uri), "response": parameters, "relay": web_message_target}
    )
    safe = data.decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Authorization response</title>'
        f'</head><body><script type="application/json" id="d">{safe}</script><script>{_POST}</script>'
        "</body></html>"
    )
    return HTMLResponse(body, headers={**_NO_STORE, "content-security-policy": _policy(_POST)})


def _policy(script: str) -> str:
    """Only this very script may run; framing stays allowed, for that is what the page is for."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'"
