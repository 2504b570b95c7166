"""auth0.js in Chromium, as far as the code flow goes: authorize, tokens, userInfo, renewal, logout."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at
from tests.clients.tenant import ADA, TIMESHEETS, UNKNOWN_API
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of, pkce_pair

pytestmark = pytest.mark.library(
    "auth0.js 10", "authorize", "client.userInfo", "renewAuth", "logout", "checkSession"
)

NONCE = "n-1"


class Classic(BrowserApp):
    """The application, and the code verifier of its sign-in."""

    def use(self) -> None:
        """Makes the library's client."""
        self.start({"domain": self.domain, "clientID": "classic", "redirectUri": self.address})

    def code(self, **more: str) -> dict[str, str]:
        """Options of a code flow with PKCE; remembers the verifier."""
        self.verifier, challenge = pkce_pair()
        return {
            "responseType": "code",
            "codeChallenge": challenge,
            "codeChallengeMethod": "S256",
            "scope": "openid profile email",
            **more,
        }

    def sign_in(self, **more: str) -> dict[str, str]:
        """Signs in with ``authorize``; parameters of the address the browser comes back to."""
        self.use()
        self.begin("authorize", self.code(nonce=NONCE, **more))
        sign_in_at(self.page)
        self.page.wait_for_url(self._is_ours)
        self.use()
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def tokens(self, code: str, redirect_uri: str | None = None) -> Any:
        """The tokens of a code, by ``client.oauthToken``. Raises ``SdkError``."""
        fields = {
            "grantType": "authorization_code",
            "code": code,
            "codeVerifier": self.verifier,
            "redirectUri": redirect_uri or self.address,
        }
        return self.call("client.oauthToken", fields)

    def renew(self) -> Any:
        """What ``renewAuth`` gives through a hidden frame."""
        silent = f"{self.address}silent.html"
        return self.call("renewAuth", self.code(redirectUri=silent) | {"usePostMessage": True})


@pytest.fixture
def app(page: Page, site: str, server: GatewrightDev) -> Classic:
    """The application, opened."""
    return Classic(page, f"{site}/classic/", server.domain)


def test_authorize(app: Classic) -> None:
    """authorize comes back with a code, the state of the library, and the issuer."""
    answer = app.sign_in()
    assert answer.keys() == {"code", "state", "iss"}
    assert answer["iss"] == f"https://{app.domain}/"


def test_tokens(app: Classic) -> None:
    """client.oauthToken turns the code into tokens, in the library's own spelling."""
    found = app.tokens(app.sign_in(audience=TIMESHEETS)["code"])
    assert found["tokenType"] == "Bearer"
    assert found["expiresIn"] == 86_400
    assert claims_of(found["accessToken"])["aud"][0] == TIMESHEETS


def test_id_token_is_verified(app: Classic) -> None:
    """validateAuthenticationResponse accepts state, nonce and, by our published keys, the signature."""
    answer = app.sign_in()
    id_token = app.tokens(answer["code"])["idToken"]
    response = {"state": answer["state"], "id_token": id_token}
    found = app.call("validateAuthenticationResponse", {"nonce": NONCE}, response)
    assert found["idTokenPayload"]["email"] == ADA


def test_user_info(app: Classic) -> None:
    """client.userInfo tells the profile."""
    token = app.tokens(app.sign_in()["code"])["accessToken"]
    user = app.call("client.userInfo", token)
    assert (user["sub"], user["email"]) == ("auth0|5f0000000000000000000001", ADA)


def test_user_info_with_a_foreign_token(app: Classic) -> None:
    """client.userInfo calls back with invalid_token for a token we never issued."""
    app.use()
    with pytest.raises(SdkError) as refused:
        app.call("client.userInfo", "nobody-issued-this")
    assert refused.value.code == "invalid_token"


def test_renewal_by_frame(app: Classic) -> None:
    """renewAuth gets another code through a hidden frame, and the code gives tokens."""
    app.sign_in()
    answer = app.renew()
    found = app.tokens(answer["code"], redirect_uri=f"{app.address}silent.html")
    assert claims_of(found["idToken"])["email"] == ADA


def test_logout(app: Classic) -> None:
    """logout comes back to the application, and renewal then ends with login_required."""
    app.sign_in()
    app.leave("logout", {"returnTo": app.address})
    app.use()
    assert app.renew()["error"] == "login_required"


def test_an_unknown_audience(app: Classic) -> None:
    """parseHash reads the refusal of an audience nobody registered from the fragment."""
    app.use()
    app.leave("authorize", app.code(audience=UNKNOWN_API, responseMode="fragment"))
    app.use()
    with pytest.raises(SdkError, match=UNKNOWN_API) as refused:
        app.call("parseHash", {})
    assert refused.value.code == "access_denied"


def test_a_code_without_its_verifier(app: Classic) -> None:
    """client.oauthToken calls back with invalid_grant when the code belongs to another verifier."""
    code = app.sign_in()["code"]
    app.code()
    with pytest.raises(SdkError, match="verif") as refused:
        app.tokens(code)
    assert refused.value.code == "invalid_grant"


def test_check_session_without_the_implicit_grant(app: Classic) -> None:
    """checkSession, which never asks for a code, is refused at once in a message that the library accepts."""
    app.sign_in()
    with pytest.raises(SdkError) as refused:
        app.call("checkSession", {"responseType": "token id_token", "timeout": 10_000})
    assert refused.value.code == "unauthorized_client"
