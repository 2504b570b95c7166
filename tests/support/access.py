"""What a person has: a session, a refresh token, and how to see whether these still open a door."""

from typing import Any

from tests.support.protocol import refresh, userinfo
from tests.support.world import Browser, World, claims_of

ADA = "/users/auth0%7Cada"


class Person:
    """Somebody who signed in to the web client in a browser of their own and may refresh."""

    def __init__(self, browser: Browser, tokens: dict[str, Any]) -> None:
        self.browser = browser
        self.tokens = tokens

    @property
    def sid(self) -> str:
        """The public id of their session."""
        return str(claims_of(self.tokens["id_token"])["sid"])

    @property
    def grant_id(self) -> str:
        """The public id of their refresh token."""
        return str(self.tokens["refresh_token"]).partition(".")[0]

    async def is_signed_in(self) -> bool:
        """Whether their browser is signed in, without asking them anything."""
        response = await self.browser.authorize(prompt="none")
        return "code=" in response.headers["location"]

    async def can_refresh(self) -> bool:
        """Whether their refresh token still gives tokens; goes on with what it gave."""
        response = await refresh(self.browser, self.tokens["refresh_token"])
        if response.status_code == 200:
            self.tokens |= response.json()
        return response.status_code == 200

    async def is_known(self) -> bool:
        """Whether their access token still opens userinfo."""
        return (await userinfo(self.browser, self.tokens["access_token"])).status_code == 200

    async def doors(self) -> tuple[bool, bool, bool]:
        """Session, refresh token, access token: which of them still opens its door."""
        return await self.is_signed_in(), await self.can_refresh(), await self.is_known()


async def signed_in(world: World, **parameters: str) -> Person:
    """Ada, in a fresh browser."""
    browser = world.browser()
    browser.client.headers["user-agent"] = "Browser/1"
    return Person(browser, await browser.tokens(**{"scope": "openid offline_access", **parameters}))
