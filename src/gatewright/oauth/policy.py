"""Does this session answer this request? Pure decisions of the authorization endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.kernel.texts import N_
from gatewright.oauth.requests import AuthorizationRequest
from gatewright.oauth.scopes import is_identity_scope
from gatewright.sessions import Session
from gatewright.users import User

Reason = Literal["no_session", "prompt", "max_age", "other_user", "other_connection", "select_account"]

_WORDS = {
    "openid": N_("Confirm who you are"),
    "profile": N_("See your profile: name and picture"),
    "email": N_("See your e-mail address"),
    "address": N_("See your postal address"),
    "phone": N_("See your telephone number"),
    "offline_access": N_("Keep this access while you are not here"),
}
WHOLE_PROFILE = "urn:gatewright:whole-profile"
"""What a person allows in the legacy pipeline beside the scopes: userinfo tells everything in any case.

It is remembered with the consent, so that one given in the conformant pipeline does not cover it.
"""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its user, who is not blocked."""

    session: Session
    user: User


def why_login(
    request: AuthorizationRequest,
    signed_in: SignedIn | None,
    *,
    max_age: int | None,
    hinted_subject: str,
    now: int,
) -> Reason | None:
    """Why the person has to be asked who they are, or ``None`` when the session says it well enough."""
    if signed_in is None:
        return "no_session"
    if request.wants_fresh_login:
        return "prompt"
    if not signed_in.session.is_fresh_enough(now, max_age):
        return "max_age"
    other = why_another(request, signed_in, hinted_subject=hinted_subject)
    if other is None and "select_account" in request.prompt:
        return "select_account"
    return other


def why_another(request: AuthorizationRequest, signed_in: SignedIn, *, hinted_subject: str) -> Reason | None:
    """Why somebody else is wanted than who is signed in, however lately and by whatever choice."""
    if hinted_subject and hinted_subject != signed_in.user.user_id:
        return "other_user"
    wanted = request.get("connection")
    if wanted and wanted != signed_in.session.connection:
        return "other_connection"
    return None


def needs_consent(request: AuthorizationRequest, client: Client, api: Api | None) -> bool | None:
    """Whether the person must be asked; ``None`` when that hangs on what they allowed before.

    ``prompt=consent`` always asks.
    """
    if "consent" in request.prompt:
        return True
    if is_trusted(client, api):
        return False
    return None


def is_trusted(client: Client, api: Api | None) -> bool:
    """Whether the client needs nobody's consent: it is first-party, and the API does not say otherwise."""
    return client.is_first_party and (api is None or api.skip_consent_for_verifiable_first_party_clients)


def worded(scopes: Iterable[str], api: Api | None) -> tuple[tuple[str, str], ...]:
    """Each scope with the words by which a person is asked for it."""
    described = {scope.value: scope.description for scope in api.scopes} if api else {}
    return tuple((scope, described.get(scope) or _WORDS.get(scope) or _fallback(scope)) for scope in scopes)


def worded_in_legacy(scopes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The same for the legacy pipeline, with what its access token opens."""
    whole = (WHOLE_PROFILE, N_("See your whole profile and everything stored with it"))
    return (*worded(scopes, None), whole)


def _fallback(scope: str) -> str:
    return N_("See one detail of your profile") if is_identity_scope(scope) else scope
