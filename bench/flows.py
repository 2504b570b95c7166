"""The code flow and the token requests, done once by hand: what the load generator then repeats."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from bench.browser import Answer, Browser, JourneyFailed
from bench.targets import CodeRequest, Credentials, Target

DISCOVERED = {
    "authorize": "authorization_endpoint",
    "token": "token_endpoint",
    "jwks": "jwks_uri",
    "userinfo": "userinfo_endpoint",
    "introspect": "introspection_endpoint",
}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Paths on the server; an empty path: the server has no such endpoint."""

    issuer: str
    authorize: str
    token: str
    jwks: str
    userinfo: str
    introspect: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A PKCE pair (RFC 7636), method S256."""

    verifier: str
    challenge: str


def new_proof() -> Proof:
    """A fresh verifier of 43 characters with its challenge."""
    verifier = secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    return Proof(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


def read_json(answer: Answer) -> dict[str, Any]:
    """The JSON object of a 200 answer; raises `JourneyFailed` for anything else."""
    try:
        document = json.loads(answer.body) if answer.status == 200 else None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise JourneyFailed(f"a JSON object was expected, seen {answer.excerpt()}")
    return document


def discover(browser: Browser, target: Target) -> Endpoints:
    """Read the discovery document; what the target file names itself goes first."""
    document = read_json(browser.get(target.discovery))
    found = {name: urlsplit(document.get(key, "")).path for name, key in DISCOVERED.items()}
    return Endpoints(document["issuer"], **{**found, **target.endpoints})


def authorize_path(
    endpoints: Endpoints, client: Credentials, request: CodeRequest, challenge: str, state: str, nonce: str
) -> str:
    """The authorization request (RFC 6749 section 4.1.1) as path and query.

    `state` and `nonce` are put in as they are, so that they may hold a plan's `{op}`.
    """
    fixed = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": client.redirect_uri,
        "scope": request.scope,
        "code_challenge_method": "S256",
        **request.authorize,
    }
    return f"{endpoints.authorize}?{urlencode(fixed)}&code_challenge={challenge}&state={state}&nonce={nonce}"


def authenticate(client: Credentials) -> tuple[dict[str, str], dict[str, str]]:
    """Header fields and form fields by which the client authenticates (RFC 6749 section 2.3.1)."""
    if client.method == "post":
        return {}, {"client_id": client.id, "client_secret": client.secret}
    pair = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}, {}


def take_code(
    browser: Browser, endpoints: Endpoints, client: Credentials, request: CodeRequest, proof: Proof
) -> str:
    """Sign in where the server asks for it, and return the code; raises `JourneyFailed` otherwise."""
    state, nonce = secrets.token_urlsafe(8), "n-by-hand"
    path = authorize_path(endpoints, client, request, proof.challenge, state, nonce)
    landing = parse_qs(urlsplit(browser.travel(path, client.redirect_uri)).query)
    if landing.get("state") != [state] or "code" not in landing:
        said = ", ".join(f"{key}={value[0]}" for key, value in landing.items() if key.startswith("error"))
        raise JourneyFailed(
            f"a code and our state were expected at the redirect URI, seen {said or 'neither'}"
        )
    return landing["code"][0]


def token_request(
    browser: Browser, endpoints: Endpoints, client: Credentials, fields: Mapping[str, str]
) -> dict[str, Any]:
    """One token request; returns the JSON answer."""
    headers, proof = authenticate(client)
    return read_json(browser.post(endpoints.token, {**fields, **proof}, **headers))


def code_fields(client: Credentials, request: CodeRequest) -> dict[str, str]:
    """The token request's fields beside code and verifier (RFC 6749 section 4.1.3)."""
    return {"grant_type": "authorization_code", "redirect_uri": client.redirect_uri, **request.token}


def code_flow(browser: Browser, endpoints: Endpoints, target: Target, request: CodeRequest) -> dict[str, Any]:
    """A whole code flow with PKCE; returns the token answer."""
    proof = new_proof()
    code = take_code(browser, endpoints, target.client, request, proof)
    fields = {**code_fields(target.client, request), "code": code, "code_verifier": proof.verifier}
    return token_request(browser, endpoints, target.client, fields)
