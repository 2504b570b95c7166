"""THE LIST of what the vendor's authentication interface has, and what of it is left out here and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """``name`` is what tests name in their mark, ``absent`` why none does, ``lacks`` what is left out."""

    name: str
    absent: str = ""
    lacks: str = ""


_NO_FACTORS = "there is no second factor yet"
_NO_SOCIAL = "there are no social and enterprise connections yet"
_RETIRED = "retired by the vendor"

SECTIONS: dict[str, tuple[Row, ...]] = {
    "Authorization": (
        Row("GET /authorize"),
        Row("POST /authorize"),
        Row("response_mode query"),
        Row("response_mode fragment"),
        Row("response_mode form_post"),
        Row("response_mode web_message"),
        Row("response_type code"),
        Row("response_type token, id_token and both"),
        Row("response_type code token, code id_token and all three"),
        Row("PKCE"),
        Row("prompt, max_age and id_token_hint"),
        Row("claims and acr_values"),
        Row("organization and invitation", lacks="discovery of the organization by a mail domain"),
        Row("request and request_uri", absent="request objects are refused as the standard says"),
        Row("POST /oauth/par", absent="pushed requests come later"),
        Row("GET /authorize with login_ticket"),
        Row("GET /authorize with owp=true"),
    ),
    "Token endpoint": (
        Row("POST /oauth/token"),
        Row("client authentication", lacks="mutual TLS"),
        Row("grant authorization_code"),
        Row("grant refresh_token"),
        Row("grant client_credentials"),
        Row("grant password"),
        Row("grant password-realm"),
        Row("grant passwordless/otp", lacks="text messages"),
        Row("grant device_code", absent="the device flow comes later"),
        Row("grant mfa-otp, mfa-oob, mfa-recovery-code", absent=_NO_FACTORS),
        Row("grant token-exchange", absent="comes with its profiles in the management API"),
        Row("grant jwt-bearer", absent="only /oauth/ro and /delegation take id_tokens"),
        Row("grant ciba", absent="back-channel sign-in comes later"),
        Row("POST /oauth/revoke"),
        Row("POST /oauth/introspect"),
        Row("GET /userinfo"),
        Row("POST /userinfo"),
    ),
    "Sign-out": (
        Row("GET /v2/logout"),
        Row("GET /logout"),
        Row("GET /oidc/logout"),
        Row("POST /oidc/logout"),
        Row("back-channel logout", absent="comes later"),
    ),
    "Sign-in on an application's own page": (
        Row("POST /co/authenticate"),
        Row("POST /co/verify"),
        Row("POST /usernamepassword/login"),
        Row("POST /login/callback", lacks=f"answers of providers: {_NO_SOCIAL}"),
        Row("POST /usernamepassword/challenge"),
        Row("POST /dbconnections/signup"),
        Row("POST /dbconnections/change_password"),
        Row("POST /dbconnections/signup/challenge"),
        Row("POST /dbconnections/change_password/challenge"),
        Row("POST /public/api/users/validate_userpassword"),
        Row("GET /public/api/{client_id}/connections"),
        Row("GET /client/{client_id}.js"),
        Row("GET /info-v1.js"),
        Row("GET /sso_dbconnection_popup/{client_id}"),
        Row("GET /relay.html"),
        Row("custom login page", absent="pages are ours, with the tenant's looks"),
    ),
    "Passwordless": (
        Row("POST /passwordless/start", lacks="text messages"),
        Row("POST /passwordless/verify"),
        Row("GET /passwordless/verify_redirect"),
        Row("POST /passwordless/challenge"),
    ),
    "Legacy pipeline": (
        Row("id_tokens signed with the client's secret"),
        Row("single-claim scopes"),
        Row("POST /oauth/ro"),
        Row("POST /oauth/access_token", lacks=f"success: {_NO_SOCIAL}"),
        Row("POST /delegation", lacks="credentials of other services (api_type aws, firebase and so on)"),
        Row("GET /tokeninfo"),
        Row("POST /tokeninfo"),
        Row("GET /user/ssodata"),
        Row("GET /user/geoloc/country"),
        Row("POST /unlink", absent="accounts are linked by the management API"),
        Row("POST /users/{user_id}/impersonate", absent=_RETIRED),
        Row("answers as JSONP", absent="for browsers without CORS, which are gone"),
    ),
    "Metadata and keys": (
        Row("GET /.well-known/openid-configuration"),
        Row("GET /.well-known/oauth-authorization-server"),
        Row("GET /.well-known/jwks.json"),
        Row("GET /pem, /cer, /pb7 and /rawpem"),
        Row("GET /.well-known/webfinger", absent="nothing reads it"),
        Row("GET /.well-known/assetlinks.json", absent="comes with native settings of clients"),
        Row("GET /.well-known/apple-app-site-association", absent="comes with native settings of clients"),
    ),
    "Not there yet": (
        Row("/mfa/*", absent=_NO_FACTORS),
        Row("/passkey/*", absent=_NO_FACTORS),
        Row("/me/*", absent="people's own account API comes later"),
        Row("/oauth/device/code and /device", absent="the device flow comes later"),
        Row("/bc-authorize", absent="back-channel sign-in comes later"),
        Row("/oidc/register", absent="clients register in the tenant file"),
        Row("/samlp/* and /wsfed/*", absent="SAML and WS-Federation come later"),
    ),
    "Management API": (Row("/api/v2/*", lacks="what the page of the management API lists as absent"),),
}
