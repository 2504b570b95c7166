"""auth0-spa-js in Chromium: tokens by hidden frame and by refresh token, their end, and why not."""

from typing import Any

import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import SdkError
from tests.clients.spa import REFRESHING, Spa
from tests.clients.tenant import BLOCKED, TIMESHEETS, UNKNOWN_API, Addresses, people, tenant_for
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import claims_of

pytestmark = pytest.mark.library(
    "auth0-spa-js", "getTokenSilently", "getTokenWithPopup", "revokeRefreshToken"
)

IN_MEMORY = {"useRefreshTokens": True, "cacheLocation": "memory"}


def grant_types(spa: Spa) -> list[str]:
    return [request["grant_type"] for request in spa.token_requests]


def test_silently_by_frame(spa: Spa) -> None:
    """getTokenSilently gets another access token through a hidden frame, without leaving the page."""
    spa.use()
    spa.sign_in()
    first, second = spa.token(), spa.token()
    assert first != second
    assert grant_types(spa) == ["authorization_code"] * 3
    assert spa.page.url == spa.address


def test_silently_for_an_api(spa: Spa) -> None:
    """getTokenSilently for an audience beyond that of the sign-in gives a JWT for that API."""
    spa.use()
    spa.sign_in()
    token = spa.token(authorizationParams={"audience": TIMESHEETS, "scope": "openid read:timesheets"})
    claims = claims_of(token)
    assert claims["aud"] == [TIMESHEETS, f"https://{spa.domain}/userinfo"]
    assert "read:timesheets" in claims["scope"].split()


def test_detailed_response(spa: Spa) -> None:
    """detailedResponse tells scope and lifetime as the server granted them."""
    spa.use(audience=TIMESHEETS, scope="openid read:timesheets delete:everything")
    spa.sign_in()
    answer = spa.token(detailedResponse=True)
    assert answer["scope"] == "openid read:timesheets"
    assert answer["expires_in"] == 86_400


def test_silently_by_popup(spa: Spa) -> None:
    """getTokenWithPopup uses the session: the popup closes by itself."""
    spa.use()
    spa.sign_in()
    with spa.page.expect_popup():
        spa.begin("getTokenWithPopup", {"authorizationParams": {"audience": TIMESHEETS}})
    assert claims_of(spa.outcome())["aud"][0] == TIMESHEETS


@pytest.mark.parametrize("options", [IN_MEMORY, REFRESHING], ids=["memory", "localstorage"])
def test_refresh_tokens(spa: Spa, options: dict[str, Any]) -> None:
    """With useRefreshTokens, getTokenSilently refreshes, and each refresh token is used once."""
    spa.use(options=options, audience=TIMESHEETS)
    spa.sign_in()
    assert spa.token() != spa.token()
    assert grant_types(spa) == ["authorization_code", "refresh_token", "refresh_token"]
    first, second = (request["refresh_token"] for request in spa.token_requests[1:])
    assert first != second


def test_refresh_tokens_outlive_a_reload(spa: Spa) -> None:
    """With localstorage, a reloaded page is signed in and refreshes on."""
    spa.use(options=REFRESHING)
    spa.sign_in()
    spa.page.goto(spa.address)
    spa.use(options=REFRESHING)
    assert spa.call("isAuthenticated") is True
    assert spa.token()
    assert grant_types(spa)[-1] == "refresh_token"


def test_two_tabs_refresh_at_once(spa: Spa, site: str) -> None:
    """Two tabs that refresh in the same moment both get tokens, and both can go on."""
    spa.use(options=REFRESHING)
    spa.sign_in()
    other = Spa(spa.page.context.new_page(), spa.address, spa.domain)
    other.use(options=REFRESHING)
    for tab in (spa, other):
        tab.begin("getTokenSilently", {"cacheMode": "off"})
    assert spa.outcome() != other.outcome()
    assert spa.token()
    assert other.token()


def test_silently_by_frame_on_another_site(
    lenient_page: Page, plain_site: str, server: GatewrightDev
) -> None:
    """On another site than the server the frame has its session, where the browser lets cookies through."""
    spa = Spa(lenient_page, f"{plain_site}/spa/", server.domain)
    spa.use("spa_plain")
    spa.sign_in()
    assert spa.token()


def test_refresh_tokens_need_no_cookie_of_a_third_party(
    page: Page, plain_site: str, server: GatewrightDev
) -> None:
    """On another site than the server, where browsers may keep its cookies back, refreshing works."""
    spa = Spa(page, f"{plain_site}/spa/", server.domain)
    spa.use("spa_plain", options=IN_MEMORY)
    spa.sign_in()
    assert spa.token()
    assert grant_types(spa) == ["authorization_code", "refresh_token"]


def test_revoked_refresh_token(spa: Spa, server: GatewrightDev) -> None:
    """revokeRefreshToken ends the refresh token at the server."""
    spa.use(options=REFRESHING)
    spa.sign_in()
    token = spa.kept_refresh_token
    spa.call("revokeRefreshToken")
    fields = {"grant_type": "refresh_token", "client_id": "spa", "refresh_token": token}
    with server.client() as client:
        refused = client.post("/oauth/token", data=fields)
    assert refused.json()["error"] == "invalid_grant"


def test_reused_refresh_token(spa: Spa) -> None:
    """A refresh token replaced twice since rejects with invalid_grant, in words the library knows."""
    spa.use(options=REFRESHING)
    spa.sign_in()
    replaced = spa.kept_refresh_token
    spa.token()
    spa.token()
    spa.put_back(replaced)
    with pytest.raises(SdkError, match="invalid refresh token") as refused:
        spa.token()
    assert refused.value.code == "invalid_grant"


def test_reused_refresh_token_falls_back(spa: Spa) -> None:
    """With useRefreshTokensFallback the same refusal makes the library ask through a hidden frame."""
    spa.use(options={**REFRESHING, "useRefreshTokensFallback": True})
    spa.sign_in()
    replaced = spa.kept_refresh_token
    spa.token()
    spa.token()
    spa.put_back(replaced)
    assert spa.token()
    assert grant_types(spa)[-2:] == ["refresh_token", "authorization_code"]


def test_blocked_user(spa: Spa, server: GatewrightDev, addresses: Addresses) -> None:
    """A user blocked since is refused as blocked, and the library forgets that they were signed in."""
    spa.use(options=REFRESHING)
    spa.sign_in(email=BLOCKED)
    server.apply({**tenant_for(addresses), "users": people(blocked=True)})
    with pytest.raises(SdkError) as refused:
        spa.token()
    assert refused.value.code == "invalid_grant"
    assert "user is blocked" in refused.value.description
    assert spa.call("isAuthenticated") is False


def test_without_a_session(spa: Spa) -> None:
    """getTokenSilently without a session rejects with login_required."""
    spa.use()
    with pytest.raises(SdkError) as refused:
        spa.token()
    assert refused.value.code == "login_required"


def test_without_consent(spa: Spa) -> None:
    """getTokenSilently of a third-party application nobody allowed yet rejects with consent_required."""
    spa.use()
    spa.sign_in()
    spa.use("spa_third_party", scope="openid profile email phone address")
    with pytest.raises(SdkError) as refused:
        spa.token()
    assert refused.value.code == "consent_required"


def test_silently_for_an_unknown_audience(spa: Spa) -> None:
    """getTokenSilently for an audience nobody registered rejects at once, in words that name it."""
    spa.use()
    spa.sign_in()
    with pytest.raises(SdkError, match=UNKNOWN_API) as refused:
        spa.token(authorizationParams={"audience": UNKNOWN_API})
    assert refused.value.code == "access_denied"


def test_an_origin_that_is_not_listed(spa: Spa) -> None:
    """A page whose origin is not among the client's web_origins gets no answer: the library times out."""
    spa.use("spa_unlisted", options={"authorizeTimeoutInSeconds": 1})
    spa.sign_in()
    with pytest.raises(SdkError) as refused:
        spa.token()
    assert refused.value.code == "timeout"
