"""A token of the script itself: client credentials (RFC 6749 §4.4)."""

from collections.abc import Mapping

from service_account.command import Job, Options
from service_account.failures import CredentialsRefused, Failure, NotAllowed
from service_account.http import Answer, Http
from service_account.settings import Settings
from service_account.tokens import Token, Tokens

_WORSE = {
    "invalid_client": (CredentialsRefused, "Compare CLIENT_ID and CLIENT_SECRET with what is registered."),
    "unauthorized_client": (CredentialsRefused, "The client needs client_credentials in its grant_types."),
    "access_denied": (NotAllowed, "The client needs an entry for AUDIENCE in the tenant's clientGrants."),
    "invalid_scope": (NotAllowed, "The client's entry in clientGrants must list the scope."),
}


def tokens_for(environment: Mapping[str, str], http: Http, options: Options) -> Job:
    """Return where the script gets its tokens, and the API that they are for."""
    settings = Settings.from_environment(environment)
    purpose = (settings.issuer, settings.client_id, settings.audience, options.scope)
    tokens = Tokens(lambda: fetch(http, settings, options.scope), options.folder(settings.cache), purpose)
    return Job(tokens, settings.api)


def fetch(http: Http, settings: Settings, scope: str) -> Token:
    """Get a new token; raises a Failure with the words of the provider."""
    form = {
        "grant_type": "client_credentials",
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "audience": settings.audience,  # without it, the token is no token of the API
    }
    if scope:
        form["scope"] = scope
    answer = http.ask("POST", f"{settings.issuer}oauth/token", data=form)
    if answer.status != 200 or not answer.says("access_token"):
        raise refusal(answer, settings)
    return Token.living(answer.says("access_token"), answer.body.get("expires_in", 0))


def refusal(answer: Answer, settings: Settings) -> Failure:
    """Return what a refusal of the token endpoint means (RFC 6749 §5.2)."""
    failure, advice = _WORSE.get(answer.says("error"), (Failure, ""))
    said = answer.says("error", "error_description") or f"status {answer.status}"
    return failure(f"{settings.issuer} gives client {settings.client_id} no token: {said}", advice)
