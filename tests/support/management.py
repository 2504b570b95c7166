"""A caller of the management API: a client with a grant for it, and how refusals read."""

from typing import Any

import httpx2
from tests.support.protocol import bearer
from tests.support.world import ISSUER, Browser, World

from gatewright.apis import ClientGrant
from gatewright.app.provisioning import build_provisioning
from gatewright.clients import Client
from gatewright.provisioning import EMPTY, MANAGEMENT_SCOPES, Order
from gatewright.tenants import Tenant

AUDIENCE = f"{ISSUER}api/v2/"
ROBOT = "robot"
ROBOT_SECRET = "robot-secret-0123456789abcdefghijklmnop"
EVERYTHING = tuple(scope for scope in MANAGEMENT_SCOPES if "current_user" not in scope)


async def enable_management(world: World, *, scopes: tuple[str, ...] = EVERYTHING) -> None:
    """Gives the tenant its management API, and a client that may use it."""
    provisioning = build_provisioning(world.platform)
    issuer = (await world.platform.tenants.get(world.tenant_id)).issuer
    await provisioning.apply(await provisioning.plan(Order(document=EMPTY, tenant_id="main", issuer=issuer)))
    robot = Client(
        client_id=ROBOT, name="Robot", app_type="non_interactive", grant_types=("client_credentials",)
    )
    await world.put_client(robot, secret=ROBOT_SECRET)
    await put_grant(world, scopes)


async def put_grant(world: World, scopes: tuple[str, ...]) -> None:
    """What the robot may ask for."""
    grant = ClientGrant(grant_id="cgr_robot", client_id=ROBOT, audience=AUDIENCE, scope=scopes)
    await world.commit(world.platform.stores.apis.put_grant(world.tenant_id, grant))


async def put_other_tenant(world: World) -> Tenant:
    """A second tenant on the same server, with a management API and the same robot of its own."""
    issuer = "https://other.example.test/"
    provisioning = build_provisioning(world.platform)
    order = Order(document=EMPTY, tenant_id="other", issuer=issuer)
    await provisioning.apply(await provisioning.plan(order))
    robot = await world.platform.clients.get(world.tenant_id, ROBOT)
    assert robot is not None
    secret = world.platform.clients.sealed("other", ROBOT, ROBOT_SECRET, 0)
    stores = world.platform.stores
    grant = ClientGrant(grant_id="cgr_other", client_id=ROBOT, audience=f"{issuer}api/v2/", scope=EVERYTHING)
    made = Client(client_id=ROBOT, name="Robot", grant_types=("client_credentials",), secrets=(secret,))
    await world.platform.bus.commit(
        (
            stores.clients.put("other", made),
            stores.apis.put_grant("other", grant),
            stores.tenants.touched("other"),
        )
    )
    return await world.platform.tenants.get("other")


async def token_of(world: World, *scopes: str, base: str = ISSUER, client_id: str = ROBOT) -> str:
    """An access token with these scopes; without any, with all there are."""
    response = await world.browser(base=base).post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": ROBOT_SECRET,
            "audience": f"{base}api/v2/",
            **({"scope": " ".join(scopes)} if scopes else {}),
        },
    )
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


class Caller:
    """Calls with one access token."""

    def __init__(self, browser: Browser, token: str) -> None:
        self.browser = browser
        self.token = token

    async def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """One call; ``path`` is relative to ``/api/v2``."""
        headers = {**bearer(self.token), **options.pop("headers", {})}
        return await self.browser.client.request(method, f"/api/v2{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: object = None, **options: Any) -> httpx2.Response:
        return await self.call("POST", path, json=body, **options)

    async def patch(self, path: str, body: object, **options: Any) -> httpx2.Response:
        return await self.call("PATCH", path, json=body, **options)

    async def delete(self, path: str, **options: Any) -> httpx2.Response:
        return await self.call("DELETE", path, **options)

    async def read(self, path: str) -> Any:
        """What is read at the path, which is there."""
        response = await self.get(path)
        assert response.status_code == 200, response.text
        return response.json()

    async def made(self, path: str, **fields: Any) -> dict[str, Any]:
        """What a call creates."""
        response = await self.post(path, fields)
        assert response.status_code == 201, response.text
        found: dict[str, Any] = response.json()
        return found


async def caller(world: World, *scopes: str, base: str = ISSUER) -> Caller:
    """The robot with these scopes; without any, with all there are."""
    return Caller(world.browser(base=base), await token_of(world, *scopes, base=base))


async def person(world: World, scope: str) -> Caller:
    """Ada, with a token of her own for the management API."""
    answer = await world.browser().tokens(audience=AUDIENCE, scope=f"openid {scope}")
    return Caller(world.browser(), answer["access_token"])


def refused(response: httpx2.Response) -> tuple[int, str]:
    """Status and ``errorCode`` of a refusal in the management API's shape."""
    assert response.headers["content-type"] == "application/json", response.text
    assert response.headers["cache-control"] == "no-store"
    found: dict[str, Any] = response.json()
    assert {"statusCode", "error", "message"} <= set(found) <= {"statusCode", "error", "message", "errorCode"}
    assert found["statusCode"] == response.status_code
    assert found["message"]
    return response.status_code, found.get("errorCode", "")
