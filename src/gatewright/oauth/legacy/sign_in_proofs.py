"""Who signs in at ``/oauth/ro``: proved by what they typed, or by an id_token of an earlier sign-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.kernel.clock import Clock
from gatewright.kernel.units import Unit
from gatewright.login.one_time_code_proof import WRONG, CodeAttempt, OneTimeCodeProof
from gatewright.login.password_proof import NotProved, PasswordAttempt, PasswordProof, PersonBlocked
from gatewright.oauth.errors import InvalidGrant, InvalidUserPassword, OAuthError, Unauthorized
from gatewright.oauth.legacy.id_tokens import LegacyIdTokens
from gatewright.oauth.legacy.named_connection import named_connection, unsupported
from gatewright.oauth.legacy.resource_owner_request import SentIdToken, Typed
from gatewright.protection import DELEGATION, TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import User
from gatewright.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Whoever signs in, as they were when it was proved; see ``login.password_proof.proof_holds``.

    ``connection`` is the name of the one they came by. ``authenticated_at`` is in seconds UTC.
    ``changes`` use up what proved it, in the unit of the tokens.
    ``outdated`` is what to say where the proof holds no more by the time of the tokens.
    """

    user: User
    connection: str
    authenticated_at: int
    amr: tuple[str, ...] = ()
    changes: Unit = ()
    outdated: OAuthError


class TypedProof(Protocol):
    """Proves a person by what they typed into an application; one for each strategy that knows how."""

    async def prove(self, context: Context, client: Client, connection: Connection, typed: Typed) -> Proved:
        """Raises ``OAuthError`` where it proves nobody who may come in, and what the limiter raises."""
        ...


class TypedPassword:
    """See ``TypedProof``: for databases."""

    def __init__(self, proof: PasswordProof, clock: Clock) -> None:
        self._proof = proof
        self._clock = clock

    async def prove(self, context: Context, client: Client, connection: Connection, typed: Typed) -> Proved:
        """Whoever the password proves."""
        attempt = PasswordAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            identifier=typed.username,
            password=typed.secret,
        )
        try:
            user = await self._proof.prove(context, attempt)
        except PersonBlocked:
            raise Unauthorized("user is blocked") from None
        except NotProved as error:
            raise InvalidUserPassword(error.message) from None
        return Proved(
            user=user,
            connection=connection.name,
            authenticated_at=self._clock.now(),
            amr=("pwd",),
            outdated=InvalidUserPassword("Wrong email or password."),
        )


class TypedCode:
    """See ``TypedProof``: for passwordless connections, whose people type a mailed code as the password."""

    def __init__(self, proof: OneTimeCodeProof, clock: Clock) -> None:
        self._proof = proof
        self._clock = clock

    async def prove(self, context: Context, client: Client, connection: Connection, typed: Typed) -> Proved:
        """Whoever the code proves; the tokens spend it."""
        attempt = CodeAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            address=typed.username,
            code=typed.secret,
        )
        try:
            proved = await self._proof.prove(context, attempt)
        except PersonBlocked:
            raise Unauthorized("user is blocked") from None
        except NotProved as error:
            raise InvalidUserPassword(error.message) from None
        return Proved(
            user=proved.user,
            connection=connection.name,
            authenticated_at=self._clock.now(),
            amr=("otp",),
            changes=(proved.spent,),
            outdated=InvalidUserPassword(WRONG),
        )


class SignInProofs:
    """Chooses the proof: by the strategy of the connection named, or the id_token."""

    def __init__(
        self,
        *,
        connections: Connections,
        typed: Mapping[str, TypedProof],
        id_tokens: LegacyIdTokens,
        limiter: AttemptLimiter,
    ) -> None:
        self._connections = connections
        self._typed = typed
        self._id_tokens = id_tokens
        self._limiter = limiter

    async def prove(self, context: Context, client: Client, by: Typed | SentIdToken) -> Proved:
        """Whoever signs in. Raises ``OAuthError`` and ``TooMany``."""
        if isinstance(by, SentIdToken):
            return await self._by_id_token(context, client, by.id_token)
        connection = await named_connection(self._connections, context.tenant, client, by.connection)
        proof = self._typed.get(connection.strategy)
        if proof is None:
            raise unsupported()
        return await proof.prove(context, client, connection, by)

    async def _by_id_token(self, context: Context, client: Client, token: str) -> Proved:
        """The client's own id_token: one got by delegation is for its target to read, and no key to more."""
        tenant_id, network = context.tenant.tenant_id, network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(tenant_id, TOKEN_PER_IP, network)
        found = await self._id_tokens.read(context.tenant, client, token)
        if found.is_delegated:
            raise InvalidGrant("This id_token was got by delegation and signs nobody in.")
        subject = f"{found.user.user_id} {network}"
        await self._limiter.admit(tenant_id, DELEGATION, subject, context.origin)
        return Proved(
            user=found.user,
            connection=found.connection,
            authenticated_at=found.issued_at,
            outdated=InvalidGrant("The password was changed after this id_token was issued.", detail="stale"),
        )
