"""A FastAPI application whose endpoints name their scopes."""

from typing import Annotated

import httpx2
import pytest
from fastapi import FastAPI

from gatewright_guard import Verified, all_of, any_of
from gatewright_guard.fastapi import Guard, Refused, answer


@pytest.fixture
def guard(mint, now):
    return Guard(issuer=mint.issuer, audience=mint.audience, keys=mint.keys, clock=lambda: now)


@pytest.fixture
def app(guard):
    app = FastAPI()

    @app.get("/me")
    async def me(caller: Annotated[Verified, guard.requires()]) -> str:
        return caller.subject

    @app.get("/timesheets")
    def timesheets(caller: Annotated[Verified, guard.requires("read:timesheets", "openid")]) -> list[str]:
        return sorted(caller.scopes)

    @app.delete("/timesheets", dependencies=[guard.requires(any_of("delete:timesheets", "admin"))])
    async def clear() -> str:
        return "cleared"

    @app.put("/timesheets", dependencies=[guard.requires(all_of("edit", permissions=True))])
    async def put() -> str:
        return "put"

    @app.get("/open")
    async def unguarded() -> str:
        return "open"

    return app


@pytest.fixture
def ask(app):
    async def ask(method, path, headers=None):
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url="https://api.test"
        ) as client:
            return await client.request(method, path, headers=headers or {})

    return ask


async def test_caller(mint, ask):
    """An endpoint receives its caller."""
    assert (await ask("GET", "/me", mint.header())).json() == "auth0|test-user"


async def test_open_endpoint(ask):
    """An endpoint that requires nothing stays open."""
    assert (await ask("GET", "/open")).status_code == 200


@pytest.mark.parametrize(
    ("method", "scope", "status"),
    [
        ("GET", "read:timesheets openid", 200),
        ("GET", "read:timesheets", 403),
        ("GET", "", 403),
        ("DELETE", "admin", 200),
        ("DELETE", "delete:timesheets", 200),
        ("DELETE", "read:timesheets", 403),
        ("PUT", "edit", 403),
    ],
)
async def test_scopes(mint, ask, method, scope, status):
    """An endpoint answers those who have its scopes, and refuses the others with 403."""
    assert (await ask(method, "/timesheets", mint.header(scope=scope))).status_code == status


async def test_permissions(mint, ask):
    """An endpoint may ask for a permission."""
    assert (await ask("PUT", "/timesheets", mint.header(permissions=["edit"]))).status_code == 200


async def test_refusal(mint, ask):
    """A refusal carries challenge, status and explanation."""
    refused = await ask("GET", "/timesheets", mint.header(scope="x"))
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]
    assert 'scope="read:timesheets"' in refused.headers["www-authenticate"]
    assert refused.json()["detail"]["error"] == "insufficient_scope"


@pytest.mark.parametrize("path", ["/me", "/timesheets"])
async def test_no_token(ask, path):
    """Without a token the answer is 401 and a challenge."""
    refused = await ask("GET", path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == 'Bearer realm="api"'


async def test_two_headers(mint, ask):
    """Two Authorization headers are a bad request."""
    assert (await ask("GET", "/me", [*mint.header().items()] * 2)).status_code == 400


async def test_flat_body(mint, app, ask):
    """With its handler installed, a refusal has the body of the standard."""
    app.add_exception_handler(Refused, answer)
    refused = await ask("GET", "/me", {"Authorization": f"Bearer {mint.expired()}"})
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_token"
    assert "expired 3600 seconds ago" in refused.headers["www-authenticate"]


async def test_refusal_keeps_the_diagnosis(mint, app, ask):
    """A handler of one's own can log the diagnosis."""
    logged = []

    async def log(request, refused):
        logged.append(refused.error.diagnosis)
        return answer(request, refused)

    app.add_exception_handler(Refused, log)
    await ask("GET", "/me", {"Authorization": "Bearer opaque"})
    assert "audience=https://api.test/" in logged[0].change


def test_description(app):
    """The API's description names the scheme, and each endpoint's scopes."""
    described = app.openapi()
    scheme = described["components"]["securitySchemes"]["AccessToken"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert "https://api.test/" in scheme["description"]
    paths = described["paths"]
    assert paths["/timesheets"]["get"]["security"] == [{"AccessToken": ["read:timesheets", "openid"]}]
    assert paths["/me"]["get"]["security"] == [{"AccessToken": []}]
    assert "security" not in paths["/open"]["get"]
