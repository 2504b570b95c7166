"""What the protocol remembers: codes, refresh token families, opaque access tokens. Times are seconds UTC."""

from dataclasses import dataclass

import msgspec

from gatewright.sessions import Note


class ClaimsRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """Claims asked for one by one (OIDC Core §5.5), by where they are wanted."""

    userinfo: tuple[str, ...] = ()
    id_token: tuple[str, ...] = ()


class Grant(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One act of authorization by a user: what may be issued in its name, and refreshed.

    ``audience`` is an API's identifier or empty; ``scopes`` are those granted.
    ``connection``, ``sid`` and ``authenticated_at`` come from the session in which it was given;
    without a session ``sid`` is empty.
    ``legacy``: it was given in the legacy pipeline (see ``pipeline``), in which everything of it stays.
    ``organization`` is the id of the one that it was given for.
    ``device`` is the name under which an application of that pipeline asked for a refresh token.
    """

    grant_id: str
    client_id: str
    user_id: str
    scopes: tuple[str, ...]
    audience: str = ""
    connection: str = ""
    sid: str = ""
    authenticated_at: int = 0
    amr: tuple[str, ...] = ()
    acr: str = ""
    claims: ClaimsRequest = ClaimsRequest()
    tells_auth_time: bool = False
    legacy: bool = False
    device: str = ""
    organization: str = ""

    @property
    def scope(self) -> str:
        """The scopes as one parameter."""
        return " ".join(self.scopes)


class Code(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An authorization code, stored by its hash; bound to client, redirect URI and challenge."""

    grant: Grant
    issued_at: int
    redirect_uri: str = ""
    code_challenge: str = ""
    nonce: str = ""


class Family(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All refresh tokens that descend from one grant.

    It is known by the id of its grant. Only the generation is stored: the token of a generation is derived
    (see ``refresh_tokens``).
    ``expires_at`` is the nearer of the idle and the absolute end (``ends_at``); ``None`` is never.
    ``ip`` and ``user_agent`` are those of the request that got the first token.
    """

    grant: Grant
    created_at: int
    generation: int = 0
    rotated_at: int = 0
    revoked_at: int | None = None
    expires_at: int | None = None
    ends_at: int | None = None
    ip: str = ""
    user_agent: str = ""

    def is_alive(self, now: int) -> bool:
        """Whether its newest token can still be refreshed."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class NotedFamily:
    """A family, and what an administrator keeps with it; no refresh reads that."""

    family: Family
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Which families are meant: those that fit everything that is said.

    ``audience`` is an API's identifier, or "" for identity scopes alone; ``None`` is any.
    """

    user_id: str = ""
    client_id: str = ""
    sid: str = ""
    audience: str | None = None


class AccessToken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An opaque access token for the userinfo endpoint, by the hash of which it is stored."""

    grant: Grant
    issued_at: int
    expires_at: int
