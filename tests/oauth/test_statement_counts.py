"""What the hot paths ask of the database: so many reads, so many units, in either pipeline."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.support.legacy import make_legacy
from tests.support.protocol import introspect, refresh, userinfo
from tests.support.world import API, Browser, World

pytestmark = pytest.mark.anyio

READS, UNITS = ("fetch", "fetch_one", "scan"), ("run", "begin", "take")


class Counter:
    """Counts what the database is asked."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._asked: list[str] = []
        database = world.platform.database
        for name in (*READS, *UNITS):
            monkeypatch.setattr(database, name, self._noting(name, getattr(database, name)))

    def _noting(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*arguments: Any, **parameters: Any) -> Any:
            self._asked.append(name)
            return method(*arguments, **parameters)

        return noted

    def taken(self) -> tuple[int, int]:
        """Reads and units since the last call."""
        asked, self._asked = self._asked, []
        reads = sum(name in READS for name in asked)
        return reads, len(asked) - reads


@pytest.fixture
def count(world: World, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Counts from now on."""
    return Counter(world, monkeypatch)


async def warm(browser: Browser, **parameters: str) -> dict[str, Any]:
    """Signs in and fills the caches of configuration."""
    tokens = await browser.tokens(scope="openid offline_access", **parameters)
    await refresh(browser, tokens["refresh_token"])
    await userinfo(browser, tokens["access_token"])
    await introspect(browser, tokens["access_token"])
    return await browser.tokens(scope="openid offline_access", **parameters)


async def counts(world: World, count: Counter, **parameters: str) -> dict[str, tuple[int, int]]:
    """Reads and units by step of a code flow with a live session, and of what follows it."""
    browser = world.browser()
    tokens = await warm(browser, **parameters)
    count.taken()
    found = {}
    code = await browser.code(scope="openid offline_access", **parameters)
    found["authorize"] = count.taken()
    await browser.redeem(code)
    found["code"] = count.taken()
    await refresh(browser, tokens["refresh_token"])
    found["refresh"] = count.taken()
    await userinfo(browser, tokens["access_token"])
    found["userinfo"] = count.taken()
    await introspect(browser, tokens["access_token"])
    found["introspection"] = count.taken()
    return found


EXPECTED = {
    "authorize": (1, 1),
    "code": (1, 1),
    "refresh": (1, 1),
    "userinfo": (1, 0),
    "introspection": (1, 0),
}


@pytest.mark.parametrize("audience", ["", API])
async def test_conformant(world: World, count: Counter, audience: str) -> None:
    """Each step of the hot path is one read and, where it changes something, one unit."""
    assert await counts(world, count, audience=audience) == EXPECTED


async def test_legacy(world: World, count: Counter) -> None:
    """The legacy pipeline costs not one statement more."""
    await make_legacy(world)
    assert await counts(world, count, device="phone") == EXPECTED
