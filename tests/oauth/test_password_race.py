"""What a password proved must still hold when tokens are given for it."""

import asyncio

import pytest
from tests.support.protocol import newest_log, refusal
from tests.support.world import World

from gatewright.protection import PASSWORD as LIMIT
from gatewright.users.passwords import Verdict

pytestmark = pytest.mark.anyio

OFFLINE = "openid offline_access"
LATER = 1_800_000_001


class Meanwhile:
    """Changes the user after each of the first comparisons, before tokens are given."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, **change: object) -> None:
        self.compared = 0
        self._world, self._change = world, change
        self._verify = world.platform.hasher.check
        monkeypatch.setattr(world.platform.hasher, "check", self._compare)

    async def _compare(self, password: str, stored: str | None) -> Verdict:
        self.compared += 1
        matches = await self._verify(password, stored)
        await self._world.change_user("auth0|ada", **self._change)
        return matches


@pytest.mark.parametrize(
    ("change", "words"),
    [({"blocked": True}, "user is blocked"), ({"last_password_reset": LATER}, "Wrong email or password.")],
    ids=["blocked", "new password"],
)
async def test_proof_that_no_longer_holds_gives_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, change: dict[str, object], words: str
) -> None:
    """A block, or a new password, that commits between the comparison and the tokens wins."""
    Meanwhile(world, monkeypatch, **change)
    response = await world.browser().bring_password(scope=OFFLINE)
    assert refusal(response) == (400, "invalid_grant")
    assert response.json()["error_description"] == words
    assert (await newest_log(world, "fepft")).description == words
    assert world.rows("SELECT * FROM token_families") == world.rows("SELECT * FROM access_tokens") == []


async def test_user_deleted_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who is deleted between the comparison and the tokens gets none."""
    verify = world.platform.hasher.check

    async def verify_then_delete(password: str, stored: str | None) -> Verdict:
        matches = await verify(password, stored)
        await world.platform.users.delete(world.tenant_id, "auth0|ada")
        return matches

    monkeypatch.setattr(world.platform.hasher, "check", verify_then_delete)
    response = await world.browser().bring_password(scope=OFFLINE)
    assert refusal(response) == (400, "invalid_grant")
    assert world.rows("SELECT * FROM token_families") == []


async def test_other_changes_do_not_matter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other change of the user meanwhile costs no second comparison, and is kept."""
    meanwhile = Meanwhile(world, monkeypatch, name="Ada Byron")
    response = await world.browser().bring_password(scope=OFFLINE)
    assert response.status_code == 200
    assert meanwhile.compared == 1
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert (user.name, user.logins_count) == ("Ada Byron", 1)
    assert len(world.rows("SELECT * FROM token_families")) == 1


async def test_many_at_once(world: World) -> None:
    """As many requests at once as the limit lets through all get tokens for one person, and all count."""
    many = LIMIT.attempts
    answers = await asyncio.gather(*(world.browser().bring_password(scope=OFFLINE) for _ in range(many)))
    assert [response.status_code for response in answers] == [200] * many
    assert len({response.json()["refresh_token"] for response in answers}) == many
    user = await world.platform.users.get(world.tenant_id, "auth0|ada")
    assert user is not None
    assert user.logins_count == many
