"""What a tenant file says of clients of the legacy pipeline, and what is meant where it says nothing."""

import pytest
import yaml
from tests.provisioning.conftest import TENANT, Room

from gatewright.clients import LEGACY_GRANT_TYPES, Client

pytestmark = pytest.mark.anyio

LEGACY = "clients: [{name: A, client_id: a, oidc_conformant: false%s}]"


async def client(room: Room, client_id: str = "a") -> Client:
    found = await room.platform.clients.get(TENANT, client_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("app_type", "usual"),
    [
        ("regular_web", ("authorization_code", "refresh_token")),
        ("spa", ("authorization_code", "refresh_token")),
        ("native", ("authorization_code", "refresh_token")),
        ("non_interactive", ("client_credentials",)),
    ],
)
async def test_grant_types_that_are_not_written(room: Room, app_type: str, usual: tuple[str, ...]) -> None:
    """A legacy client that lists no grant types gets the usual ones, the implicit one and the legacy ones."""
    await room.apply(LEGACY % f", app_type: {app_type}")
    assert (await client(room)).grant_types == (*usual, "implicit", *LEGACY_GRANT_TYPES)


async def test_grant_types_that_are_written(room: Room) -> None:
    """Grant types that are listed are all there are."""
    await room.apply(LEGACY % ", grant_types: [implicit]")
    assert (await client(room)).grant_types == ("implicit",)


async def test_conformant_clients_get_none_of_them(room: Room) -> None:
    """No other client gets a legacy grant type without listing it."""
    await room.apply("clients: [{name: A, client_id: a}]")
    assert (await client(room)).grant_types == ("authorization_code", "refresh_token")


@pytest.mark.parametrize(
    ("fields", "alg"),
    [
        ("", "HS256"),
        (", jwt_configuration: {lifetime_in_seconds: 60}", "HS256"),
        (", jwt_configuration: {alg: HS256}", "HS256"),
        (", jwt_configuration: {alg: RS256}", "RS256"),
    ],
)
async def test_algorithm(room: Room, fields: str, alg: str) -> None:
    """A legacy client's id_tokens are HS256 unless the file says otherwise."""
    await room.apply(LEGACY % fields)
    assert (await client(room)).jwt_configuration.alg == alg


async def test_rest_of_the_configuration_stays(room: Room) -> None:
    """Choosing the algorithm leaves the other fields as they are written."""
    await room.apply(LEGACY % ", jwt_configuration: {lifetime_in_seconds: 60, secret_encoded: true}")
    found = (await client(room)).jwt_configuration
    assert (found.lifetime_in_seconds, found.secret_encoded) == (60, True)


async def test_public_client_gets_a_secret_to_sign_with(room: Room) -> None:
    """A legacy application in the browser has a secret too: the one that signs its id_tokens."""
    await room.apply(LEGACY % ", app_type: spa")
    found = await client(room)
    assert found.is_public
    assert len(room.platform.clients.secret(TENANT, found) or "") == 64


async def test_short_secret_is_told(room: Room) -> None:
    """A secret too short for HS256 is told although the file does not name the algorithm."""
    plan = await room.plan(LEGACY % ", client_secret: twenty-characters-xx")
    assert "signs id_tokens (HS256) and has less than 32 bytes" in " ".join(plan.warnings)


@pytest.mark.parametrize("alg", ["HS256", "RS256"])
async def test_export_and_back(room: Room, alg: str) -> None:
    """What was exported names the algorithm and changes nothing when it is applied."""
    await room.apply(LEGACY % f", jwt_configuration: {{alg: {alg}}}")
    exported = await room.export()
    assert yaml.safe_load(exported)["clients"][0]["jwt_configuration"] == {"alg": alg}
    assert not (await room.plan(exported)).steps


TARGET = """
clients:
- {name: App, client_id: app_id}
- {name: Other}
- {name: Target, client_id: target_id, allowed_clients: [App, Other, app_id, target_id]}
"""


async def test_allowed_clients_by_name_or_id(room: Room) -> None:
    """A list of allowed clients holds names or ids, and is kept as ids, each once."""
    await room.apply(TARGET)
    ids = {found.name: found.client_id for found in await room.platform.clients.all(TENANT)}
    assert (await client(room, "target_id")).allowed_clients == ("app_id", ids["Other"], "target_id")


async def test_allowed_clients_a_second_time(room: Room) -> None:
    """Applied again, the same names change nothing."""
    await room.apply(TARGET)
    assert not (await room.plan(TARGET)).steps


async def test_allowed_clients_are_exported_by_name(room: Room) -> None:
    """An exported list calls clients by their names, and leads back to the same ids."""
    await room.apply(TARGET)
    exported = await room.export()
    (target,) = [one for one in yaml.safe_load(exported)["clients"] if one["name"] == "Target"]
    assert target["allowed_clients"] == ["App", "Other", "Target"]
    assert not (await room.plan(exported)).steps


async def test_allowed_client_that_is_none(room: Room) -> None:
    """A name on the list that is no client's is told at its place."""
    text = "clients: [{name: App}, {name: Target, allowed_clients: [App, Apq]}]"
    assert await room.problems(text) == [
        "line 1: clients[1].allowed_clients[1]: no client 'Apq'; did you mean 'App'?"
    ]


async def test_flags_have_effect(room: Room) -> None:
    """The flags that switch legacy endpoints off are obeyed, so nobody is told that they are not."""
    names = tuple(
        f"allow_legacy_{name}" for name in ("delegation_grant_types", "ro_grant_types", "tokeninfo_endpoint")
    )
    flags = ", ".join(f"{name}: false" for name in names)
    plan = await room.apply(f"tenant: {{flags: {{{flags}}}}}")
    assert not [warning for warning in plan.warnings if "flags" in warning]
    tenant = await room.platform.tenants.get(TENANT)
    assert not any(getattr(tenant.settings.flags, name) for name in names)
