"""What a grant decided: who gets what. The input of issuing."""

from dataclasses import dataclass

from gatewright.apis import Api
from gatewright.kernel.events import Event
from gatewright.kernel.units import Unit
from gatewright.oauth.model import Grant
from gatewright.organizations import Organization
from gatewright.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """An accepted token request.

    ``subject`` is a user's id or ``client@clients``. ``api`` of ``None`` means the userinfo endpoint alone.
    ``grant`` and ``user`` are absent when a client acts for itself.
    ``permissions`` are told when the API wants them.
    ``organization`` is the one that the tokens are for, if any.
    ``gty`` names the grant in the token where the wire does.
    ``changes`` and ``event`` are committed together with what issuing adds, before anything is answered.
    """

    subject: str
    scopes: tuple[str, ...]
    api: Api | None
    event: Event
    changes: Unit = ()
    grant: Grant | None = None
    user: User | None = None
    nonce: str = ""
    gty: str = ""
    permissions: tuple[str, ...] = ()
    refresh_token: str | None = None
    organization: Organization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSet:
    """The successful answer of the token endpoint (RFC 6749 §5.1, OIDC Core §3.1.3.3)."""

    access_token: str
    expires_in: int
    scope: str
    id_token: str | None = None
    refresh_token: str | None = None

    def body(self) -> dict[str, object]:
        """As it stands on the wire."""
        found: dict[str, object] = {
            "access_token": self.access_token,
            "expires_in": self.expires_in,
            "token_type": "Bearer",
        }
        if self.scope:
            found["scope"] = self.scope
        if self.id_token is not None:
            found["id_token"] = self.id_token
        if self.refresh_token is not None:
            found["refresh_token"] = self.refresh_token
        return found
