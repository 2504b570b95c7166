"""How an application's own form asks, and how a refusal reads."""

from typing import Any

import httpx2
from tests.support.world import CONNECTION, PASSWORD, Browser, World

from gatewright.users import User

ADA, NEWCOMER = "ada@example.test", "cy@example.test"
ORIGIN = "https://spa.example.test"
SIGN_UP = "/dbconnections/signup"
CHANGE_PASSWORD = "/dbconnections/change_password"

NEW = {"client_id": "spa", "connection": CONNECTION, "email": NEWCOMER, "password": PASSWORD}


async def sign_up(
    browser: Browser, *, as_form: bool = False, headers: dict[str, str] | None = None, **fields: Any
) -> httpx2.Response:
    """A sign-up; a field set to ``None`` is left out."""
    return await _send(browser, SIGN_UP, {**NEW, **fields}, as_form=as_form, headers=headers)


async def change_password(
    browser: Browser,
    email: str | None = ADA,
    *,
    as_form: bool = False,
    headers: dict[str, str] | None = None,
    **fields: Any,
) -> httpx2.Response:
    """A wish for a new password; a field set to ``None`` is left out."""
    asked = {"client_id": "spa", "connection": CONNECTION, "email": email, **fields}
    return await _send(browser, CHANGE_PASSWORD, asked, as_form=as_form, headers=headers)


async def _send(
    browser: Browser, path: str, asked: dict[str, Any], *, as_form: bool, headers: dict[str, str] | None
) -> httpx2.Response:
    kept = {name: value for name, value in asked.items() if value is not None}
    body: dict[str, Any] = {"data": kept} if as_form else {"json": kept}
    return await browser.post(path, headers=headers or {}, **body)


def refused(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal in the database shape."""
    assert response.headers["content-type"] == "application/json", response.text
    assert response.headers["cache-control"] == "no-store"
    found: dict[str, Any] = response.json()
    assert {"name", "code", "description", "message", "statusCode"} <= set(found), found
    assert found["statusCode"] == response.status_code
    return response.status_code, str(found["code"])


async def users(world: World) -> list[User]:
    """Everybody in the tenant."""
    return await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
