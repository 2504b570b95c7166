"""Who is this client? The list of methods: none, basic, post (RFC 6749 §2.3, §3.2.1), private_key_jwt."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.requests import Request

from gatewright.clients import Client, Clients, secret_matches
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import TooMany
from gatewright.oauth.client_assertions import ClientAssertions, assertion_of
from gatewright.oauth.errors import InvalidClient, InvalidRequest, TooManyAttempts
from gatewright.protection import CLIENT_SECRET, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context
from gatewright.web.cors import allow_origins
from gatewright.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a request says about its client; ``basic`` when it said so in the header."""

    client_id: str
    secret: str | None
    basic: bool


class ClientAuthentication:
    """Recognises the client of a request to the token, introspection and revocation endpoints."""

    def __init__(self, clients: Clients, limiter: AttemptLimiter, clock: Clock) -> None:
        self._clients = clients
        self._limiter = limiter
        self._assertions = ClientAssertions(clients, limiter, clock)

    async def authenticate(self, context: Context, request: Request, form: Parameters) -> Client:
        """The client, having proved itself as it must.

        Raises ``InvalidClient``, ``InvalidRequest`` for credentials given twice, ``TooManyAttempts``.
        """
        assertion = assertion_of(request, form)
        if assertion is not None:
            return await self._assertions.authenticate(context, request, form, assertion)
        given = credentials_of(request, form)
        client = await self._clients.get(context.tenant.tenant_id, given.client_id)
        if client is not None:
            # Before the secret is checked: a script must be able to read why its client was refused.
            allow_origins(request, client.script_origins)
            if client.is_public and given.secret is None:
                return client
        await self._check_secret(context, client, given)
        assert client is not None, "a secret can match only where there is a client"
        return client

    async def _check_secret(self, context: Context, client: Client | None, given: ClientCredentials) -> None:
        tenant_id = context.tenant.tenant_id
        subject = f"{given.client_id} {network_of(context.origin.ip)}"
        try:
            self._limiter.refuse_if_blocked(tenant_id, CLIENT_SECRET, subject)
            if client and given.secret is not None and _is_secret_of(client, given.secret):
                return
            await self._limiter.failed(tenant_id, CLIENT_SECRET, subject, context.origin)
        except TooMany as refusal:
            raise TooManyAttempts(
                "Too many wrong client secrets from this address.",
                retry_after=refusal.retry_after,
                limit=refusal.limit,
            ) from None
        raise InvalidClient(
            _reason(client, given), detail=f"client_id {given.client_id!r}", used_basic=given.basic
        )


def _is_secret_of(client: Client, secret: str) -> bool:
    return secret_matches(secret, client.secrets) and not client.proves_itself_by_key


def credentials_of(request: Request, form: Parameters) -> ClientCredentials:
    """Credentials from the header or the body; both at once is refused (RFC 6749 §2.3)."""
    header = request.headers.get("authorization")
    if header is not None and header[:6].lower() == "basic ":
        given = _from_basic(header[6:])
        if form.get("client_secret") is not None:
            raise InvalidRequest("Client credentials were given twice: in the header and in the body.")
        if form.get("client_id", given.client_id) != given.client_id:
            raise InvalidRequest("client_id in the body is not the client of the Authorization header.")
        return given
    client_id = form.get("client_id")
    if client_id is None:
        raise InvalidRequest("Missing required parameter: client_id")
    return ClientCredentials(client_id, form.get("client_secret"), basic=False)


def _from_basic(encoded: str) -> ClientCredentials:
    """Both halves are form-urlencoded before base64 (RFC 6749 §2.3.1)."""
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise InvalidClient(
            "The Authorization header is not Basic base64(client_id:client_secret).", used_basic=True
        ) from None
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise InvalidClient(
            "The Authorization header has no colon between client_id and client_secret.", used_basic=True
        )
    client_id, secret = unquote_plus(client_id), unquote_plus(secret)
    if "\0" in client_id:
        raise InvalidClient("The client_id of the Authorization header has a NUL character.", used_basic=True)
    return ClientCredentials(client_id, secret, basic=True)


def _reason(client: Client | None, given: ClientCredentials) -> str:
    if client is not None and client.proves_itself_by_key:
        return "This client proves itself by a client_assertion (private_key_jwt), and by no secret."
    if client is not None and given.secret is None:
        return (
            "This client has a secret and must send it: "
            f"its token_endpoint_auth_method is {client.token_endpoint_auth_method}."
        )
    return "Unauthorized: unknown client or wrong client secret."
