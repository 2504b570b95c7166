"""A proof is worth nothing once what it proved has changed."""

import pytest
from tests.support.world import World

from gatewright.users import PasswordChanged
from gatewright.users.passwords import Verdict

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("change", [{"last_password_reset": 1_800_000_001}, {"blocked": True}])
async def test_password_changed_while_it_was_compared_gives_no_session(
    world: World, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    """A reset, or a block, that commits between the comparison and the session wins."""
    verify = world.platform.hasher.check

    async def verify_then_change(password: str, stored: str | None) -> Verdict:
        matches = await verify(password, stored)
        await world.change_user("auth0|ada", **change)
        return matches

    browser = world.browser()
    page = await browser.authorize()
    monkeypatch.setattr(world.platform.hasher, "check", verify_then_change)
    response = await browser.submit(page, username="ada@example.test", password="Correct-Horse-1")
    assert response.status_code == 503
    assert not [name for name in browser.client.cookies if "session" in name]


async def test_new_password_ends_refresh_tokens_in_its_own_unit(world: World) -> None:
    """The unit that records a changed password revokes the refresh tokens of before."""
    tokens = await world.browser().tokens(scope="openid offline_access")
    event = PasswordChanged(tenant_id="main", at=world.clock.now(), user_id="auth0|ada")
    await world.platform.bus.commit((), event)
    response = await world.browser().token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert response.json()["error"] == "invalid_grant"
