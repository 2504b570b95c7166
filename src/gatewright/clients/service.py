"""What one may do with clients."""

from collections.abc import Iterator

from gatewright.clients.model import Client
from gatewright.clients.secrets import ClientSecret
from gatewright.clients.store import ClientStore
from gatewright.jose import MasterKey
from gatewright.jose.encoding import unb64url
from gatewright.kernel.secrets import fingerprint


class Clients:
    """Finds clients and handles their secrets."""

    def __init__(self, store: ClientStore, master_key: MasterKey) -> None:
        self._store = store
        self._master_key = master_key

    async def get(self, tenant_id: str, client_id: str) -> Client | None:
        """The client, or ``None``."""
        return await self._store.get(tenant_id, client_id)

    async def all(self, tenant_id: str) -> list[Client]:
        """Every client of the tenant, by name; read anew each time."""
        return await self._store.all(tenant_id)

    def sealed(self, tenant_id: str, client_id: str, secret: str, now: int) -> ClientSecret:
        """A secret in the form in which it is kept."""
        return ClientSecret(
            fingerprint=fingerprint(secret),
            sealed=self._master_key.seal(secret, _place(tenant_id, client_id)),
            created_at=now,
        )

    def secret(self, tenant_id: str, client: Client) -> str | None:
        """The newest secret in clear, or ``None`` for a client without one."""
        if not client.secrets:
            return None
        return self._unsealed(tenant_id, client, client.secrets[-1])

    def hmac_keys(self, tenant_id: str, client: Client) -> Iterator[bytes]:
        """The keys of the client's HS256 id_tokens, which are its secrets; the first one signs.

        An empty secret is none, for with it anybody could sign (RFC 7518 §3.2), and neither is one that
        is not base64url although ``secret_encoded`` says so.
        """
        for secret in reversed(client.secrets):
            text = self._unsealed(tenant_id, client, secret)
            key = _decoded(text) if client.jwt_configuration.secret_encoded else text.encode()
            if key:
                yield key

    def _unsealed(self, tenant_id: str, client: Client, secret: ClientSecret) -> str:
        return self._master_key.unseal(secret.sealed, _place(tenant_id, client.client_id))


def _decoded(text: str) -> bytes:
    try:
        return unb64url(text)
    except ValueError:
        return b""


def _place(tenant_id: str, client_id: str) -> str:
    return f"{tenant_id}/client/{client_id}"
