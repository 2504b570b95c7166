"""URL → endpoint of the protocol, on one page."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.discovery import DiscoveryEndpoint, KeySetEndpoint
from gatewright.oauth.end_session import EndSessionEndpoints
from gatewright.oauth.introspection import IntrospectionEndpoint
from gatewright.oauth.legacy.delegation import DelegationEndpoint
from gatewright.oauth.legacy.resource_owner import ResourceOwnerEndpoint
from gatewright.oauth.legacy.social_token import SocialTokenEndpoint
from gatewright.oauth.legacy.sso_data import SsoDataEndpoint
from gatewright.oauth.legacy.tokeninfo import TokenInfoEndpoint
from gatewright.oauth.passwordless.start import StartEndpoint
from gatewright.oauth.passwordless.verify import VerifyEndpoint
from gatewright.oauth.passwordless.verify_redirect import VerifyRedirectEndpoint
from gatewright.oauth.revocation import RevocationEndpoint
from gatewright.oauth.token import TokenEndpoint
from gatewright.oauth.userinfo import UserinfoEndpoint
from gatewright.web.cors import CrossOrigin
from gatewright.web.routing import Endpoint, Route

_SSO_DATA = ("/user/ssodata", "/user/ssodata/")
"""auth0.js 8 asks at the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolEndpoints:
    """Every endpoint, ready to serve."""

    authorize: AuthorizeEndpoint
    token: TokenEndpoint
    userinfo: UserinfoEndpoint
    introspection: IntrospectionEndpoint
    revocation: RevocationEndpoint
    end_session: EndSessionEndpoints
    discovery: DiscoveryEndpoint
    key_set: KeySetEndpoint
    certificates: Mapping[str, Endpoint]
    resource_owner: ResourceOwnerEndpoint
    social_token: SocialTokenEndpoint
    delegation: DelegationEndpoint
    tokeninfo: TokenInfoEndpoint
    sso_data: SsoDataEndpoint
    passwordless_start: StartEndpoint
    passwordless_verify: VerifyEndpoint
    passwordless_verify_redirect: VerifyRedirectEndpoint


def protocol_routes(has: ProtocolEndpoints, authorize: Endpoint) -> tuple[Route, ...]:
    """The addresses of ``has``.

    ``authorize`` answers at its address: the endpoint, or whoever stands before it (see ``arrival``).
    """
    any_origin, of_client = CrossOrigin.ANY, CrossOrigin.CLIENT
    return (
        Route("/authorize", {"GET": authorize, "POST": authorize}, checks_secret="login ticket"),
        Route("/authorize/resume", {"GET": has.authorize.resume}),
        Route(
            "/oauth/token",
            {"POST": has.token},
            of_client,
            checks_secret="client secret, code, refresh token, password, one-time code",
        ),
        Route("/oauth/revoke", {"POST": has.revocation}, of_client, checks_secret="client secret"),
        Route("/oauth/introspect", {"POST": has.introspection}, checks_secret="client secret"),
        Route(
            "/userinfo",
            {"GET": has.userinfo, "POST": has.userinfo},
            any_origin,
            checks_secret="access token",
        ),
        Route(
            "/oauth/ro",
            {"POST": has.resource_owner},
            of_client,
            checks_secret="password, id_token",
        ),
        Route("/oauth/access_token", {"POST": has.social_token}, of_client),
        Route(
            "/delegation",
            {"POST": has.delegation},
            of_client,
            checks_secret="id_token, refresh token",
        ),
        Route(
            "/tokeninfo",
            {"GET": has.tokeninfo, "POST": has.tokeninfo},
            any_origin,
            checks_secret="id_token",
        ),
        *(
            Route(
                path,
                {"GET": has.sso_data, "OPTIONS": has.sso_data.preflight},
                CrossOrigin.COOKIES_OF_CLIENT,
            )
            for path in _SSO_DATA
        ),
        Route(
            "/passwordless/start",
            {"POST": has.passwordless_start},
            of_client,
            checks_secret="client secret",
        ),
        Route(
            "/passwordless/verify",
            {"POST": has.passwordless_verify},
            of_client,
            checks_secret="one-time code",
        ),
        Route("/passwordless/verify_redirect", {"GET": has.passwordless_verify_redirect}),
        Route("/v2/logout", {"GET": has.end_session.v2}),
        Route("/logout", {"GET": has.end_session.v2}),
        Route("/oidc/logout", {"GET": has.end_session.oidc, "POST": has.end_session.oidc}),
        Route("/u/logout", {"POST": has.end_session.confirmed}),
        Route("/.well-known/openid-configuration", {"GET": has.discovery}, any_origin),
        Route("/.well-known/oauth-authorization-server", {"GET": has.discovery}, any_origin),
        Route("/.well-known/jwks.json", {"GET": has.key_set}, any_origin),
        *(Route(path, {"GET": endpoint}, any_origin) for path, endpoint in has.certificates.items()),
    )
