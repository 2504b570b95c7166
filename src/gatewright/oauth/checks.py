"""Small checks of an authorization request, one rule each. The table that orders them is in ``authorize``."""

from collections.abc import Iterable

from gatewright.clients import Client
from gatewright.kernel.texts import N_
from gatewright.kernel.urls import origin_of
from gatewright.oauth import pkce
from gatewright.oauth.errors import (
    InvalidRequest,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    ShownError,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from gatewright.oauth.requests import AuthorizationRequest, answers_in_front, response_types
from gatewright.oauth.vocabulary import AUTHORIZATION_CODE, IMPLICIT, RESPONSE_MODES, RESPONSE_TYPE_SETS
from gatewright.web.hosting import NONE
from gatewright.web.parameters import Parameters

_BEFORE_REDIRECT = frozenset({"client_id", "redirect_uri", "response_mode", "response_type", "state"})


def registered_redirect(client: Client, parameters: Parameters) -> str:
    """Where the browser may be sent: the URI asked for if registered, else the only one registered.

    Raises ``ShownError``: before this line nothing is ever redirected (RFC 9700 §4.11).
    """
    asked: str | None = parameters.get("redirect_uri")
    if asked is None:
        if len(client.callbacks) == 1:
            return client.callbacks[0]
        raise _no_redirect(client)
    if not client.accepts_redirect(asked):
        raise _mismatch(client, asked)
    return asked


def nothing_repeated_before_redirect(parameters: Parameters) -> None:
    """What decides where the answer goes came once. Raises ``ShownError``."""
    repeated = sorted(parameters.repeated & _BEFORE_REDIRECT)
    if repeated:
        raise ShownError(
            "invalid_request",
            N_("A parameter of the sign-in request was sent more than once."),
            facts=((N_("Repeated"), ", ".join(repeated)),),
            change=N_("Send each parameter once."),
        )


def nothing_repeated(client: Client, parameters: Parameters) -> None:
    """No parameter came twice (RFC 6749 §3.1)."""
    if parameters.repeated:
        raise InvalidRequest(f"Repeated parameter: {', '.join(sorted(parameters.repeated))[:200]}")


def known_response_type(client: Client, parameters: Parameters) -> None:
    """The response type is there and one we have (RFC 6749 §3.1.1)."""
    asked = parameters.get("response_type")
    if asked is None:
        raise InvalidRequest("Missing required parameter: response_type")
    if response_types(asked) not in RESPONSE_TYPE_SETS:
        raise UnsupportedResponseType(f"Unsupported response type: {asked[:80]}")


def known_response_mode(client: Client, parameters: Parameters) -> None:
    """The response mode, if any, is one we have."""
    asked = parameters.get("response_mode")
    if asked is not None and asked not in RESPONSE_MODES:
        raise InvalidRequest(f"Unsupported response mode: {asked[:80]}")


def allowed_grant(client: Client, parameters: Parameters) -> None:
    """The client lists the grants behind the response type."""
    types = response_types(parameters["response_type"])
    needed = {AUTHORIZATION_CODE} if "code" in types else set()
    if answers_in_front(types):
        needed.add(IMPLICIT)
    for grant_type in sorted(needed):
        if not client.may_use(grant_type):
            raise UnauthorizedClient(f"Grant type '{grant_type}' not allowed for the client.")


def nonce_present(asked: AuthorizationRequest) -> None:
    """An id_token in front is bound to the request by a nonce (OIDC Core §3.2.2.1, §3.3.2.11)."""
    if "id_token" in asked.response_types and not asked.legacy and not asked.get("nonce"):
        raise InvalidRequest("Missing required parameter: nonce")


def no_request_object(client: Client, parameters: Parameters) -> None:
    """Request objects and inline registration are refused rather than ignored (OIDC Core §6, §7.2.1)."""
    if "request" in parameters:
        raise RequestNotSupported("The request parameter is not supported.")
    if "request_uri" in parameters:
        raise RequestUriNotSupported("The request_uri parameter is not supported.")
    if "registration" in parameters:
        raise RegistrationNotSupported("The registration parameter is not supported.")


def pkce_present(client: Client, parameters: Parameters) -> None:
    """S256 only, well formed, and required of public and native clients (RFC 7636 §4.4.1, RFC 8252 §6)."""
    if "code" not in response_types(parameters["response_type"]):
        return
    challenge = parameters.get("code_challenge")
    method = parameters.get("code_challenge_method")
    if challenge is None:
        if method is not None:
            raise InvalidRequest("code_challenge_method was sent without a code_challenge.")
        if client.must_use_pkce:
            kind = "public" if client.is_public else "a native application"
            raise InvalidRequest(f"code_challenge is missing: this client is {kind} and must use PKCE.")
        return
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256; plain is not supported.")
    if not pkce.is_challenge(challenge):
        raise InvalidRequest("code_challenge is not the 43-character S256 hash of a verifier.")


def allowed_origin(client: Client, redirect_uri: str) -> None:
    """A ``web_message`` answer goes only to an origin listed for the client. Raises ``ShownError``."""
    origin = origin_of(redirect_uri)
    if origin not in client.web_message_origins():
        raise ShownError(
            "unauthorized_client",
            N_("The application asked to be answered by web message on a page that may not receive one."),
            facts=(
                (N_("Application"), client.name),
                (N_("Origin seen"), origin or NONE),
                (N_("Allowed Web Origins"), _listed(client.web_origins)),
            ),
            change=N_("Add the origin, exactly as seen, to the application's Allowed Web Origins."),
            client=client,
        )


def has_opener(client: Client) -> None:
    """A pop-up answers to pages of the client alone, so there have to be some. Raises ``ShownError``."""
    if not client.script_origins():
        raise ShownError(
            "unauthorized_client",
            N_("The application asked to be answered in a pop-up, but no page of it may receive the answer."),
            facts=((N_("Application"), client.name),),
            change=N_("Add the origin of the page to the application's Allowed Web Origins."),
            client=client,
        )


def unknown_client(client_id: str) -> ShownError:
    """The page for a client nobody registered."""
    return ShownError(
        "invalid_request",
        N_("This application is not known here."),
        facts=((N_("client_id seen"), client_id[:200] or NONE),),
        change=N_("Check the client ID in the application's configuration against its settings here."),
    )


def _no_redirect(client: Client) -> ShownError:
    return ShownError(
        "invalid_request",
        N_("redirect_uri is missing, and the application has no single callback URL that it could mean."),
        facts=(
            (N_("Application"), client.name),
            (N_("Registered callback URLs"), _listed(client.callbacks)),
        ),
        change=N_("Send redirect_uri, and list it among the application's Allowed Callback URLs."),
        client=client,
    )


def _mismatch(client: Client, asked: str) -> ShownError:
    return ShownError(
        "invalid_request",
        N_(
            "Callback URL mismatch: "
            "the application asked to be answered at an address that is not registered for it."
        ),
        facts=(
            (N_("Application"), client.name),
            (N_("Callback URL seen"), asked[:500]),
            (N_("Registered callback URLs"), _listed(client.callbacks)),
        ),
        change=N_("Add the callback URL, exactly as seen, to the application's Allowed Callback URLs."),
        client=client,
    )


def _listed(urls: Iterable[str]) -> str:
    return "\n".join(urls) or NONE
