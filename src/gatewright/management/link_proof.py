"""``link_with``: an id_token as proof that a second account is the caller's as well.

Whoever holds an id_token of somebody would have their account, so only a fresh one will do, of the very
client that calls, and signed with a key that no client has (Keycloak CVE-2026-9087, Zitadel CVE-2026-105207).
"""

from collections.abc import Mapping

from gatewright.clients import Client, Clients
from gatewright.jose.verifying import audience_of
from gatewright.management.errors import InvalidBody
from gatewright.management.resource import Call
from gatewright.oauth.id_token_keys import IdTokenKeys
from gatewright.users import User, UserStore
from gatewright_guard import GuardError

FRESH_SECONDS = 600
"""How old the id_token may be: the person signed in to the second account just now."""


class LinkProofs:
    """Reads the id_tokens."""

    def __init__(self, keys: IdTokenKeys, clients: Clients, users: UserStore) -> None:
        self._keys = keys
        self._clients = clients
        self._users = users

    async def user(self, call: Call, token: str, *, client_id: str = "") -> User:
        """Whom the id_token is about. With ``client_id`` it has to be for that client.

        Raises ``InvalidBody``.
        """
        client = await self._client(call, token, client_id)
        try:
            claims = await self._keys.verified(call.tenant, client, token, call.now)
        except GuardError as error:
            raise _refused(str(error)) from None
        _check_kind(claims, client)
        user = await self._users.get(call.tenant_id, str(claims["sub"]))
        if user is None or user.blocked:
            raise _refused("its user is blocked or gone")
        _check_fresh(claims, user, call.now)
        return user

    async def _client(self, call: Call, token: str, client_id: str) -> Client:
        """The client that the token has to be for; which it says it is, nobody has verified yet."""
        named = audience_of(token)
        if client_id and named != (client_id,):
            raise _refused("wanted: one that was issued to the client that calls")
        client = await self._clients.get(call.tenant_id, named[0])
        if client is None or len(named) != 1:
            raise _refused("it names no client of this tenant")
        return client


def _check_kind(claims: Mapping[str, object], client: Client) -> None:
    if "jti" in claims:
        raise _refused("this is an access token; wanted: an id_token")
    if claims.get("azp", client.client_id) != client.client_id:
        raise _refused("it was got by delegation, which proves nothing about a person at the door")


def _check_fresh(claims: Mapping[str, object], user: User, now: int) -> None:
    issued_at = claims.get("iat")
    if not isinstance(issued_at, int | float) or issued_at < now - FRESH_SECONDS:
        raise _refused(f"older than {FRESH_SECONDS} seconds; sign in to the second account again")
    if issued_at < (user.last_password_reset or 0):
        raise _refused("the password was changed after it was issued; sign in again")


def _refused(why: str) -> InvalidBody:
    return InvalidBody(f"link_with: {why}")
