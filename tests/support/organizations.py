"""Organizations for tests of login and tokens."""

import httpx2
import msgspec
from tests.support.world import Browser, World, answer, claims_of

from gatewright.clients import Client
from gatewright.organizations import EnabledConnection, Invitee, Inviter, Organization, new_invitation

ACME = "org_acme"
DATABASE = EnabledConnection(connection_id="con_db")
ADA = "auth0|ada"


async def put_organization(
    world: World, name: str = "acme", *, members: tuple[str, ...] = (), **fields: object
) -> Organization:
    """An organization whose people come from the database, with its members."""
    made = Organization(
        organization_id=f"org_{name}",
        name=name,
        **{"connections": (DATABASE,), **fields},  # type: ignore[arg-type]
    )
    stores = world.platform.stores
    await world.commit(
        stores.organizations.put(world.tenant_id, made),
        *(
            change
            for user_id in members
            for change in stores.members.add(world.tenant_id, made.organization_id, user_id)
        ),
    )
    return made


async def give_role(world: World, user_id: str, role_id: str = "rol_reader") -> None:
    """Gives a member of the organization a role there."""
    await world.commit(*world.platform.stores.members.give_role(world.tenant_id, ACME, user_id, role_id))


async def let_organizations(world: World, usage: str = "allow", **fields: object) -> Client:
    """The web client, which may or must be used for organizations."""
    return await world.change_client("web", organization_usage=usage, **fields)


async def tell_names(world: World) -> None:
    """Organizations may be named by name, and tokens tell it."""
    await world.change_tenant(allow_organization_name_in_authentication_api=True)


async def invite(
    world: World, email: str, *, roles: tuple[str, ...] = (), lifetime: int = 3_600, **fields: object
) -> str:
    """An invitation to the organization; its secret."""
    secret, made = new_invitation(
        ACME,
        now=world.clock.now(),
        lifetime=lifetime,
        inviter=Inviter(name="Grace"),
        invitee=Invitee(email=email),
        roles=roles,
        **{"client_id": "web", **fields},
    )
    await world.commit(*world.platform.stores.invitations.insert(world.tenant_id, made))
    return secret


async def organization_of(browser: Browser, response: httpx2.Response) -> str:
    """The organization of the tokens that the code of the answer gives."""
    tokens = (await browser.redeem(answer(response)["code"])).json()
    return str(claims_of(tokens["id_token"]).get("org_id", ""))


def denied(response: httpx2.Response) -> tuple[str, str]:
    """Error and description that the application is answered."""
    found = answer(response)
    return found["error"], found["error_description"]


async def change_organization(world: World, name: str = "acme", **fields: object) -> Organization:
    """Changes fields of an organization."""
    found = await world.platform.stores.organizations.by_name(world.tenant_id, name)
    assert found is not None
    changed = msgspec.structs.replace(found, **fields)
    await world.commit(world.platform.stores.organizations.put(world.tenant_id, changed))
    return changed
