"""What an id_token of the legacy pipeline says: each scope word is one attribute (the wire §3.1, §3.6)."""

import base64
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey
from tests.support.legacy import OF_PROTOCOL, id_token, make_legacy
from tests.support.protocol import THIRD, open_connection_to, sign_in_to
from tests.support.world import ISSUER, SECRET, World, answer, claims_of, header_of, text_of

from gatewright.clients import JwtConfiguration
from gatewright.oauth.attributes import PROTOCOL_CLAIMS

pytestmark = [pytest.mark.anyio, pytest.mark.wire("id_tokens signed with the client's secret")]


async def attributes(world: World, scope: str, **fields: Any) -> dict[str, Any]:
    """What the id_token says beside the protocol's own claims."""
    if fields:
        await world.change_user("auth0|ada", **fields)
    claims = claims_of(await id_token(world.browser(), scope=scope))
    return {name: value for name, value in claims.items() if name not in OF_PROTOCOL}


async def test_openid_alone(legacy: World) -> None:
    """``openid`` alone is issuer, subject, audience and the two times, whatever else is known."""
    claims = claims_of((await legacy.browser().tokens())["id_token"])
    now = legacy.clock.now()
    assert claims == {
        "iss": ISSUER,
        "sub": "auth0|ada",
        "aud": "web",
        "iat": now,
        "exp": now + 36_000,
    }


async def test_each_word_is_an_attribute(legacy: World) -> None:
    """Each word puts the attribute of its name into the id_token, and no more than that."""
    found = await attributes(legacy, "openid name email picture", picture="https://pics.example.test/a.png")
    assert found == {
        "name": "Ada Example",
        "email": "ada@example.test",
        "picture": "https://pics.example.test/a.png",
    }


@pytest.mark.parametrize("place", ["user_metadata", "app_metadata"])
async def test_custom_attribute(legacy: World, place: str) -> None:
    """A word may name an attribute of either metadata."""
    found = await attributes(legacy, "openid favorite_color", **{place: {"favorite_color": "green", "x": 1}})
    assert found == {"favorite_color": "green"}


@pytest.mark.parametrize("value", ["green", 7, False, ["a", {"b": None}], {"deep": {"er": 1}}])
async def test_custom_attribute_of_any_kind(legacy: World, value: object) -> None:
    """An attribute of the metadata is told as it is kept."""
    assert await attributes(legacy, "openid x", user_metadata={"x": value}) == {"x": value}


async def test_the_administrator_goes_first(legacy: World) -> None:
    """What the tenant says of a user goes before what users say of themselves."""
    found = await attributes(
        legacy, "openid plan", app_metadata={"plan": "free"}, user_metadata={"plan": "gold"}
    )
    assert found == {"plan": "free"}


@pytest.mark.parametrize("name", ["roles", "groups", "permissions"])
async def test_rights_are_the_administrators(legacy: World, name: str) -> None:
    """Names of rights are never read from the metadata that users may change."""
    assert await attributes(legacy, f"openid {name}", user_metadata={name: ["admin"]}) == {}
    assert await attributes(legacy, f"openid {name}", app_metadata={name: ["user"]}) == {name: ["user"]}


@pytest.mark.parametrize("name", sorted(PROTOCOL_CLAIMS - OF_PROTOCOL))
async def test_metadata_forges_no_claim(legacy: World, name: str) -> None:
    """No attribute of the metadata passes for a claim of the protocol."""
    metadata = {name: "forged"}
    assert await attributes(legacy, f"openid {name}", user_metadata=metadata, app_metadata=metadata) == {}


async def test_metadata_replaces_no_claim(legacy: World) -> None:
    """Words that name the five claims of each id_token change none of them."""
    forged = dict.fromkeys(OF_PROTOCOL, "forged")
    await legacy.change_user("auth0|ada", app_metadata=forged)
    claims = claims_of(await id_token(legacy.browser(), scope="openid iss sub aud iat exp"))
    assert "forged" not in claims.values()
    assert claims["sub"] == "auth0|ada"


@pytest.mark.parametrize(
    "name", ["email", "email_verified", "phone_number", "user_id", "blocked", "identities"]
)
async def test_metadata_fills_no_gap_of_the_profile(legacy: World, name: str) -> None:
    """What the profile lacks is not taken from the metadata: nobody verifies an address there."""
    found = await attributes(legacy, f"openid {name}", email="", user_metadata={name: "forged"})
    assert "forged" not in found.values()


@pytest.mark.parametrize("word", ["last_ip", "version", "logins_count", "passthrough", "nothing", "phone"])
async def test_word_that_names_nothing(legacy: World, word: str) -> None:
    """A word that is no attribute of the user adds nothing, and is no error."""
    assert await attributes(legacy, f"openid {word}") == {}


async def test_profile_is_everything(legacy: World) -> None:
    """``profile`` is every attribute of the normalised profile, metadata included."""
    found = await attributes(
        legacy,
        "openid profile",
        given_name="Ada",
        nickname="countess",
        picture="https://pics.example.test/a.png",
        user_metadata={"favorite_color": "green"},
        app_metadata={"plan": "free"},
    )
    assert found == {
        "user_id": "auth0|ada",
        "clientID": "web",
        "name": "Ada Example",
        "nickname": "countess",
        "given_name": "Ada",
        "picture": "https://pics.example.test/a.png",
        "email": "ada@example.test",
        "email_verified": True,
        "identities": [
            {
                "connection": "Username-Password-Authentication",
                "provider": "auth0",
                "user_id": "ada",
                "isSocial": False,
            }
        ],
        "created_at": "2027-01-15T08:00:00.000Z",
        "updated_at": "2027-01-15T08:00:00.000Z",
        "user_metadata": {"favorite_color": "green"},
        "app_metadata": {"plan": "free"},
    }


async def test_name_nickname_and_picture_are_always_there(legacy: World) -> None:
    """Without a name the address stands in, its local part for the nickname, and its avatar for a picture."""
    found = await attributes(legacy, "openid name nickname picture", name="", nickname="", picture="")
    assert (found["name"], found["nickname"]) == ("ada@example.test", "ada")
    assert found["picture"].startswith("https://www.gravatar.com/avatar/")
    assert "ada" not in found["picture"]


async def test_user_without_an_address(legacy: World) -> None:
    """Who has no address has a name, a nickname and a neutral picture too, and no word on verification."""
    found = await attributes(
        legacy, "openid name nickname picture email_verified", name="", nickname="", email="", username="lady"
    )
    assert (found["name"], found["nickname"]) == ("lady", "lady")
    assert "/" + "0" * 64 in found["picture"]
    assert "email_verified" not in found


async def test_verification_is_told_when_it_is_missing(legacy: World) -> None:
    """An address that is not verified is told to be that."""
    found = await attributes(legacy, "openid email_verified", email_verified=False)
    assert found == {"email_verified": False}


async def test_requested_only_is_for_the_other_pipeline(legacy: World) -> None:
    """A word of a legacy scope asks for its attribute in the id_token, whatever ``id_token_claims`` says."""
    await legacy.change_client("web", id_token_claims="requested_only")
    assert set(await attributes(legacy, "openid email")) == {"email"}


async def test_claims_parameter(legacy: World) -> None:
    """A claim asked for with the claims parameter is told beside the words of the scope."""
    token = await id_token(legacy.browser(), scope="openid email", claims='{"id_token":{"name":null}}')
    assert set(claims_of(token)) == OF_PROTOCOL | {"email", "name"}


async def test_signed_with_the_secret(legacy: World) -> None:
    """Any JWT library verifies it with the client's secret and HS256, as the tutorials of that time do."""
    token = await id_token(legacy.browser())
    header = header_of(token)
    assert (header["alg"], header["typ"]) == ("HS256", "JWT")
    found = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
    assert found.claims["sub"] == "auth0|ada"


async def test_signed_with_the_decoded_secret(legacy: World) -> None:
    """With ``secret_encoded`` the key is what the secret encodes."""
    raw = b"k" * 48
    client = await make_legacy(legacy, jwt_configuration=JwtConfiguration(alg="HS256", secret_encoded=True))
    await legacy.put_client(client, secret=base64.urlsafe_b64encode(raw).decode())
    found = jwt.decode(await id_token(legacy.browser()), OctKey.import_key(raw), algorithms=["HS256"])
    assert found.claims["aud"] == "web"


async def test_signed_with_the_key_of_the_tenant(legacy: World) -> None:
    """A client set to RS256 gets that, verifiable by the published keys."""
    await legacy.change_client("web", jwt_configuration=JwtConfiguration(alg="RS256"))
    browser = legacy.browser()
    token = await id_token(browser)
    keys = KeySet.import_key_set((await browser.get("/.well-known/jwks.json")).json())
    assert jwt.decode(token, keys, algorithms=["RS256"]).claims["sub"] == "auth0|ada"


async def test_lifetime_of_the_client(legacy: World) -> None:
    """The client decides how long its id_tokens live."""
    settings = JwtConfiguration(alg="HS256", lifetime_in_seconds=300)
    await legacy.change_client("web", jwt_configuration=settings)
    claims = claims_of(await id_token(legacy.browser()))
    assert claims["exp"] - claims["iat"] == 300


async def test_third_party_client_asks_for_everything(legacy: World) -> None:
    """A third party's request is consented to in words that say that the whole profile is opened."""
    await make_legacy(legacy, "third")
    await open_connection_to(legacy, "third")
    await legacy.change_user("auth0|ada", user_metadata={"favorite_color": "green"})
    browser = legacy.browser()
    asked = {**THIRD, "response_type": "token", "scope": "openid favorite_color"}
    page = await sign_in_to(browser, await browser.authorize(**asked))
    assert "See your whole profile and everything stored with it" in text_of(page)
    assert "favorite_color" in text_of(page)
    found = answer(await browser.submit(page, action="accept"))
    assert claims_of(found["id_token"])["favorite_color"] == "green"
    silent = answer(await browser.authorize(**asked, prompt="none"))
    assert "id_token" in silent
    more = answer(await browser.authorize(**{**asked, "scope": "openid email"}, prompt="none"))
    assert more["error"] == "consent_required"


async def test_consent_of_the_other_pipeline(legacy: World) -> None:
    """What was allowed to a conformant client does not open the whole profile to a legacy one."""
    await open_connection_to(legacy, "third")
    browser = legacy.browser()
    page = await sign_in_to(browser, await browser.authorize(**THIRD))
    assert "code" in answer(await browser.submit(page, action="accept"))
    await make_legacy(legacy, "third")
    page = await browser.authorize(**THIRD)
    assert "See your whole profile and everything stored with it" in text_of(page)
    assert "code" in answer(await browser.submit(page, action="accept"))
    assert "code" in answer(await browser.authorize(**THIRD, prompt="none"))


async def test_consent_page_is_translated(legacy: World) -> None:
    """The German consent page tells of the whole profile in German."""
    await make_legacy(legacy, "third")
    await open_connection_to(legacy, "third")
    browser = legacy.browser()
    asked = {**THIRD, "response_type": "token", "ui_locales": "de"}
    page = await sign_in_to(browser, await browser.authorize(**asked))
    assert "Ihr ganzes Profil" in text_of(page)
