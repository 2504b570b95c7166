"""Words of the protocol: scopes and the claims they stand for, grant types, response modes."""

IDENTITY_SCOPES: dict[str, tuple[str, ...]] = {
    "openid": (),
    "profile": (
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
    "offline_access": (),
}
"""Scopes of OIDC Core §5.4 and §11 with the claims each asks for."""

SINGLE_CLAIM_SCOPES = frozenset(
    {"name", "given_name", "family_name", "nickname", "email_verified", "picture", "created_at", "identities"}
)
"""Scopes that name one claim each, as the wire still has them."""

STANDARD_CLAIMS = frozenset(claim for claims in IDENTITY_SCOPES.values() for claim in claims)

SCOPES_SUPPORTED = (*IDENTITY_SCOPES, *sorted(SINGLE_CLAIM_SCOPES))

RESPONSE_TYPES = (
    "code",
    "token",
    "id_token",
    "id_token token",
    "code token",
    "code id_token",
    "code id_token token",
)
"""In the spelling of OAuth 2.0 Multiple Response Types §5; the words of a request may come in any order."""

RESPONSE_TYPE_SETS = frozenset(frozenset(words.split()) for words in RESPONSE_TYPES)
RESPONSE_MODES = ("query", "fragment", "form_post", "web_message")
POPUP = "popup"
"""How requests with ``owp=true`` are answered, whatever their ``response_mode``: to the opening window."""
PROMPTS = frozenset({"none", "login", "consent", "select_account"})

AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
CLIENT_CREDENTIALS = "client_credentials"
PASSWORD = "password"
PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
PASSWORDLESS_OTP = "http://auth0.com/oauth/grant-type/passwordless/otp"
IMPLICIT = "implicit"

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

CODE_LIFETIME = 60
"""Seconds in which a code can be redeemed (FAPI 2.0 §5.3.2.1; RFC 6749 §4.1.2 allows ten minutes)."""

CODE_MEMORY = 86_400
"""Seconds for which a spent code is remembered, so that its reuse revokes what it gave."""

GRANT_MEMORY = 2_592_000
"""Seconds for which a revoked grant is remembered: as long as any access token of it can live."""

OPAQUE_TOKEN_LIFETIME = 86_400
"""Seconds that an access token for the userinfo endpoint alone lives."""

OPAQUE_TOKEN_LIFETIME_FOR_WEB = 7_200
"""The same for one that came through the browser's address bar."""

CLIENTS_SUFFIX = "@clients"
"""Ends the subject of a token that a client got for itself."""
