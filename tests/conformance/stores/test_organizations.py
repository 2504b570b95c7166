"""Organizations, their members and invitations, by tenant and one by one."""

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.organizations import (
    EnabledConnection,
    Invitation,
    Invitee,
    Inviter,
    Organization,
    new_invitation,
)
from gatewright.storage.database import revision_bump

pytestmark = pytest.mark.anyio

ACME = Organization(
    organization_id="org_acme",
    name="acme",
    display_name="Äcme",
    metadata={"plan": "gold"},
    connections=(EnabledConnection(connection_id="con_1", assign_membership_on_login=True),),
    client_grants=("cgr_1",),
)


async def put(place: Place, *organizations: Organization, tenant: str = TENANT) -> None:
    """Stores organizations."""
    stores = place.stores.organizations
    await place.run(*(stores.put(tenant, each) for each in organizations), revision_bump(tenant))


def invitation(**fields: str) -> tuple[str, Invitation]:
    """An invitation and its secret."""
    return new_invitation(
        "org_acme",
        now=100,
        lifetime=50,
        inviter=Inviter(name="Grace"),
        invitee=Invitee(email="bob@example.test"),
        client_id="web",
        **fields,
    )


async def test_organization_round_trip(place: Place) -> None:
    """An organization comes back as it was stored, by id and by name, in its tenant alone."""
    await put(place, ACME)
    store = place.stores.organizations
    assert await store.get(TENANT, "org_acme") == await store.by_name(TENANT, "acme") == ACME
    assert await store.all(TENANT) == [ACME]
    assert await store.get(OTHER, "org_acme") is None
    assert await store.by_name(OTHER, "acme") is None


async def test_renamed_organization_is_found_by_its_new_name(place: Place) -> None:
    """A change is seen at once, though the organization was read before."""
    await put(place, ACME)
    store = place.stores.organizations
    await store.by_name(TENANT, "acme")
    await put(place, msgspec.structs.replace(ACME, name="acme-2"))
    assert await store.by_name(TENANT, "acme") is None
    assert await store.by_name(TENANT, "acme-2") is not None


async def test_name_is_taken_once(place: Place) -> None:
    """Two organizations of one tenant never share a name; those of two tenants may."""
    await put(place, ACME)
    await put(place, ACME, tenant=OTHER)
    with pytest.raises(Duplicate):
        await put(place, msgspec.structs.replace(ACME, organization_id="org_other"))


async def test_members_in_the_order_of_their_ids(place: Place) -> None:
    """Members are those of this tenant and organization, page by page, each once."""
    await put(place, ACME)
    await put(place, ACME, tenant=OTHER)
    members = place.stores.members
    for tenant, user in ((TENANT, "b"), (TENANT, "a"), (TENANT, "c"), (TENANT, "a"), (OTHER, "d")):
        await place.run(*members.add(tenant, "org_acme", user))
    assert await members.members(TENANT, "org_acme", limit=10) == ["a", "b", "c"]
    assert await members.members(TENANT, "org_acme", after="a", limit=1) == ["b"]
    assert await members.members(TENANT, "org_acme", skip=2, limit=5) == ["c"]
    assert await members.count(TENANT, "org_acme") == 3
    assert await members.of_user(TENANT, "a") == ["org_acme"]
    assert await members.is_member(TENANT, "org_acme", "a")
    assert not await members.is_member(OTHER, "org_acme", "a")


async def test_nobody_joins_what_is_gone(place: Place) -> None:
    """A membership in an organization that is not there undoes its unit."""
    with pytest.raises(Unmatched):
        await place.run(*place.stores.members.add(TENANT, "org_gone", "a"))
    assert await place.stores.members.of_user(TENANT, "a") == []


async def test_roles_of_members(place: Place) -> None:
    """A member has roles there, and loses them when they leave."""
    await put(place, ACME)
    members = place.stores.members
    await place.run(*members.add(TENANT, "org_acme", "a"))
    for role in ("rol_2", "rol_1", "rol_1"):
        await place.run(*members.give_role(TENANT, "org_acme", "a", role))
    assert await members.roles_of(TENANT, "org_acme", "a") == ["rol_1", "rol_2"]
    assert await members.holders(TENANT, "org_acme", "rol_1", limit=10) == ["a"]
    assert await members.holders(TENANT, "org_acme", "rol_1", after="a", limit=10) == []
    await place.run(members.take_role(TENANT, "org_acme", "a", "rol_1"))
    assert await members.roles_of(TENANT, "org_acme", "a") == ["rol_2"]
    await place.run(*members.remove(TENANT, "org_acme", "a"))
    assert await members.roles_of(TENANT, "org_acme", "a") == []


async def test_a_stranger_gets_no_role(place: Place) -> None:
    """A role for somebody who is no member undoes its unit."""
    await put(place, ACME)
    with pytest.raises(Unmatched):
        await place.run(*place.stores.members.give_role(TENANT, "org_acme", "a", "rol_1"))


async def test_invitation_stands_until_it_is_spent_or_over(place: Place) -> None:
    """An invitation is found by its secret's hash while it stands, and spent once."""
    await put(place, ACME)
    store = place.stores.invitations
    _, made = invitation(connection_id="con_1")
    await place.run(*store.insert(TENANT, made))
    assert await store.by_ticket(TENANT, made.ticket_hash, now=149) == made
    assert await store.of_organization(TENANT, "org_acme", now=149) == [made]
    assert await store.by_ticket(TENANT, made.ticket_hash, now=150) is None
    assert await store.of_organization(TENANT, "org_acme", now=150) == []
    assert await store.by_ticket(OTHER, made.ticket_hash, now=149) is None
    await place.run(store.spend(TENANT, made))
    with pytest.raises(Unmatched):
        await place.run(store.spend(TENANT, made))


async def test_deleted_organization_leaves_nothing(place: Place) -> None:
    """With an organization go members, their roles and invitations, of this tenant alone."""
    _, made = invitation()
    for tenant in (TENANT, OTHER):
        await put(place, ACME, tenant=tenant)
        await place.run(*place.stores.members.add(tenant, "org_acme", "a"))
        await place.run(*place.stores.members.give_role(tenant, "org_acme", "a", "rol_1"))
        await place.run(*place.stores.invitations.insert(tenant, made))
    await place.run(*place.stores.organizations.delete(TENANT, "org_acme"))
    for tenant, left in ((TENANT, 0), (OTHER, 1)):
        assert len(await place.stores.members.of_user(tenant, "a")) == left
        assert len(await place.stores.members.roles_of(tenant, "org_acme", "a")) == left
        assert len(await place.stores.invitations.of_organization(tenant, "org_acme", now=100)) == left
