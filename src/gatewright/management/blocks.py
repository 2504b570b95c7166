"""``/user-blocks`` and ``/anomaly/blocks/ips``: whom too many attempts shut out, and letting them in."""

import ipaddress

import msgspec

from gatewright.kernel.events import Bus, Event
from gatewright.management.errors import Inexistent, InvalidPath, InvalidQuery
from gatewright.management.people import user_of
from gatewright.management.query import Parameter
from gatewright.management.resource import Answer, Call, Operation, shown_as
from gatewright.protection import Block, BlockLifted, Blocks
from gatewright.protection.limiter import network_of
from gatewright.users import User, UserStore
from gatewright.users.identifiers import normalised

_READ, _UPDATE = ("read:users",), ("update:users",)
_IDENTIFIER = Parameter("identifier", "An e-mail address or username, as a person types it.")
_CONSIDER = Parameter(
    "consider_brute_force_enablement", "Accepted, for nobody is shut out where protection is off.", "flag"
)
_LACKS = "blocks by a telephone number"
_LACKS_OF_NETWORKS = "networks with too many wrong tokens, client secrets or mailed links: they wait it out"


class ShownBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a block is of, where they tried from last, and in which connection."""

    identifier: str
    ip: str
    connection: str = ""


class ShownBlocks(msgspec.Struct, frozen=True, kw_only=True):
    """All blocks of somebody."""

    blocked_for: tuple[ShownBlock, ...]


class BlockResource:
    """See ``resource.Resource``."""

    def __init__(self, blocks: Blocks, users: UserStore, bus: Bus) -> None:
        self._blocks = blocks
        self._users = users
        self._bus = bus

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (*self._of_people, *self._of_networks)

    @property
    def _of_people(self) -> tuple[Operation, ...]:
        return (
            Operation(
                method="GET",
                path="/user-blocks",
                scopes=_READ,
                summary="List what shuts out whoever gives an identifier.",
                run=self._list_of_identifier,
                query=(_IDENTIFIER, _CONSIDER),
                shows=ShownBlocks,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path="/user-blocks",
                scopes=_UPDATE,
                summary="Let in whoever gives an identifier.",
                run=self._lift_of_identifier,
                status=204,
                query=(_IDENTIFIER,),
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path="/user-blocks/{id}",
                scopes=_READ,
                summary="List what shuts out a user.",
                run=self._list_of_user,
                query=(_CONSIDER,),
                shows=ShownBlocks,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path="/user-blocks/{id}",
                scopes=_UPDATE,
                summary="Let in a user whom too many attempts shut out.",
                run=self._lift_of_user,
                status=204,
                lacks=_LACKS,
            ),
        )

    @property
    def _of_networks(self) -> tuple[Operation, ...]:
        path = "/anomaly/blocks/ips/{id}"
        return (
            Operation(
                method="GET",
                path=path,
                scopes=("read:anomaly_blocks",),
                summary="Tell whether an IP address is shut out: 200 if it is, 404 if not.",
                run=self._is_blocked,
                lacks=_LACKS_OF_NETWORKS,
            ),
            Operation(
                method="DELETE",
                path=path,
                scopes=("delete:anomaly_blocks",),
                summary="Let in an IP address, and its /64 of IPv6; one that is not shut out stays so.",
                run=self._lift_of_network,
                status=204,
                lacks=_LACKS_OF_NETWORKS,
            ),
        )

    async def _list_of_identifier(self, call: Call) -> Answer:
        typed = _identifier(call)
        return _answer(typed, await self._blocks.of_identifier(call.tenant_id, normalised(typed)))

    async def _lift_of_identifier(self, call: Call) -> Answer:
        typed = _identifier(call)
        found = await self._blocks.of_identifier(call.tenant_id, normalised(typed))
        return await self._lift(call, found, _lifted(call, found, user_name=typed))

    async def _list_of_user(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        found = [(name, block) for name in _names(user) for block in await self._of(call, user, name)]
        shown = tuple(_shown(name, block) for name, block in found)
        return Answer(shown_as(ShownBlocks(blocked_for=shown)))

    async def _lift_of_user(self, call: Call) -> Answer:
        user = await user_of(call, self._users)
        found = [block for name in _names(user) for block in await self._of(call, user, name)]
        event = _lifted(call, found, user_id=user.user_id, user_name=user.display_name)
        return await self._lift(call, found, event)

    async def _of(self, call: Call, user: User, name: str) -> list[Block]:
        """Blocks of the name, in connections where it is the user's."""
        theirs = {identity.connection for identity in user.identities}
        found = await self._blocks.of_identifier(call.tenant_id, normalised(name))
        return [block for block in found if block.connection in theirs]

    async def _is_blocked(self, call: Call) -> Answer:
        if not await self._blocks.of_network(call.tenant_id, _network(call)):
            raise Inexistent("block")
        return Answer()

    async def _lift_of_network(self, call: Call) -> Answer:
        found = await self._blocks.of_network(call.tenant_id, _network(call))
        return await self._lift(call, found, call.event("Unblock an IP address", {"ip": call.id()}))

    async def _lift(self, call: Call, blocks: list[Block], event: Event) -> Answer:
        if blocks:
            await self._bus.commit(self._blocks.lifted(call.tenant_id, blocks), event)
        return Answer()


def _identifier(call: Call) -> str:
    typed = call.query.text("identifier").strip()
    if not typed:
        raise InvalidQuery("identifier: missing; wanted: an e-mail address or username.")
    return typed


def _names(user: User) -> tuple[str, ...]:
    return tuple(filter(None, (user.email, user.username)))


def _network(call: Call) -> str:
    """The network of the address in the path. Raises ``InvalidPath``."""
    try:
        return network_of(str(ipaddress.ip_address(call.id())))
    except ValueError:
        raise InvalidPath("id in the path is no IP address.") from None


def _answer(identifier: str, blocks: list[Block]) -> Answer:
    return Answer(shown_as(ShownBlocks(blocked_for=tuple(_shown(identifier, each) for each in blocks))))


def _shown(identifier: str, block: Block) -> ShownBlock:
    return ShownBlock(identifier=identifier, ip=block.ip, connection=block.connection)


def _lifted(call: Call, blocks: list[Block], **who: str) -> BlockLifted:
    by = call.caller.user
    return BlockLifted(
        tenant_id=call.tenant_id,
        at=call.now,
        origin=call.context.origin,
        client_id=call.caller.client_id,
        description="Attempts are counted anew.",
        details={
            "by": {"client_id": call.caller.client_id, "user_id": by.user_id if by else ""},
            "blocks": [{"ip": each.ip, "connection": each.connection} for each in blocks],
        },
        **who,
    )
