"""Every route of the management API against all who may not use it; a new resource is in it by itself."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
import pytest
from tests.support import world as worlds
from tests.support.management import (
    ISSUER,
    Caller,
    caller,
    enable_management,
    put_other_tenant,
    refused,
    token_of,
)
from tests.support.world import API, PASSWORD, World, settings_for

from gatewright.app import build_platform
from gatewright.app.management import build_management
from gatewright.consents import Consent
from gatewright.management.resource import Operation
from gatewright.oauth.model import Family, Grant
from gatewright.protection import Block
from gatewright.protection.blocks import hash_of_network
from gatewright.sessions import Session
from gatewright.storage.backends import open_database
from gatewright.users import Identity, User

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

THEIR_IP = "198.51.100.77"
WITHOUT_EFFECT = ("DELETE /anomaly/blocks/ips/{id}",)
"""What is done to no thing, so that doing it in vain is no mistake."""

UNRELATED = "create:guardian_enrollment_tickets"
_ID = re.compile(r"\{\w+\}")
_NAMED_BY_CALLER = frozenset({"PUT /rules-configs/{key}"})
"""What is there after the call, whoever had a name like it before."""

_NOTHING_THERE = ("actions", "hooks", "rules", "rules-configs", "token-exchange-profiles")
"""Kinds of which no tenant has any."""


@cache
def operations() -> tuple[Operation, ...]:
    """Every endpoint, of a server that opens nothing."""
    with TemporaryDirectory() as folder:
        settings = settings_for(Path(folder))
        platform = build_platform(settings, open_database(settings.database.url))
        found = build_management(platform).operations
        platform.hasher.close()
        return found


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


every = pytest.mark.parametrize("operation", operations(), ids=named)
with_id = pytest.mark.parametrize(
    "operation",
    [
        each
        for each in operations()
        if "{" in each.path and f"{each.method} {each.path}" not in _NAMED_BY_CALLER
    ],
    ids=named,
)
with_body = pytest.mark.parametrize("operation", [each for each in operations() if each.body], ids=named)


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@dataclass(frozen=True)
class Standing:
    """A server in which nothing may change, for thousands of calls; and what another tenant of it has."""

    world: World
    theirs: "Others"


@pytest.fixture(scope="module")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    """Made once: a server for each call takes ten times as long as the call."""
    async with worlds.world(tmp_path_factory.mktemp("matrix")) as made:
        await enable_management(made)
        yield Standing(made, await others(made))


@pytest.fixture
def still(standing: Standing) -> World:
    """The server in which nothing may change, a second later: nobody calls too often."""
    standing.world.clock.advance(1)
    return standing.world


@pytest.fixture
async def refused_robot(still: World) -> Caller:
    """A caller with every scope, whom that server refuses whatever is sent."""
    return await caller(still)


@dataclass(frozen=True)
class Others:
    """Ids of things that another tenant has, by the first piece of a path."""

    ids: dict[str, str]


STREAM = {"name": "Theirs", "type": "http", "sink": {"httpEndpoint": "https://hooks.theirs.test/"}}


async def others(world: World) -> Others:
    """Makes one thing of each kind in another tenant. A resource whose paths have ids has its line here."""
    tenant = await put_other_tenant(world)
    robot = await caller(world, base=tenant.issuer)
    client = await robot.made("/clients", name="Theirs")
    api = await robot.made("/resource-servers", identifier="https://theirs.test/", name="Theirs")
    grant = {"client_id": client["client_id"], "audience": api["identifier"], "scope": []}
    domain = {"domain": "theirs.example.test", "type": "self_managed_certs"}
    user = User(
        user_id="auth0|theirs",
        identities=(Identity(connection="Users", provider="auth0", user_id="theirs"),),
    )
    await world.platform.users.add("other", user, (), None)
    consent = await _put_access(world, user.user_id)
    await _put_block(world)
    return Others(
        {
            "anomaly": THEIR_IP,
            "user-blocks": user.user_id,
            "sessions": "their-sid",
            "refresh-tokens": "their-grant",
            "device-credentials": "their-grant",
            "grants": consent.consent_id,
            **dict.fromkeys(_NOTHING_THERE, "theirs"),
            "clients": client["client_id"],
            "resource-servers": api["id"],
            "keys": (await robot.read("/keys/signing"))[0]["kid"],
            "logs": (await robot.read("/logs"))[0]["log_id"],
            "log-streams": (await robot.made("/log-streams", **STREAM))["id"],
            "roles": (await robot.made("/roles", name="Theirs"))["id"],
            "connections": (await robot.made("/connections", name="Theirs", strategy="auth0"))["id"],
            "custom-domains": (await robot.made("/custom-domains", **domain))["custom_domain_id"],
            "client-grants": (await robot.made("/client-grants", **grant))["id"],
            "users": user.user_id,
            "organizations": (await robot.made("/organizations", name="theirs"))["id"],
            "prompts": "nobody",
            "branding": (await robot.made("/branding/themes"))["themeId"],
            "email-templates": (await robot.made("/email-templates", template="verify_email"))["template"],
            "jobs": (await robot.post("/jobs/users-exports", {})).json()["id"],
        }
    )


async def _put_access(world: World, user_id: str) -> Consent:
    """A session and a refresh token of the other tenant's user, and a consent, which is returned."""
    stores, now = world.platform.stores, world.clock.now()
    grant = Grant(grant_id="their-grant", client_id="web", user_id=user_id, scopes=("openid",))
    consent = Consent(
        user_id=user_id, client_id="web", audience="", scopes=frozenset({"openid"}), granted_at=now
    )
    session = Session(
        session_hash="h",
        sid="their-sid",
        user_id=user_id,
        connection="Users",
        authenticated_at=now,
        created_at=now,
        seen_at=now,
        idle_expires_at=now + 90_000,
        expires_at=now + 90_000,
    )
    await world.platform.bus.commit(
        (
            stores.sessions.put("other", session),
            stores.authorizations.put_family("other", Family(grant=grant, created_at=now)),
            stores.consents.put("other", consent),
        )
    )
    return consent


async def _put_block(world: World) -> None:
    """A network that is shut out by the other tenant."""
    attempts = world.platform.stores.attempts
    _, ends = await attempts.add("other", "k", now=world.clock.now(), window=9_000)
    subject = hash_of_network(THEIR_IP)
    block = Block(key="k", subject_hash=subject, connection="", ip=THEIR_IP, expires_at=ends)
    await world.platform.bus.commit((attempts.put_block("other", block),))


async def called(by: Caller, operation: Operation, id_: str = "nobody") -> httpx2.Response:
    """The call with ``id_`` wherever the path has an id, and a body that says nothing."""
    nothing = [{}] if operation.body and operation.body.several else {}
    body: dict[str, Any] = {"json": nothing} if operation.body else {}
    return await by.call(operation.method, _ID.sub(id_, operation.path), **body)


@every
async def test_no_token(still: World, operation: Operation) -> None:
    """Without an access token every route answers 401 and says how to send one."""
    response = await still.browser().client.request(operation.method, f"/api/v2{operation.path}")
    assert refused(response) == (401, "")
    assert response.headers["www-authenticate"].startswith("Bearer")


@every
async def test_wrong_audience(still: World, operation: Operation) -> None:
    """A token for another API is refused by every route."""
    answer = await still.browser().token(grant_type="client_credentials", audience=API)
    other = Caller(still.browser(), answer.json()["access_token"])
    assert refused(await called(other, operation)) == (401, "")


@every
async def test_wrong_scope(still: World, operation: Operation) -> None:
    """A token without a scope of the route is refused, and the scopes are named."""
    assert UNRELATED not in operation.scopes
    response = await called(await caller(still, UNRELATED), operation)
    assert refused(response) == (403, "insufficient_scope")
    assert all(scope in response.json()["message"] for scope in operation.scopes)


@every
async def test_token_of_another_tenant(still: World, operation: Operation) -> None:
    """A token that another tenant of the same server issued is refused by every route."""
    tenant = await still.platform.tenants.get("other")
    foreign = Caller(still.browser(), await token_of(still, base=tenant.issuer))
    assert refused(await called(foreign, operation)) == (401, "")


@every
async def test_token_of_a_person(world: World, operation: Operation) -> None:
    """A person's token with whatever scopes they asked for opens what is about themselves alone."""
    asked = " ".join(("openid", *operation.scopes))
    answer = await world.browser().tokens(audience=f"{ISSUER}api/v2/", scope=asked)
    person = Caller(world.browser(), answer["access_token"])
    if not any("current_user" in scope for scope in operation.scopes):
        assert refused(await called(person, operation)) == (403, "insufficient_scope")
    assert PASSWORD not in (await called(person, operation)).text


@with_id
async def test_thing_of_another_tenant(
    standing: Standing, still: World, refused_robot: Caller, operation: Operation
) -> None:
    """What another tenant has is not there, whatever is done with its id, and stays as it is."""
    theirs = standing.theirs.ids[operation.path.split("/")[1]]
    before = still.rows("SELECT * FROM revisions WHERE tenant_id = 'other'")
    response = await called(refused_robot, operation, theirs)
    if named(operation) in WITHOUT_EFFECT:
        assert response.status_code == operation.status
        assert await still.platform.stores.attempts.blocks("other", hash_of_network(THEIR_IP), now=0)
    else:
        status, code = refused(response)
        assert (status, code.startswith("inexistent_")) == (404, True)
    assert still.rows("SELECT * FROM revisions WHERE tenant_id = 'other'") == before


@with_id
@pytest.mark.parametrize("id_", ["%00", "%FF", "a%2Fb", "%F0%9F%92%A9", "x" * 1_500, "%2E%2E", "%0A"])
async def test_odd_id(refused_robot: Caller, operation: Operation, id_: str) -> None:
    """An id that can be nobody's is refused with 400 or 404."""
    status, _ = refused(await called(refused_robot, operation, id_))
    assert status in (400, 404, 405)


@with_body
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'{"a": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"name": "' + b"x" * 1_100_000 + b'"}',
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
async def test_odd_body(refused_robot: Caller, operation: Operation, content: bytes) -> None:
    """A body that is no JSON object of known fields is refused with 400, and nothing changes."""
    path = _ID.sub("web", operation.path)
    headers = {"content-type": "application/json"}
    response = await refused_robot.call(operation.method, path, content=content, headers=headers)
    assert refused(response) == (400, "invalid_body")


@with_body
async def test_body_of_another_type(refused_robot: Caller, operation: Operation) -> None:
    """A body that is not sent as JSON is refused with 415, so that no form of a page can send one."""
    path = _ID.sub("web", operation.path)
    kind = {"content-type": "text/plain"}
    response = await refused_robot.call(operation.method, path, content=b"{}", headers=kind)
    assert refused(response) == (415, "unsupported_media_type")


@every
async def test_unknown_parameter(refused_robot: Caller, operation: Operation) -> None:
    """A parameter nobody knows is refused: whoever sent a filter had better not get everything."""
    body: dict[str, Any] = {"json": {}} if operation.body else {}
    path = _ID.sub("nobody", operation.path)
    response = await refused_robot.call(operation.method, f"{path}?nonsense=1", **body)
    assert refused(response) == (400, "invalid_query_string")


@every
async def test_each_route_is_in_the_document(still: World, operation: Operation) -> None:
    """The OpenAPI document has every route, with its scopes and every id of its path."""
    document = (await still.browser().get("/api/v2/openapi.json")).json()
    found = document["paths"][operation.path][operation.method.lower()]
    assert found["x-scopes"] == list(operation.scopes)
    in_path = [each["name"] for each in found["parameters"] if each["in"] == "path"]
    assert in_path == re.findall(r"\{(\w+)\}", operation.path)
    assert str(operation.status) in found["responses"]


@every
async def test_rate_limit_headers(robot: Caller, operation: Operation) -> None:
    """Every answer to a known caller tells how many calls are left."""
    headers = (await called(robot, operation)).headers
    assert int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])
    assert int(headers["x-ratelimit-reset"]) > 0


def test_every_scope_is_offered() -> None:
    """Every scope that a route asks for is one of the management API."""
    from gatewright.provisioning import MANAGEMENT_SCOPES

    asked = {scope for operation in operations() for scope in operation.scopes}
    assert asked <= set(MANAGEMENT_SCOPES)


def test_no_route_stands_twice() -> None:
    """No two rows are the same method and path, whatever their ids are called."""
    rows = [f"{each.method} {_ID.sub('{}', each.path)}" for each in operations()]
    assert len(rows) == len(set(rows))
