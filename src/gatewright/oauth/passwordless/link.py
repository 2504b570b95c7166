"""The link in the mail: an authorization request that brings its own proof.

What it would be refused for later is refused before anything is mailed.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from gatewright.clients import Client
from gatewright.oauth import checks
from gatewright.oauth.authorize import accepted
from gatewright.oauth.errors import OAuthError, ShownError
from gatewright.oauth.passwordless.errors import BadAuthParams
from gatewright.oauth.requests import kept
from gatewright.oauth.vocabulary import AUTHORIZATION_CODE
from gatewright.tenants import Tenant
from gatewright.web.parameters import Parameters

Link = Callable[[str, str], str]
"""The link for an address and a secret."""

PATH = "passwordless/verify_redirect"
LONGEST_LINK = 4_000
"""Characters of the request in a link: mail programs cut longer ones."""

_NOT_IN_LINKS = frozenset({"client_id", "connection", "login_hint", "id_token_hint"})


def link_of(tenant: Tenant, client: Client, connection: str, request: Mapping[str, str]) -> Link:
    """Makes links, from the configured issuer and never from the host of a request."""

    def link(address: str, secret: str) -> str:
        query = {"client_id": client.client_id, "connection": connection, **request}
        return f"{tenant.url(PATH)}?{urlencode({**query, 'email': address, 'verification_code': secret})}"

    return link


def request_in_link(tenant: Tenant, client: Client, auth_params: Parameters) -> dict[str, str]:
    """The authorization request that a link makes, with what the wire adds to ``authParams``.

    It goes to the first callback, for a code where the client may have one, unless they say otherwise.
    Raises ``BadAuthParams``.
    """
    try:
        request = {name: text for name, text in kept(auth_params).items() if name not in _NOT_IN_LINKS}
        if client.callbacks:
            request.setdefault("redirect_uri", client.callbacks[0])
        request.setdefault("response_type", "code" if client.may_use(AUTHORIZATION_CODE) else "token")
        parameters = Parameters(request, auth_params.repeated)
        accepted(tenant, client, parameters, checks.registered_redirect(client, parameters))
    except ShownError as error:
        seen = request.get("redirect_uri", "(none)")
        raise BadAuthParams(f"{error.message} redirect_uri seen: {seen[:300]}") from None
    except OAuthError as error:
        raise BadAuthParams(error.description) from None
    if len(urlencode(request)) > LONGEST_LINK:
        raise BadAuthParams(f"authParams make a link of more than {LONGEST_LINK} characters.")
    return request
