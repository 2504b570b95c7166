"""An id_token of a user, got with a password at `/oauth/ro`, for an API that shares the client's secret."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from service_account.command import Job, Options
from service_account.failures import CredentialsRefused, Failure, Misconfigured, NotAllowed
from service_account.http import Answer, Http
from service_account.tokens import Token, Tokens
from service_account_legacy.settings import Settings

_SCOPE = "openid email"  # an id_token, and in it the address, which the API shows beside a timesheet
_GRANT = "http://auth0.com/oauth/legacy/grant-type/ro"

_WORSE = {
    "invalid_user_password": (CredentialsRefused, "Compare JOB_USERNAME and JOB_PASSWORD with the user."),
    "unauthorized": (CredentialsRefused, "Somebody has to unblock the user of JOB_USERNAME."),
    "unauthorized_client": (
        CredentialsRefused,
        f"The client needs {_GRANT} in its grant_types, and oidc_conformant: false.",
    ),
    "invalid_request": (
        Misconfigured,
        "JOB_USERNAME and JOB_PASSWORD must not be empty, "
        "and CONNECTION must name a database with the client among its enabled_clients.",
    ),
    "access_denied": (NotAllowed, "A third party's client needs the user's consent from a sign-in before."),
    "too_many_attempts": (Failure, "Wait for an hour at most, and correct JOB_PASSWORD before the next try."),
    "endpoint_disabled": (Failure, "The tenant's flags say allow_legacy_ro_grant_types: false."),
}


def tokens_for(environment: Mapping[str, str], http: Http, options: Options) -> Job:
    """Return where the script gets its tokens, and the API that they are for."""
    settings = Settings.from_environment(environment)
    scope = options.scope or _SCOPE
    purpose = (settings.issuer, settings.client_id, settings.connection, settings.username, scope)
    tokens = Tokens(lambda: fetch(http, settings, scope), options.folder(settings.cache), purpose)
    return Job(tokens, settings.api)


def fetch(http: Http, settings: Settings, scope: str) -> Token:
    """Get a new id_token; raises a Failure with the words of the provider."""
    form = {
        "grant_type": "password",
        "client_id": settings.client_id,
        "connection": settings.connection,
        "username": settings.username,
        "password": settings.password,
        "scope": scope,
    }
    answer = http.ask("POST", f"{settings.issuer}oauth/ro", data=form)
    if answer.status != 200:
        raise refusal(answer, settings)
    id_token = answer.says("id_token")
    if not id_token:
        raise Misconfigured(f"{settings.issuer} sent no id_token", "--scope must have the word openid.")
    return Token.living(id_token, lifetime(id_token))


def lifetime(id_token: str) -> float:
    """Return how many seconds the id_token lives; `expires_in` of the answer speaks of the access token.

    Its signature is the API's to verify.
    """
    (_, body, _) = id_token.split(".")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return float(claims["exp"] - claims["iat"])


def refusal(answer: Answer, settings: Settings) -> Failure:
    """Return what a refusal of `/oauth/ro` means."""
    failure, advice = _WORSE.get(answer.says("error"), (Failure, ""))
    said = answer.says("error", "error_description") or f"status {answer.status}"
    who = f"{settings.username!r} no token for client {settings.client_id}"
    return failure(f"{settings.issuer} gives {who}: {said}", advice)
