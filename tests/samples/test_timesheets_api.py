"""The Timesheets API by itself, with tokens of a mint."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gatewright_guard.fastapi import Guard
from gatewright_guard.testing import Mint
from timesheets.api.app import create_app

AUDIENCE = "https://timesheets.example/api"
SPA = "http://localhost:3000"
BOTH = "read:timesheets create:timesheets"
DAY = {"date": "2026-11-20", "project": "Bridge", "hours": 7.5}


@pytest.fixture(scope="module")
def mint() -> Mint:
    return Mint(audience=AUDIENCE)


def api(mint: Mint, database: str = ":memory:") -> httpx2.AsyncClient:
    guard = Guard(issuer=mint.issuer, audience=AUDIENCE, keys=mint.keys)
    app = create_app(guard, sqlite3.connect(database), origins=[SPA])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://api.test")


@pytest.fixture
async def client(mint: Mint) -> AsyncIterator[httpx2.AsyncClient]:
    async with api(mint) as made:
        yield made


async def test_add_and_list(client: httpx2.AsyncClient, mint: Mint) -> None:
    """What is added is listed."""
    ada = mint.header(sub="auth0|ada", scope=BOTH)
    added = await client.post("/timesheets", json=DAY, headers=ada)
    assert (added.status_code, added.json()) == (201, {"id": 1, **DAY, "email": None})
    assert (await client.get("/timesheets", headers=ada)).json() == [{"id": 1, **DAY, "email": None}]


@pytest.mark.parametrize(("told", "kept"), [("ada@example.com", "ada@example.com"), (["a"], None), (7, None)])
async def test_email(client: httpx2.AsyncClient, mint: Mint, told: object, kept: str | None) -> None:
    """The address in the token's own claim is kept with a timesheet; anything else there is not."""
    ada = mint.header(scope=BOTH, **{"https://timesheets.example/email": told})
    added = await client.post("/timesheets", json=DAY, headers=ada)
    assert (added.status_code, added.json()["email"]) == (201, kept)


async def test_newest_first(client: httpx2.AsyncClient, mint: Mint) -> None:
    """The list starts with the newest day."""
    ada = mint.header(scope=BOTH)
    for day in ("2026-11-19", "2026-11-21", "2026-11-20"):
        await client.post("/timesheets", json={**DAY, "date": day}, headers=ada)
    listed = (await client.get("/timesheets", headers=ada)).json()
    assert [one["date"] for one in listed] == ["2026-11-21", "2026-11-20", "2026-11-19"]


async def test_own_only(client: httpx2.AsyncClient, mint: Mint) -> None:
    """The list holds the timesheets of the token's subject only."""
    await client.post("/timesheets", json=DAY, headers=mint.header(sub="auth0|ada", scope=BOTH))
    answer = await client.get("/timesheets", headers=mint.header(sub="auth0|bob", scope=BOTH))
    assert answer.json() == []


@pytest.mark.parametrize("who", ["owner", "email"])
async def test_owner_comes_from_the_token(client: httpx2.AsyncClient, mint: Mint, who: str) -> None:
    """A request that says whose timesheet it is is refused."""
    forged = {**DAY, who: "auth0|bob"}
    answer = await client.post("/timesheets", json=forged, headers=mint.header(scope=BOTH))
    assert answer.status_code == 422


BAD_TOKENS = [
    "expired",
    "for_another_audience",
    "of_another_issuer",
    "of_unknown_key",
    "with_bad_signature",
    "with_another_algorithm",
    "id_token",
]


@pytest.mark.parametrize("kind", BAD_TOKENS)
async def test_bad_token(client: httpx2.AsyncClient, mint: Mint, kind: str) -> None:
    """A bad token gets 401, the message of the requirement, and a reason."""
    answer = await client.get("/timesheets", headers={"Authorization": f"Bearer {getattr(mint, kind)()}"})
    body = answer.json()
    assert (answer.status_code, body["message"]) == (401, "Missing or invalid token")
    assert body["error"] == "invalid_token"
    assert body["error_description"]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_token(client: httpx2.AsyncClient, method: str) -> None:
    """Without a token both endpoints answer 401 and ask for one."""
    answer = await client.request(method, "/timesheets")
    assert (answer.status_code, answer.json()["message"]) == (401, "Missing or invalid token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "scope"), [("GET", "create:timesheets"), ("POST", "read:timesheets")])
async def test_missing_scope(client: httpx2.AsyncClient, mint: Mint, method: str, scope: str) -> None:
    """A token without the endpoint's scope gets 403 that names the scope."""
    answer = await client.request(method, "/timesheets", json=DAY, headers=mint.header(scope=scope))
    wanted = {"GET": "read:timesheets", "POST": "create:timesheets"}[method]
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert f'scope="{wanted}"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "change",
    [
        {"hours": 0},
        {"hours": -1},
        {"hours": 24.25},
        {"hours": 0.1},
        {"hours": "many"},
        {"project": ""},
        {"project": "  "},
        {"project": "x" * 81},
        {"date": "2026-02-30"},
        {"date": "yesterday"},
    ],
    ids=str,
)
async def test_bad_timesheet(client: httpx2.AsyncClient, mint: Mint, change: dict[str, Any]) -> None:
    """A timesheet that cannot be is refused and not kept."""
    ada = mint.header(scope=BOTH)
    answer = await client.post("/timesheets", json={**DAY, **change}, headers=ada)
    assert answer.status_code == 422
    assert (await client.get("/timesheets", headers=ada)).json() == []


async def test_preflight(client: httpx2.AsyncClient) -> None:
    """The single-page application may send its token."""
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    answer = await client.options("/timesheets", headers={"Origin": SPA, **asks})
    assert answer.headers["access-control-allow-origin"] == SPA
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()


async def test_foreign_origin(client: httpx2.AsyncClient, mint: Mint) -> None:
    """A script of another site cannot read the answer."""
    headers = {"Origin": "https://evil.example", **mint.header(scope=BOTH)}
    answer = await client.get("/timesheets", headers=headers)
    assert "access-control-allow-origin" not in answer.headers


async def test_refusal_is_readable(client: httpx2.AsyncClient) -> None:
    """The single-page application may read why it was refused."""
    answer = await client.get("/timesheets", headers={"Origin": SPA})
    assert answer.headers["access-control-allow-origin"] == SPA
    assert "WWW-Authenticate" in answer.headers["access-control-expose-headers"]


async def test_file(mint: Mint, tmp_path: Path) -> None:
    """With a file as its database the API remembers over a restart."""
    ada, file = mint.header(scope=BOTH), str(tmp_path / "timesheets.db")
    async with api(mint, file) as first:
        await first.post("/timesheets", json=DAY, headers=ada)
    async with api(mint, file) as second:
        assert len((await second.get("/timesheets", headers=ada)).json()) == 1


async def test_file_of_an_earlier_version(mint: Mint, tmp_path: Path) -> None:
    """A database that was made before timesheets had an address is still read and written."""
    ada, file = mint.header(sub="auth0|ada", scope=BOTH), str(tmp_path / "timesheets.db")
    with sqlite3.connect(file) as old:
        old.execute(
            "CREATE TABLE timesheets (id INTEGER PRIMARY KEY, owner TEXT NOT NULL, date TEXT NOT NULL,"
            " project TEXT NOT NULL, hours REAL NOT NULL)"
        )
        old.execute("INSERT INTO timesheets VALUES (1, 'auth0|ada', '2026-11-01', 'Old', 1)")
    old.close()
    async with api(mint, file) as client:
        await client.post("/timesheets", json=DAY, headers=ada)
        listed = (await client.get("/timesheets", headers=ada)).json()
    assert [(one["project"], one["email"]) for one in listed] == [("Bridge", None), ("Old", None)]
