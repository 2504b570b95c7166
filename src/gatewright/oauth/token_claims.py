"""What stands in id_tokens and in access tokens for APIs."""

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.kernel.ids import random_text
from gatewright.oauth.attributes import of_scopes
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.claims import id_token_names, user_claims
from gatewright.oauth.organizations import organization_claims
from gatewright.tenants import Tenant
from gatewright.users import User


def id_token_claims(
    tenant: Tenant, client: Client, authorization: Authorization, now: int, *, is_alone: bool = False
) -> dict[str, object]:
    """Claims of an id_token (OIDC Core §2) about the user of ``authorization``.

    ``is_alone``: no access token ever comes with it, so all the person's claims go in (§5.4).
    """
    grant, user, nonce = authorization.grant, authorization.user, authorization.nonce
    assert grant is not None, "a user's authorization has a grant"
    assert user is not None, "an id_token speaks of a user"
    if grant.legacy:
        told = user_claims(user, grant.claims.id_token)
        claims = legacy_id_token_claims(
            tenant, client, user, told | of_scopes(user, client.client_id, grant.scopes), now
        )
    else:
        names = id_token_names(grant, by_scope=is_alone or client.id_token_claims == "by_scope")
        claims = user_claims(user, names) | _issued(tenant, client, user, now)
        if grant.sid:
            claims["sid"] = grant.sid
    claims |= organization_claims(tenant, authorization.organization)
    if nonce:
        claims["nonce"] = nonce
    if grant.tells_auth_time:
        claims["auth_time"] = grant.authenticated_at
    if "mfa" in grant.amr:
        claims["amr"] = ["mfa"]
    if grant.acr:
        claims["acr"] = grant.acr
    return claims


def legacy_id_token_claims(
    tenant: Tenant, client: Client, user: User, attributes: dict[str, object], now: int
) -> dict[str, object]:
    """Claims of an id_token of the legacy pipeline for ``client``: ``attributes`` and five more.

    No ``sid``: by that the two pipelines' id_tokens are told apart when they come back.
    """
    return attributes | _issued(tenant, client, user, now)


def _issued(tenant: Tenant, client: Client, user: User, now: int) -> dict[str, object]:
    return {
        "iss": tenant.issuer,
        "sub": user.user_id,
        "aud": client.client_id,
        "iat": now,
        "exp": now + client.jwt_configuration.lifetime_in_seconds,
    }


def access_token_claims(
    tenant: Tenant, client: Client, authorization: Authorization, api: Api, now: int, lifetime: int
) -> dict[str, object]:
    """Claims of an access token for an API, in the API's dialect (the wire's, or RFC 9068 §2.2).

    ``lifetime`` is in seconds.
    """
    grant = authorization.grant
    claims: dict[str, object] = {
        "iss": tenant.issuer,
        "sub": authorization.subject,
        "aud": _audience(tenant, authorization, api),
        "iat": now,
        "exp": now + lifetime,
        "jti": f"{grant.grant_id if grant else ''}.{random_text(9)}",
        "client_id" if api.follows_rfc9068 else "azp": client.client_id,
    }
    if authorization.scopes:
        claims["scope"] = " ".join(authorization.scopes)
    claims |= organization_claims(tenant, authorization.organization)
    if authorization.gty:
        claims["gty"] = authorization.gty
    if api.tells_permissions:
        claims["permissions"] = list(authorization.permissions)
    if grant and grant.claims.userinfo:
        claims["userinfo_claims"] = list(grant.claims.userinfo)
    if grant and api.follows_rfc9068:
        claims["auth_time"] = grant.authenticated_at
        if grant.sid:
            claims["sid"] = grant.sid
    return claims


def _audience(tenant: Tenant, authorization: Authorization, api: Api) -> str | list[str]:
    """The API, and the userinfo endpoint where we can verify the token there."""
    tells_who = authorization.grant is not None and "openid" in authorization.scopes
    if tells_who and api.signing_alg != "HS256":
        return [api.identifier, tenant.userinfo_audience]
    return api.identifier
