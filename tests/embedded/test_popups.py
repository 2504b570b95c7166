"""Pop-ups: answers told to the window that opened us, if it is a page of the client (the wire §2.17)."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from tests.support.legacy import make_legacy
from tests.support.protocol import is_login_page, is_shown
from tests.support.world import CONNECTION, ISSUER, PASSWORD, Browser, World, claims_of, forms, text_of

from .pages import ADA, ORIGIN, STRANGER, enable, sessions_of, ticket

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "GET /authorize with owp=true", "GET /sso_dbconnection_popup/{client_id}", "GET /relay.html"
    ),
]
OURS = ISSUER[:-1]
HOSTILE = "\"><script>alert(1)</script>'</script>"


def told(page: httpx2.Response) -> dict[str, Any]:
    """What the page's script is told: the origins that may receive, and what else it needs."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.text)
    assert found, page.text
    data: dict[str, Any] = json.loads(found[1])
    return data


def answered(page: httpx2.Response) -> dict[str, Any]:
    """What the opener is answered."""
    assert page.status_code == 200, page.text
    found: dict[str, Any] = told(page)["answer"]
    return found


async def open_popup(browser: Browser, **parameters: str) -> httpx2.Response:
    """The application's pop-up at the authorization endpoint."""
    asked = {"client_id": "web", "response_type": "code", "scope": "openid", "state": "s", "owp": "true"}
    query = urlencode({name: value for name, value in {**asked, **parameters}.items() if value})
    return await browser.follow(await browser.get(f"/authorize?{query}"))


@pytest.fixture
async def legacy(world: World) -> World:
    """A server whose web application is of the legacy pipeline, as most that use pop-ups."""
    await make_legacy(world)
    return world


class TestAuthorize:
    """``/authorize?owp=true``."""

    async def test_sign_in(self, world: World) -> None:
        """After the login page the pop-up answers its opener; no redirect URI is needed."""
        browser = world.browser()
        page = await open_popup(browser)
        assert is_login_page(page)
        found = answered(await browser.submit(page, username=ADA, password=PASSWORD))
        assert set(found) == {"code", "state", "iss"}
        code = {"code": found["code"], "grant_type": "authorization_code"}
        assert (await browser.token(**code)).status_code == 200

    async def test_live_session(self, world: World) -> None:
        """Whoever is signed in is answered at once."""
        browser = world.browser()
        await browser.sign_in()
        assert answered(await open_popup(browser))["state"] == "s"

    async def test_tokens(self, legacy: World) -> None:
        """In the legacy pipeline the opener gets id_token, access token and, for a device, refresh token."""
        browser = legacy.browser()
        await browser.sign_in()
        asked = {"scope": "openid email offline_access", "device": "phone"}
        found = answered(await open_popup(browser, response_type="token", **asked))
        assert set(found) >= {"id_token", "access_token", "refresh_token", "state", "token_type"}
        assert claims_of(found["id_token"])["email"] == ADA

    async def test_origins(self, world: World) -> None:
        """The answer is for the client's own origins and for nobody else."""
        await enable(world, allowed_origins=("https://more.example.test/",))
        browser = world.browser()
        await browser.sign_in()
        assert told(await open_popup(browser))["origins"] == [ORIGIN, "https://more.example.test"]

    async def test_page(self, world: World) -> None:
        """The page runs its own script alone, stands in no frame, and is kept by nobody."""
        browser = world.browser()
        await browser.sign_in()
        page = await open_popup(browser)
        policy = page.headers["content-security-policy"]
        assert re.search(r"script-src 'sha256-[^']+';", policy)
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["cache-control"] == "no-store"
        assert "cross-origin-opener-policy" not in page.headers

    async def test_page_for_people(self, world: World) -> None:
        """Where the opener cannot be told, the page says so, in the reader's language."""
        browser = world.browser()
        await browser.sign_in()
        browser.client.headers["accept-language"] = "de"
        text = text_of(await open_popup(browser))
        assert "Ohne JavaScript erfährt die Anwendung nichts" in text
        assert "darf die Antwort nicht empfangen" in text

    async def test_error(self, world: World) -> None:
        """An error comes in the shapes that all generations of the libraries look for, with the state."""
        found = answered(await open_popup(world.browser(), prompt="none"))
        assert found["state"] == "s"
        assert found["err"]["status"] == 401
        assert found["err"]["error"] == found["err"]["details"]["code"] == "login_required"
        assert found["err"]["details"]["description"] == "Login required"

    async def test_client_without_pages(self, world: World) -> None:
        """A client that has no page to be told gets a page that says what to change, and answers nobody."""
        await world.change_client("web", callbacks=("com.app:/cb",), web_origins=())
        page = await open_popup(world.browser())
        assert is_shown(page)
        assert "Allowed Web Origins" in text_of(page)

    async def test_unknown_client(self, world: World) -> None:
        """A client that nobody registered is shown."""
        assert is_shown(await open_popup(world.browser(), client_id="nobody"))

    async def test_foreign_redirect_uri(self, world: World) -> None:
        """A redirect URI that comes along has to be registered, although nobody is redirected to it."""
        assert is_shown(await open_popup(world.browser(), redirect_uri="https://evil.test/"))

    async def test_ticket(self, embedding: World) -> None:
        """A login ticket is redeemed in a pop-up too."""
        browser = embedding.browser()
        found = await ticket(browser)
        assert "code" in answered(await open_popup(browser, login_ticket=found["login_ticket"]))

    @pytest.mark.parametrize("name", ["state", "nonce", "scope"])
    async def test_injection(self, world: World, name: str) -> None:
        """CVE-2026-42849: nothing of the request becomes markup or script on the page."""
        browser = world.browser()
        await browser.sign_in()
        page = await open_popup(browser, **{name: HOSTILE})
        assert page.text.count("<script") == 2
        assert "alert(1)</script>" not in page.text

    async def test_any_other_value_is_no_popup(self, world: World) -> None:
        """Only owp=true means a pop-up."""
        browser = world.browser()
        await browser.sign_in()
        page = await open_popup(browser, owp="1", redirect_uri="https://app.example.test/callback")
        assert page.status_code == 302


PATH = "/sso_dbconnection_popup/web"


async def tell(browser: Browser, page: httpx2.Response, **fields: str) -> httpx2.Response:
    """What the page's script does with what its opener told it."""
    (form,) = forms(page)
    asked = {"username": ADA, "password": PASSWORD, "connection": CONNECTION, "state": "s", "scope": "openid"}
    data = {**form["fields"], **asked, **fields}
    return await browser.post(form["action"], data=data, headers={"origin": OURS})


class TestPassword:
    """``/sso_dbconnection_popup/{client_id}``."""

    async def test_sign_in(self, legacy: World) -> None:
        """The right password gets tokens for the opener and a session for the browser."""
        browser = legacy.browser()
        response = await tell(browser, await browser.get(PATH), scope="openid email")
        found = answered(response)
        assert claims_of(found["id_token"])["email"] == ADA
        assert (found["state"], found["token_type"]) == ("s", "Bearer")
        assert "__Host-gw_session" in response.cookies
        assert sessions_of(legacy) == [("auth0|ada",)]

    async def test_page(self, legacy: World) -> None:
        """The page takes a password from pages of the client alone, and stands in no frame."""
        page = await legacy.browser().get(PATH)
        assert told(page)["origins"] == [ORIGIN]
        assert set(told(page)["fields"]) <= set(forms(page)[0]["fields"])
        assert page.headers["x-frame-options"] == "DENY"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"password": "wrong"}, "invalid_user_password"),
            ({"username": "nobody@example.test"}, "invalid_user_password"),
            ({"connection": "nowhere"}, "invalid_connection"),
            ({"password": ""}, "invalid_user_password"),
        ],
    )
    async def test_refusal(self, legacy: World, fields: dict[str, str], code: str) -> None:
        """The opener is told in the words of the database endpoints, and nobody is signed in."""
        browser = legacy.browser()
        found = answered(await tell(browser, await browser.get(PATH), **fields))
        assert found["err"]["details"]["code"] == code
        assert found["err"]["status"] in (400, 401)
        assert sessions_of(legacy) == []

    async def test_blocked_person(self, legacy: World) -> None:
        """A blocked person is told so after the right password."""
        await legacy.change_user("auth0|ada", blocked=True)
        browser = legacy.browser()
        found = answered(await tell(browser, await browser.get(PATH)))
        assert (found["err"]["details"]["code"], found["err"]["details"]["description"]) == (
            "unauthorized",
            "user is blocked",
        )

    async def test_switch(self, world: World) -> None:
        """A client that may not take passwords itself has no such page."""
        browser = world.browser()
        page = await browser.get(PATH)
        assert is_shown(page)
        assert "cross_origin_authentication" in text_of(page)
        await enable(world)
        form = await browser.get(PATH)
        await enable(world, cross_origin_authentication=False)
        assert is_shown(await tell(browser, form))

    @pytest.mark.parametrize("path", ["nobody", "%3Cscript%3E", "{client_id}"])
    async def test_unknown_client(self, world: World, path: str) -> None:
        """A client that nobody registered is shown, escaped."""
        page = await world.browser().get(f"/sso_dbconnection_popup/{path}")
        assert is_shown(page)
        assert "<script" not in page.text

    @pytest.mark.parametrize("path", ["/sso_dbconnection_popup", "/sso_dbconnection_popup/", f"{PATH}/x"])
    async def test_other_addresses(self, world: World, path: str) -> None:
        """There is nothing beside and below the address."""
        assert (await world.browser().get(path)).status_code == 404

    async def test_form_from_elsewhere(self, legacy: World) -> None:
        """CVE class "login CSRF": the form works from our own page in the same browser alone."""
        browser = legacy.browser()
        page = await browser.get(PATH)
        data = {**forms(page)[0]["fields"], "username": ADA, "password": PASSWORD}
        for sender, headers in ((browser, {"origin": STRANGER}), (legacy.browser(), {"origin": OURS})):
            assert (await sender.post(PATH, data=data, headers=headers)).status_code == 400
        guessed = await browser.post(PATH, data={**data, "_csrf": "x"}, headers={"origin": OURS})
        assert guessed.status_code == 400
        assert sessions_of(legacy) == []

    async def test_form_of_another_client(self, legacy: World) -> None:
        """The form of one client's page does not work at another's."""
        await enable(legacy, "third")
        browser = legacy.browser()
        data = {**forms(await browser.get(PATH))[0]["fields"], "username": ADA, "password": PASSWORD}
        response = await browser.post("/sso_dbconnection_popup/third", data=data, headers={"origin": OURS})
        assert response.status_code == 400

    async def test_consent(self, legacy: World) -> None:
        """A third party's pop-up asks for consent before it answers."""
        await make_legacy(legacy, "third")
        browser = legacy.browser()
        page = await browser.get("/sso_dbconnection_popup/third")
        asking = await browser.follow(await tell(browser, page))
        assert 'id="consent-form"' in asking.text
        assert "id_token" in answered(await browser.submit(asking, action="accept"))

    @pytest.mark.parametrize("name", ["username", "connection", "state", "scope", "device"])
    async def test_injection(self, legacy: World, name: str) -> None:
        """Nothing that the opener says becomes markup or script on the page."""
        browser = legacy.browser()
        page = await tell(browser, await browser.get(PATH), **{name: HOSTILE})
        assert page.text.count("<script") == 2
        assert "alert(1)</script>" not in page.text


async def test_relay(world: World) -> None:
    """The relay is a page with one function, which may be framed and kept, and calls nobody by itself."""
    page = await world.browser().get("/relay.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "window.doPost=" in page.text
    assert "x-frame-options" not in page.headers
    assert "default-src 'none'" in page.headers["content-security-policy"]
