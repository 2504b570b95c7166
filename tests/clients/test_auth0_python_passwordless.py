"""auth0-python's ``Passwordless`` and ``GetToken.passwordless_login``: a mailed code becomes tokens."""

from typing import Any

import pytest
from auth0.authentication import GetToken, Passwordless, Users
from auth0.authentication.exceptions import Auth0Error
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from tests.clients.mailbox import code_for, link_for, new_address, wrong
from tests.clients.tenant import FAR_CALLBACK, SECRET, TIMESHEETS
from tests.clients.visitor import Visitor
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library("auth0-python 4", "Passwordless.email", "GetToken.passwordless_login")

CLIENT = "auth0_python_email"
SCOPE = "openid profile email offline_access"


@pytest.fixture
def passwordless(trusted: GatewrightDev) -> Passwordless:
    """The client that has codes and links mailed."""
    return Passwordless(trusted.domain, CLIENT, client_secret=SECRET)


@pytest.fixture
def get_token(trusted: GatewrightDev) -> GetToken:
    """The client that redeems them."""
    return GetToken(trusted.domain, CLIENT, client_secret=SECRET)


def test_code(passwordless: Passwordless, get_token: GetToken, trusted: GatewrightDev) -> None:
    """email() has a code mailed; passwordless_login() makes tokens of it that TokenVerifier accepts."""
    email = new_address()
    assert passwordless.email(email, "code")["email"] == email
    found: dict[str, Any] = get_token.passwordless_login(
        email, code_for(trusted, email), realm="email", scope=SCOPE, audience=""
    )
    keys = AsymmetricSignatureVerifier(f"{trusted.issuer}.well-known/jwks.json")
    TokenVerifier(signature_verifier=keys, issuer=trusted.issuer, audience=CLIENT).verify(found["id_token"])
    claims = claims_of(found["id_token"])
    assert (claims["email"], claims["email_verified"]) == (email, True)
    assert Users(trusted.domain).userinfo(found["access_token"])["sub"] == claims["sub"]
    assert get_token.refresh_token(found["refresh_token"])["access_token"]


def test_code_for_an_api(passwordless: Passwordless, get_token: GetToken, trusted: GatewrightDev) -> None:
    """With an audience the access token is a JWT for that API."""
    email = new_address()
    passwordless.email(email, "code")
    code, scope = code_for(trusted, email), "openid read:timesheets"
    found = get_token.passwordless_login(email, code, "email", scope, TIMESHEETS)
    assert claims_of(found["access_token"])["aud"][0] == TIMESHEETS


def test_link(
    passwordless: Passwordless, get_token: GetToken, trusted: GatewrightDev, visitor: Visitor
) -> None:
    """email() called in the shortest way has a link mailed, which leads to a code for the callback."""
    email = new_address()
    passwordless.email(email)
    visitor.submit(visitor.visit(link_for(trusted, email)))
    assert visitor.location.startswith(FAR_CALLBACK)
    found = get_token.authorization_code(visitor.answer()["code"], FAR_CALLBACK)
    assert claims_of(found["id_token"])["sub"].startswith("email|")


def test_link_with_parameters(passwordless: Passwordless, trusted: GatewrightDev, visitor: Visitor) -> None:
    """auth_params are part of the request that the link makes."""
    email = new_address()
    passwordless.email(email, auth_params={"state": "s-1", "scope": "openid email"})
    visitor.submit(visitor.visit(link_for(trusted, email)))
    assert visitor.answer()["state"] == "s-1"


def test_wrong_code(passwordless: Passwordless, get_token: GetToken, trusted: GatewrightDev) -> None:
    """A wrong code raises invalid_grant with the wire's words; a used one as well."""
    email = new_address()
    passwordless.email(email, "code")
    code = code_for(trusted, email)
    with pytest.raises(Auth0Error) as refused:
        get_token.passwordless_login(email, wrong(code), "email", "openid", "")
    assert refused.value.error_code == "invalid_grant"
    assert refused.value.message == "Wrong email or verification code."
    get_token.passwordless_login(email, code, "email", "openid", "")
    with pytest.raises(Auth0Error) as refused:
        get_token.passwordless_login(email, code, "email", "openid", "")
    assert refused.value.error_code == "invalid_grant"


def test_text_messages_are_not_there(passwordless: Passwordless) -> None:
    """sms() raises bad.connection."""
    with pytest.raises(Auth0Error) as refused:
        passwordless.sms("+491234567")
    assert refused.value.error_code == "bad.connection"


def test_wrong_secret(trusted: GatewrightDev) -> None:
    """A wrong client secret is refused, and nothing is mailed."""
    email = new_address()
    with pytest.raises(Auth0Error) as refused:
        Passwordless(trusted.domain, CLIENT, client_secret="wrong").email(email, "code")
    assert refused.value.error_code == "invalid_client"
    assert not [mail for mail in trusted.messages() if mail["to"] == email]
