"""auth0.js in Chromium: a person reads and changes themselves by the management API, and links an account."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page
from tests.clients.browser_app import BrowserApp, SdkError, sign_in_at, unpacked
from tests.clients.driving import access
from tests.clients.tenant import CONNECTION
from tests.support.gatewright_dev import GatewrightDev
from tests.support.world import pkce_pair

pytestmark = pytest.mark.library(
    "auth0.js 10", "Management.getUser", "Management.patchUserMetadata", "Management.linkUser"
)

PASSWORD = "Correct-Horse-1"
SCOPES = "openid read:current_user update:current_user_metadata update:current_user_identities"
_CALL = """([options, method, args]) => new Promise((resolve) => {
  const ended = (error, value) => resolve(error ? { error: told(error) } : { value: value ?? null });
  new auth0.Management(options)[method](...args, ended);
})"""


class Themselves(BrowserApp):
    """The application of a person who manages themselves."""

    def tokens(self, email: str, **more: str) -> Any:
        """The tokens of a sign-in, whoever was signed in before."""
        self._use()
        verifier, challenge = pkce_pair()
        asked = {
            "responseType": "code",
            "codeChallenge": challenge,
            "codeChallengeMethod": "S256",
            "nonce": "n-1",
            "prompt": "login",
            **more,
        }
        self.begin("authorize", asked)
        sign_in_at(self.page, email, PASSWORD)
        self.page.wait_for_url(lambda url: url.startswith(self.address))
        self._use()
        code = dict(parse_qsl(urlsplit(self.page.url).query))["code"]
        fields = {
            "grantType": "authorization_code",
            "code": code,
            "codeVerifier": verifier,
            "redirectUri": self.address,
        }
        return self.call("client.oauthToken", fields)

    def manage(self, token: str, method: str, *args: Any) -> Any:
        """What a method of ``Management`` gives. Raises ``SdkError``."""
        options = {"domain": self.domain, "token": token}
        return unpacked(self.page.evaluate(_CALL, [options, method, list(args)]))

    def _use(self) -> None:
        self.start({"domain": self.domain, "clientID": "classic", "redirectUri": self.address})


@pytest.fixture
def app(page: Page, site: str, server: GatewrightDev) -> Themselves:
    """The application, opened."""
    return Themselves(page, f"{site}/classic/", server.domain)


@pytest.fixture
def robot(server: GatewrightDev) -> Iterator[httpx2.Client]:
    """Somebody who may make users."""
    found = access(server)
    with server.client() as client:
        asked = {name: found[name] for name in ("client_id", "client_secret", "audience")}
        answer = client.post("/oauth/token", data={"grant_type": "client_credentials", **asked})
        client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


@pytest.fixture
def people(robot: httpx2.Client) -> Iterator[dict[str, str]]:
    """Two accounts of one person: ids by address."""
    made = {}
    for email in ("first@js.test", "second@js.test"):
        body = {"connection": CONNECTION, "email": email, "password": PASSWORD, "email_verified": True}
        response = robot.post("/api/v2/users", json=body)
        assert response.status_code == 201, response.text
        made[email] = response.json()["user_id"]
    yield made
    for user_id in made.values():
        robot.delete(f"/api/v2/users/{user_id.replace('|', '%7C')}")


def test_person_manages_themselves(app: Themselves, people: dict[str, str]) -> None:
    """A person is read, changes their metadata and links an account by its id_token, and may do no more."""
    own, second = people["first@js.test"], people["second@js.test"]
    id_token = app.tokens("second@js.test", scope="openid")["idToken"]
    audience = f"https://{app.domain}/api/v2/"
    token = app.tokens("first@js.test", scope=SCOPES, audience=audience)["accessToken"]

    assert app.manage(token, "getUser", own)["email"] == "first@js.test"
    changed = app.manage(token, "patchUserMetadata", own, {"tea": "green"})
    assert changed["user_metadata"] == {"tea": "green"}
    linked = app.manage(token, "linkUser", own, id_token)
    assert [f"{each['provider']}|{each['user_id']}" for each in linked] == [own, second]
    with pytest.raises(SdkError) as refused:
        app.manage(token, "patchUserAttributes", own, {"email_verified": False})
    assert refused.value.code == "Forbidden"
