"""auth0-spa-js in Chromium: sign-in by redirect and by popup, the profile, sign-out, refusals on the way."""

import pytest
from tests.clients.browser_app import SdkError, sign_in_at
from tests.clients.spa import Spa
from tests.clients.tenant import ADA, UNKNOWN_API

pytestmark = pytest.mark.library(
    "auth0-spa-js",
    "loginWithRedirect",
    "handleRedirectCallback",
    "loginWithPopup",
    "checkSession",
    "getUser",
    "logout",
)


def test_sign_in_by_redirect(spa: Spa) -> None:
    """loginWithRedirect comes back to handleRedirectCallback, which returns the application's own state."""
    spa.use()
    returned = spa.sign_in({"appState": {"target": "/timesheets"}})
    assert returned["appState"] == {"target": "/timesheets"}
    assert spa.call("isAuthenticated") is True


def test_profile(spa: Spa) -> None:
    """getUser tells the claims of the scopes profile and email."""
    spa.use()
    spa.sign_in()
    user = spa.call("getUser")
    assert user["sub"] == "auth0|5f0000000000000000000001"
    assert (user["name"], user["nickname"]) == ("Ada Example", "ada")
    assert user["picture"] == "https://example.test/ada.png"
    assert (user["email"], user["email_verified"]) == (ADA, True)


def test_profile_follows_the_scope(spa: Spa) -> None:
    """getUser of a sign-in with openid alone tells the subject, and neither name nor address."""
    spa.use(scope="openid")
    spa.sign_in()
    assert spa.call("getUser").keys() == {"sub"}


def test_id_token_claims(spa: Spa) -> None:
    """getIdTokenClaims tells issuer, audience and session of the id_token that the library verified."""
    spa.use()
    spa.sign_in()
    claims = spa.call("getIdTokenClaims")
    assert claims["iss"] == f"https://{spa.domain}/"
    assert claims["aud"] == "spa"
    assert claims["sid"]


def test_sign_in_by_popup(spa: Spa) -> None:
    """loginWithPopup signs in while the application's own page stays where it is."""
    spa.use()
    with spa.page.expect_popup() as opened:
        spa.begin("loginWithPopup")
    sign_in_at(opened.value)
    spa.outcome()
    assert spa.call("getUser")["email"] == ADA
    assert spa.page.url == spa.address


def test_sign_up_is_asked_for_by_hint(spa: Spa) -> None:
    """screen_hint=signup opens the page on which a person asks for an account."""
    spa.use()
    spa.begin("loginWithRedirect", {"authorizationParams": {"screen_hint": "signup"}})
    spa.page.wait_for_selector("#signup-form")


def test_login_hint_fills_the_form(spa: Spa) -> None:
    """login_hint stands in the login page's form already."""
    spa.use()
    spa.begin("loginWithRedirect", {"authorizationParams": {"login_hint": ADA}})
    assert spa.page.input_value("#login-form [name=username]") == ADA


def test_session_is_found_again(spa: Spa) -> None:
    """createAuth0Client signs a person in again after a reload, by the server's session."""
    spa.use()
    spa.sign_in()
    spa.page.goto(spa.address)
    spa.page.evaluate("(options) => app.create(options)", spa.options())
    assert spa.call("getUser")["email"] == ADA


def test_logout_comes_back(spa: Spa) -> None:
    """logout returns to the application, and getTokenSilently then rejects with login_required."""
    spa.use()
    spa.sign_in()
    spa.leave("logout", {"logoutParams": {"returnTo": spa.address}})
    spa.use()
    assert spa.call("isAuthenticated") is False
    with pytest.raises(SdkError) as refused:
        spa.token()
    assert refused.value.code == "login_required"


def test_logout_makes_the_next_sign_in_ask(spa: Spa) -> None:
    """After logout, loginWithRedirect stops at the login page."""
    spa.use()
    spa.sign_in()
    spa.leave("logout", {"logoutParams": {"returnTo": spa.address, "federated": True}})
    spa.use()
    spa.begin("loginWithRedirect")
    spa.page.wait_for_selector("#login-form")


def test_consent_is_asked_for_once(spa: Spa) -> None:
    """A third-party application is allowed on a page; once allowed, its tokens come silently."""
    spa.use("spa_third_party")
    spa.begin("loginWithRedirect")
    sign_in_at(spa.page)
    spa.page.click("#action-accept")
    spa.returned()
    assert spa.token()


def test_consent_refused(spa: Spa) -> None:
    """Who does not allow the application sends it access_denied."""
    spa.use("spa_third_party", scope="openid profile email address")
    spa.begin("loginWithRedirect")
    sign_in_at(spa.page)
    spa.page.click("#action-deny")
    with pytest.raises(SdkError) as refused:
        spa.returned()
    assert refused.value.code == "access_denied"


def test_consent_refused_in_a_popup(spa: Spa) -> None:
    """loginWithPopup rejects with access_denied when the person does not allow the application."""
    spa.use("spa_third_party", scope="openid profile email phone")
    with spa.page.expect_popup() as opened:
        spa.begin("loginWithPopup")
    sign_in_at(opened.value)
    opened.value.click("#action-deny")
    with pytest.raises(SdkError) as refused:
        spa.outcome()
    assert refused.value.code == "access_denied"


def test_an_unknown_audience(spa: Spa) -> None:
    """An audience nobody registered comes back as access_denied, in words that name it."""
    spa.use(audience=UNKNOWN_API)
    spa.leave("loginWithRedirect")
    with pytest.raises(SdkError, match=UNKNOWN_API) as refused:
        spa.returned()
    assert refused.value.code == "access_denied"
