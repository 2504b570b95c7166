"""APIs, their scopes and what clients may do with them."""

import pytest
from tests.support.world import API, World

from gatewright.apis import Api, ApiScope
from gatewright.jose import Unsealable

pytestmark = pytest.mark.anyio


def api(**fields: object) -> Api:
    return Api(api_id="a" * 24, identifier="https://api.test/", name="A", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dialect", "enforced", "permissions", "rfc9068"),
    [
        ("access_token", True, False, False),
        ("access_token_authz", True, True, False),
        ("access_token_authz", False, False, False),
        ("rfc9068_profile", True, False, True),
        ("rfc9068_profile_authz", True, True, True),
    ],
)
def test_dialect_decides_what_tokens_tell(
    dialect: str, enforced: bool, permissions: bool, rfc9068: bool
) -> None:
    """Permissions are told with an _authz dialect and enforced policies; rfc9068 dialects are at+jwt."""
    made = api(token_dialect=dialect, enforce_policies=enforced)
    assert (made.tells_permissions, made.follows_rfc9068) == (permissions, rfc9068)


def test_scope_values() -> None:
    """The scopes of an API by name."""
    made = api(scopes=(ApiScope(value="read:x", description="Read"), ApiScope(value="write:x")))
    assert made.scope_values == {"read:x", "write:x"}


async def test_api_is_found_by_its_identifier(world: World) -> None:
    """An audience names an API exactly, in its own tenant."""
    found = await world.platform.apis.by_identifier(world.tenant_id, API)
    assert found is not None
    assert found.name == "Timesheets"
    assert await world.platform.apis.by_identifier(world.tenant_id, API + "/") is None
    assert await world.platform.apis.by_identifier("other", API) is None


async def test_client_grant_is_by_client_and_audience(world: World) -> None:
    """A standing permission is that of one client at one API."""
    grant = await world.platform.apis.grant(world.tenant_id, "web", API)
    assert grant is not None
    assert grant.scope == ("read:timesheets",)
    assert await world.platform.apis.grant(world.tenant_id, "spa", API) is None
    assert await world.platform.apis.grant(world.tenant_id, "web", "https://other.test/") is None


async def test_shared_secret_opens_in_its_own_place_only(world: World) -> None:
    """The secret of an HS256 API comes back from its seal, for that API and tenant alone."""
    made = await world.put_api(api(signing_alg="HS256"), secret="a-shared-secret")
    assert world.platform.apis.secret(world.tenant_id, made) == "a-shared-secret"
    assert "a-shared-secret" not in "\n".join(world.dump())
    with pytest.raises(Unsealable):
        world.platform.apis.secret("other", made)
