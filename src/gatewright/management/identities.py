"""``/users/{id}/identities``: several accounts that are one person."""

from typing import Any

import msgspec

from gatewright.administration import LinkAdministration
from gatewright.connections import Connections
from gatewright.kernel.errors import NotFound
from gatewright.management.bodies import Body, Sent, entry_of, present
from gatewright.management.errors import Inexistent, InsufficientScope, InvalidBody
from gatewright.management.link_proof import LinkProofs
from gatewright.management.people import author_of, check_oneself, user_of
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.user_shape import identities_shown
from gatewright.users import Identity, User, UserStore

_UPDATE = "update:users"
_SCOPES = (_UPDATE, "update:current_user_identities")


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The second account: proved by its id_token, ``link_with``, or named by provider and id.

    ``user_id`` is with or without the provider; ``connection_id`` says of which connection they must be.
    """

    link_with: str = ""
    provider: str = ""
    user_id: str = ""
    connection_id: str = ""


class IdentityResource:
    """See ``resource.Resource``."""

    def __init__(
        self,
        users: UserStore,
        links: LinkAdministration,
        proofs: LinkProofs,
        connections: Connections,
    ) -> None:
        self._users = users
        self._links = links
        self._proofs = proofs
        self._connections = connections

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        path = "/users/{id}/identities"
        return (
            Operation(
                method="POST",
                path=path,
                scopes=_SCOPES,
                summary=(
                    "Make a second user an identity of this one; "
                    "with `update:current_user_identities`, of oneself, by `link_with`."
                ),
                run=self._link,
                status=201,
                body=Body(Link),
                shows=Identity,
                bare_list=True,
            ),
            Operation(
                method="DELETE",
                path=f"{path}/{{provider}}/{{user_id}}",
                scopes=_SCOPES,
                summary="Make an identity a user of its own again.",
                run=self._unlink,
                shows=Identity,
                bare_list=True,
            ),
        )

    async def _link(self, call: Call) -> Answer:
        sent = present(await call.body())
        check_oneself(call, _UPDATE)
        user = await user_of(call, self._users)
        second = await self._second(call, _texts(sent))
        try:
            kept = await self._links.link(call.tenant, user.user_id, second.user_id, by=author_of(call))
        except NotFound:
            raise Inexistent("user") from None
        return Answer(identities_shown(kept))

    async def _second(self, call: Call, sent: Sent) -> User:
        """The second account. A person has to prove that it is theirs, for a name proves nothing."""
        link = entry_of(Link, sent).value
        if link.link_with:
            if sent.keys() != {"link_with"}:
                raise InvalidBody("link_with stands beside other fields; wanted: link_with alone.")
            own_client = "" if call.caller.may(_UPDATE) else call.caller.client_id
            return await self._proofs.user(call, link.link_with, client_id=own_client)
        if not call.caller.may(_UPDATE):
            raise InsufficientScope(f"Insufficient scope; expected any of: {_UPDATE}, or link_with")
        return await self._named(call, link)

    async def _named(self, call: Call, link: Link) -> User:
        for name in ("provider", "user_id"):
            if not getattr(link, name):
                raise InvalidBody(f"{name}: missing; wanted: provider and user_id, or link_with")
        subject = link.user_id.removeprefix(f"{link.provider}|")
        user = await self._users.get(call.tenant_id, f"{link.provider}|{subject}")
        if user is None:
            raise Inexistent("user")
        if link.connection_id:
            connection = await self._connections.by_id(call.tenant_id, link.connection_id)
            if connection is None or connection.name != user.connection:
                raise InvalidBody("connection_id: the second user is not of that connection")
        return user

    async def _unlink(self, call: Call) -> Answer:
        check_oneself(call, _UPDATE)
        user = await user_of(call, self._users)
        provider = call.id("provider")
        subject = call.id("user_id").removeprefix(f"{provider}|")
        try:
            kept = await self._links.unlink(call.tenant, user.user_id, provider, subject, by=author_of(call))
        except NotFound:
            raise Inexistent("identity") from None
        return Answer(identities_shown(kept))


def _texts(sent: Sent) -> dict[str, Any]:
    """The body with an id that some providers have as a number as text."""
    user_id = sent.get("user_id")
    is_number = isinstance(user_id, int) and not isinstance(user_id, bool)
    return {**sent, "user_id": str(user_id)} if is_number else sent
