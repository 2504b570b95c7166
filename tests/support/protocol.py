"""Words for protocol tests: how to ask, and how to read what came back."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlsplit

import httpx2
import msgspec
from tests.support.world import PASSWORD, SECRET, Browser, World, forms, pkce_pair, text_of

from gatewright.audit import LogEntry

THIRD = {"client_id": "third", "redirect_uri": "https://third.example.test/callback"}
SPA = {"client_id": "spa", "redirect_uri": "https://spa.example.test/"}
VERIFIER, CHALLENGE = pkce_pair()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic authentication as RFC 6749 §2.3.1 has it."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return {"authorization": "Basic " + base64.b64encode(pair).decode()}


def bearer(token: str) -> dict[str, str]:
    """The header that presents an access token."""
    return {"authorization": f"Bearer {token}"}


def is_shown(response: httpx2.Response) -> bool:
    """Whether the answer is a page of ours that leads nowhere else."""
    is_page = response.headers["content-type"].startswith("text/html")
    return response.status_code == 400 and "location" not in response.headers and is_page


def refusal(response: httpx2.Response) -> tuple[int, str]:
    """Status and error code of a JSON refusal."""
    assert response.headers["content-type"] == "application/json", response.text
    found: dict[str, Any] = response.json()
    assert set(found) == {"error", "error_description"}, found
    return response.status_code, found["error"]


def posted_form(page: httpx2.Response) -> tuple[str, dict[str, str]]:
    """Where a ``form_post`` page posts, and what."""
    (form,) = forms(page)
    return form["action"], form["fields"]


def posted_message(page: httpx2.Response) -> dict[str, Any]:
    """What a ``web_message`` page posts: the origin, the answer, and the relay target."""
    found = re.search(r'<script type="application/json" id="d">(.*?)</script>', page.text, re.DOTALL)
    assert found, page.text
    message: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return message


def query_of(url: str) -> dict[str, str]:
    """The query of a URL."""
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


def is_login_page(response: httpx2.Response) -> bool:
    """Whether the person is asked for a password."""
    return response.status_code in (200, 400) and 'name="password"' in response.text


async def sign_in_to(
    browser: Browser, page: httpx2.Response, email: str = "ada@example.test"
) -> httpx2.Response:
    """Fills the login page."""
    assert is_login_page(page), text_of(page)
    return await browser.submit(page, username=email, password=PASSWORD)


async def spa_tokens(browser: Browser, **parameters: str) -> dict[str, Any]:
    """Tokens of the single-page application, whose client has no secret."""
    code = await browser.code(**{**SPA, **PKCE, "scope": "openid offline_access", **parameters})
    response = await spa_redeem(browser, code)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def spa_redeem(browser: Browser, code: str, **fields: str) -> httpx2.Response:
    """Redeems a code of the single-page application; a field set to ``""`` is left out."""
    body = {
        "grant_type": "authorization_code",
        "client_id": "spa",
        "code": code,
        "redirect_uri": SPA["redirect_uri"],
        "code_verifier": VERIFIER,
        **fields,
    }
    return await browser.post("/oauth/token", data={k: v for k, v in body.items() if v})


async def refresh(browser: Browser, token: str, **fields: str) -> httpx2.Response:
    """Uses a refresh token of the web client."""
    return await browser.token(grant_type="refresh_token", refresh_token=token, **fields)


async def userinfo(browser: Browser, token: str) -> httpx2.Response:
    """Presents an access token at userinfo."""
    return await browser.get("/userinfo", headers=bearer(token))


async def introspect(browser: Browser, token: str, client: str = "web") -> dict[str, Any]:
    """What a client learns of a token."""
    response = await browser.post("/oauth/introspect", data={"token": token}, headers=basic(client, SECRET))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def newest_log(world: World, kind: str) -> LogEntry:
    """The newest entry of the audit log with the wire's code ``kind``."""
    found = [entry for entry in await world.logs() if entry.type == kind]
    assert found, f"no {kind} in {[entry.type for entry in await world.logs()]}"
    entry: LogEntry = found[0]
    return entry


async def open_connection_to(world: World, *clients: str) -> None:
    """Enables the database connection for these clients alone."""
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    changed = msgspec.structs.replace(connection, enabled_clients=clients)
    await world.commit(world.platform.stores.connections.put(world.tenant_id, changed))


def s256(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def signature_of(token: str) -> bytes:
    """The signature of a JWT."""
    text = token.rpartition(".")[2]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(part: Mapping[str, object] | bytes) -> str:
    """A part of a JWT."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
