"""An accepted request, and what of it is asked of the person: plain functions over plain values."""

from dataclasses import dataclass

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.login import ConsentAsked
from gatewright.login.transactions import Found
from gatewright.oauth.families import obtainable, obtainable_in_legacy
from gatewright.oauth.organizations import Wanted
from gatewright.oauth.policy import SignedIn, worded, worded_in_legacy
from gatewright.oauth.requests import AuthorizationRequest
from gatewright.oauth.scopes import granted, parse_scope
from gatewright.users.identifiers import normalised


@dataclass(frozen=True, slots=True)
class Question:
    """An accepted request. ``returned`` is the login transaction a person came back from;
    ``restarted`` says why an earlier one was given up; ``begun`` is a session that began with the request."""

    client: Client
    asked: AuthorizationRequest
    restarted: str = ""
    returned: Found | None = None
    begun: SignedIn | None = None


def consent_asked(asked: AuthorizationRequest, api: Api | None, scopes: tuple[str, ...]) -> ConsentAsked:
    """What the person is asked to allow, in words."""
    return ConsentAsked(
        audience=api.identifier if api else "",
        scopes=worded_in_legacy(scopes) if asked.legacy else worded(granted(scopes, api=api), api),
        always="consent" in asked.prompt,
    )


def is_uninvited(wanted: Wanted, signed_in: SignedIn) -> bool:
    """Whether the invitation is for somebody else than who is signed in."""
    return normalised(wanted.invited) not in ("", normalised(signed_in.user.email))


def requested(client: Client, asked: AuthorizationRequest, api: Api | None) -> tuple[str, ...]:
    """The scopes asked for, without what leads to nothing."""
    words, types = parse_scope(asked.get("scope") or "openid"), asked.response_types
    if asked.legacy:
        return obtainable_in_legacy(words, client, types, asked.get("device"))
    return obtainable(words, client, api, at_token_endpoint="code" in types)
