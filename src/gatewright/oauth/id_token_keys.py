"""Which key signs a client's id_tokens, and which verify them when they come back.

The algorithm is what the client is set to, never what a token says: for HS256 only the client's own secrets
will do, for all others only the tenant's keys. No key is in both sets, so neither can pass for the other
(RFC 8725 §3.1).

Who has a client's secret, as the client itself and in the legacy pipeline its APIs have, could sign an
id_token about anybody. So the HS256 id_tokens that are to be believed here later carry our seal as well.
"""

from collections.abc import Callable, Mapping
from functools import partial

from gatewright.clients import Client, Clients
from gatewright.jose import MasterKey, is_sealed, sign_with_secret
from gatewright.jose.rotation import SigningKeys
from gatewright.jose.verifying import verify_id_token, verify_shared_id_token
from gatewright.oauth.errors import InvalidRequest
from gatewright.tenants import Tenant
from gatewright_guard import Diagnosis, GuardError
from gatewright_guard.errors import BadSignature

Sign = Callable[[dict[str, object]], str]

_PURPOSE = "id_token seal"


class IdTokenKeys:
    """Finds the keys of id_tokens, by client."""

    def __init__(self, keys: SigningKeys, clients: Clients, master_key: MasterKey) -> None:
        self._keys = keys
        self._clients = clients
        self._sealing = master_key.derive(_PURPOSE)

    async def signer(self, tenant: Tenant, client: Client, alg: str, *, legacy: bool) -> Sign:
        """Signs id_tokens for ``client`` with ``alg``; those of the ``legacy`` pipeline can be verified here.

        Raises ``InvalidRequest`` when that is HS256 and the client has no secret, for with an empty key
        anybody could sign (RFC 7518 §3.2).
        """
        if alg != "HS256":
            return (await self._keys.signer(tenant.tenant_id, alg)).sign
        key = next(self._clients.hmac_keys(tenant.tenant_id, client), None)
        if key is None:
            raise InvalidRequest(
                f"The id_tokens of client {client.client_id} are signed with its secret (HS256), "
                "and it has none that can sign."
            )
        return partial(sign_with_secret, secret=key, sealing=self._sealing if legacy else b"")

    async def verified(self, tenant: Tenant, client: Client, token: str, now: int) -> Mapping[str, object]:
        """The claims of a legacy id_token that was issued here for ``client`` and has not expired.

        Raises ``gatewright_guard.GuardError``.
        """
        alg = client.jwt_configuration.alg
        if alg == "HS256":
            secrets = self._clients.hmac_keys(tenant.tenant_id, client)
            claims = verify_shared_id_token(
                token, secrets, issuer=tenant.issuer, audience=client.client_id, now=now
            )
            if not is_sealed(token, self._sealing):
                raise _not_issued_here()
            return claims
        ring = await self._keys.ring(tenant.tenant_id)
        return verify_id_token(token, ring, issuer=tenant.issuer, audience=client.client_id, alg=alg, now=now)


def _not_issued_here() -> GuardError:
    return BadSignature(
        "The token is signed with the client's secret, but was not issued here for the legacy pipeline.",
        Diagnosis(
            seen="a good signature without our seal",
            expected="an id_token as /authorize, /oauth/token or /delegation gave it in the legacy pipeline",
            change="send the id_token unaltered; tokens of your own making are not believed",
        ),
    )
