"""The identity provider as this application sees it, through Authlib's client."""

import time
from typing import Any

from authlib.integrations.starlette_client import OAuth, OAuthError, StarletteOAuth2App

from web_app.sessions import Session
from web_app.settings import Settings

SCOPES = "openid profile email offline_access"
"""Who it is, their profile, their address, and a refresh token to ask again without them."""

_SOON = 90  # seconds; a token that expires while the request is on its way is of no use


def provider(settings: Settings) -> StarletteOAuth2App:
    """Return the client; addresses and keys come from the provider's discovery document."""
    return OAuth().register(
        "gatewright",
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=f"{settings.issuer}.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPES,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_post",
        },
    )


async def refresh(provider: StarletteOAuth2App, session: Session) -> None:
    """Trade the refresh token for new tokens (RFC 6749 §6).

    Raises OAuthError, with the error `invalid_grant` when the person has to sign in again.
    """
    old = session["tokens"]
    if "refresh_token" not in old:
        raise OAuthError("invalid_grant", "The provider gave no refresh token.")
    new = await provider.fetch_access_token(grant_type="refresh_token", refresh_token=old["refresh_token"])
    # A rotating refresh token is replaced by the answer, a lasting one is not repeated in it.
    session["tokens"] = {**old, **new}


async def fresh_tokens(provider: StarletteOAuth2App, session: Session) -> dict[str, Any]:
    """Return tokens that are good for a request now; raises OAuthError as `refresh` does."""
    if session["tokens"]["expires_at"] < time.time() + _SOON:
        await refresh(provider, session)
    tokens: dict[str, Any] = session["tokens"]
    return tokens
