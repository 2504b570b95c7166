"""``id_token_hint``: HS256 with the client's secret or the tenant's keys, as the client is set."""

import base64
from urllib.parse import urlencode

import httpx2
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey
from tests.support.protocol import encoded, is_shown, newest_log
from tests.support.world import SECRET, Browser, World, answer, claims_of, header_of, text_of

from gatewright.clients import JwtConfiguration
from gatewright.jose import sign_with_secret

pytestmark = [pytest.mark.anyio, pytest.mark.wire("prompt, max_age and id_token_hint")]

HOME = "https://app.example.test/"
ENCODED = base64.urlsafe_b64encode(b"k" * 48).decode()
PLAIN_OR_ENCODED = pytest.mark.parametrize("secret", [SECRET, ENCODED], ids=["plain", "encoded"])
DOORS = pytest.mark.parametrize("door", ["authorize", "logout"])


async def use_hs256(world: World, secret: str = SECRET, client_id: str = "web") -> None:
    """Makes a client one whose id_tokens are signed with its secret."""
    client = await world.platform.clients.get(world.tenant_id, client_id)
    assert client is not None
    settings = JwtConfiguration(alg="HS256", secret_encoded=secret == ENCODED)
    await world.put_client(msgspec.structs.replace(client, jwt_configuration=settings), secret=secret)


def key_of(secret: str) -> bytes:
    return base64.urlsafe_b64decode(secret) if secret == ENCODED else secret.encode()


async def signed_in(world: World, secret: str = SECRET) -> tuple[Browser, str]:
    """A signed-in browser and its id_token."""
    browser = world.browser()
    response = await browser.redeem(await browser.code(), client_secret=secret)
    return browser, response.json()["id_token"]


async def logout(browser: Browser, hint: str, **parameters: str) -> httpx2.Response:
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": HOME, **parameters}
    return await browser.get("/oidc/logout?" + urlencode(asked))


async def is_refused(browser: Browser, door: str, hint: str) -> bool:
    """Whether the hint is refused at that door, with nothing done."""
    if door == "logout":
        refused = is_shown(await logout(browser, hint))
        return refused and "code" in answer(await browser.authorize(prompt="none"))
    found = answer(await browser.authorize(prompt="none", id_token_hint=hint))
    return found.get("error") == "invalid_request" and "id_token_hint" in found["error_description"]


@PLAIN_OR_ENCODED
async def test_hs256_hint_at_authorize(world: World, secret: str) -> None:
    """The id_token of an HS256 client is a hint, whether its key is the secret or what that encodes."""
    await use_hs256(world, secret)
    browser, hint = await signed_in(world, secret)
    assert header_of(hint)["alg"] == "HS256"
    assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=hint))


@PLAIN_OR_ENCODED
async def test_hs256_hint_at_logout(world: World, secret: str) -> None:
    """With the id_token of an HS256 client the session ends at once."""
    await use_hs256(world, secret)
    browser, hint = await signed_in(world, secret)
    response = await logout(browser, hint, state="x")
    assert response.headers["location"] == HOME + "?state=x"
    assert answer(await browser.authorize(prompt="none"))["error"] == "login_required"


async def test_hs256_hint_binds_the_user(world: World) -> None:
    """An HS256 hint for somebody else than the person signed in is not answered for that person."""
    await use_hs256(world)
    await world.put_user("bob@example.test", subject="bob")
    browser, hint = await signed_in(world)
    other = sign_with_secret({**claims_of(hint), "sub": "auth0|bob"}, SECRET.encode())
    found = answer(await browser.authorize(prompt="none", id_token_hint=other))
    assert found["error"] == "login_required"
    assert "Sign out?" in text_of(await logout(browser, other))


async def test_hs256_hint_that_expired(world: World) -> None:
    """An expired HS256 id_token still is a hint."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    world.clock.advance(40_000)
    assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=hint))
    assert (await logout(browser, hint)).headers["location"] == HOME


async def test_hs256_hint_of_before_the_rotation(world: World) -> None:
    """While a client's secret is being replaced, id_tokens signed with the older one still are hints."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    client = await world.platform.clients.get(world.tenant_id, "web")
    assert client is not None
    newer = world.platform.clients.sealed(world.tenant_id, "web", "n" * 40, world.clock.now())
    await world.change_client("web", secrets=(*client.secrets, newer))
    assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=hint))
    await world.change_client("web", secrets=(newer,))
    assert await is_refused(browser, "authorize", hint)


@DOORS
@pytest.mark.parametrize(
    "how",
    ["tampered", "another secret", "unsigned", "header says RS256", "header says HS512", "no signature"],
)
@PLAIN_OR_ENCODED
async def test_forged_hs256_hint(world: World, door: str, how: str, secret: str) -> None:
    """A hint for an HS256 client that its key did not sign, as HS256, is refused."""
    await use_hs256(world, secret)
    browser, hint = await signed_in(world, secret)
    header, payload, signature = hint.split(".")
    forged = {
        "tampered": f"{header}.{encoded({**claims_of(hint), 'sid': 'x'})}.{signature}",
        "another secret": sign_with_secret(claims_of(hint), b"k" * 40),
        "unsigned": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        "header says RS256": f"{encoded({'alg': 'RS256', 'typ': 'JWT'})}.{payload}.{signature}",
        "header says HS512": f"{encoded({'alg': 'HS512', 'typ': 'JWT'})}.{payload}.{signature}",
        "no signature": f"{header}.{payload}.",
    }[how]
    assert await is_refused(browser, door, forged)


@DOORS
async def test_secret_is_used_as_the_client_is_set(world: World, door: str) -> None:
    """The characters of a secret that is base64url are not its key."""
    await use_hs256(world, ENCODED)
    browser, hint = await signed_in(world, ENCODED)
    assert await is_refused(browser, door, sign_with_secret(claims_of(hint), ENCODED.encode()))


@DOORS
async def test_rs256_hint_for_an_hs256_client(world: World, door: str) -> None:
    """An RS256 id_token of ours is no hint for a client that is never given one."""
    browser, hint = await signed_in(world)
    await use_hs256(world)
    assert header_of(hint)["alg"] == "RS256"
    assert await is_refused(browser, door, hint)


@DOORS
async def test_hs256_hint_for_an_rs256_client(world: World, door: str) -> None:
    """What a client signs with its own secret is no hint where id_tokens are signed with our keys."""
    browser, hint = await signed_in(world)
    assert await is_refused(browser, door, sign_with_secret(claims_of(hint), SECRET.encode()))


async def public_key(world: World, form: str) -> bytes:
    """The tenant's public key, in one of the forms in which it can be had."""
    (jwk,) = (await world.browser().get("/.well-known/jwks.json")).json()["keys"][:1]
    key = RSAKey.import_key({name: jwk[name] for name in ("kty", "n", "e")}).raw_value
    assert isinstance(key, RSAPublicKey)
    return {
        "PEM": lambda: key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "PEM without its last newline": lambda: key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).strip(),
        "PKCS 1": lambda: key.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        "DER": lambda: key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "modulus": lambda: jwk["n"].encode(),
        "certificate": lambda: base64.b64decode(jwk["x5c"][0]),
    }[form]()


@DOORS
@pytest.mark.parametrize("alg", ["RS256", "HS256"])
@pytest.mark.parametrize(
    "form", ["PEM", "PEM without its last newline", "PKCS 1", "DER", "modulus", "certificate"]
)
async def test_public_key_as_a_secret(world: World, door: str, alg: str, form: str) -> None:
    """A hint signed (HS256) with the public key, which everybody has, is refused (RFC 8725 §2.1)."""
    if alg == "HS256":
        await use_hs256(world)
    browser, hint = await signed_in(world)
    assert await is_refused(browser, door, sign_with_secret(claims_of(hint), await public_key(world, form)))


async def test_hs256_hint_of_another_client(world: World) -> None:
    """A hint for another client is refused at authorize, even where both have the same secret."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    foreign = sign_with_secret({**claims_of(hint), "aud": "third"}, SECRET.encode())
    assert await is_refused(browser, "authorize", foreign)
    both = sign_with_secret({**claims_of(hint), "aud": ["third"]}, SECRET.encode())
    assert await is_refused(browser, "authorize", both)


async def test_rs256_hint_of_another_client(world: World) -> None:
    """A hint for another client is refused at authorize."""
    browser, hint = await signed_in(world)
    found = answer(
        await browser.authorize(
            client_id="third",
            redirect_uri="https://third.example.test/callback",
            prompt="none",
            id_token_hint=hint,
        )
    )
    assert found["error"] == "invalid_request"
    assert "for this client" in found["error_description"]


async def test_hs256_hint_under_another_clients_name(world: World) -> None:
    """At logout the key is that of the client the hint names: nobody speaks for another with their secret."""
    await use_hs256(world)
    await use_hs256(world, ENCODED, "third")
    browser, hint = await signed_in(world)
    assert await is_refused(browser, "logout", sign_with_secret(claims_of(hint), key_of(ENCODED)))
    assert await is_refused(
        browser, "logout", sign_with_secret({**claims_of(hint), "aud": "third"}, SECRET.encode())
    )


async def test_hs256_hint_and_client_id_that_disagree(world: World) -> None:
    """A good HS256 hint beside the client_id of another client is shown on a page, and the session stays."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    assert is_shown(await logout(browser, hint, client_id="third"))
    assert "code" in answer(await browser.authorize(prompt="none"))


async def test_hint_of_an_hs256_client_in_a_browser(world: World) -> None:
    """An HS256 client that may be answered in front gets RS256 there, and both kinds are hints."""
    await world.change_client("web", grant_types=("authorization_code", "implicit"))
    await use_hs256(world)
    browser, behind = await signed_in(world)
    in_front = answer(await browser.authorize(response_type="id_token", nonce="n"))["id_token"]
    assert (header_of(behind)["alg"], header_of(in_front)["alg"]) == ("HS256", "RS256")
    for hint in (behind, in_front):
        assert "code" in answer(await browser.authorize(prompt="none", id_token_hint=hint))
        assert (await logout(browser, hint)).headers["location"] == HOME
        await browser.code()


@DOORS
async def test_forged_hint_of_an_hs256_client_in_a_browser(world: World, door: str) -> None:
    """Where both kinds are hints neither key passes for the other."""
    await world.change_client("web", grant_types=("authorization_code", "implicit"))
    await use_hs256(world)
    browser, hint = await signed_in(world)
    claims, signature = claims_of(hint), hint.rpartition(".")[2]
    for form in ("PEM", "modulus"):
        forged = sign_with_secret(claims, await public_key(world, form))
        assert await is_refused(browser, door, forged)
    kid = (await browser.get("/.well-known/jwks.json")).json()["keys"][0]["kid"]
    swapped = encoded({"alg": "RS256", "typ": "JWT", "kid": kid})
    assert await is_refused(browser, door, f"{swapped}.{encoded(claims)}.{signature}")


@DOORS
async def test_secret_too_short_to_verify(world: World, door: str) -> None:
    """A secret shorter than the hash verifies nothing, for it can be guessed (RFC 7518 §3.2)."""
    await use_hs256(world, "short-secret-of-31-bytes-------")
    browser, hint = await signed_in(world, "short-secret-of-31-bytes-------")
    assert await is_refused(browser, door, hint)


async def test_page_says_that_the_secret_is_too_short(world: World) -> None:
    """The page that refuses a hint for want of a key says what the client needs, and no secret."""
    await use_hs256(world, "short-secret-of-31-bytes-------")
    browser, hint = await signed_in(world, "short-secret-of-31-bytes-------")
    page = await logout(browser, hint)
    assert "32 bytes" in text_of(page)
    assert "short-secret" not in page.text
    assert "short-secret" not in str(await newest_log(world, "flo"))


@DOORS
async def test_hs256_client_without_a_secret(world: World, door: str) -> None:
    """A client without a secret has no key that could verify, and an empty key verifies nothing."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    await world.change_client("web", secrets=())
    for forged in (hint, sign_with_secret(claims_of(hint), b"")):
        assert await is_refused(browser, door, forged)


async def test_secret_that_is_not_base64url(world: World) -> None:
    """A secret that is not what secret_encoded says signs nothing, and the refusal says so."""
    await use_hs256(world)
    browser, hint = await signed_in(world)
    await world.change_client("web", jwt_configuration=JwtConfiguration(alg="HS256", secret_encoded=True))
    odd = world.platform.clients.sealed(world.tenant_id, "web", "x" * 33, world.clock.now())
    await world.change_client("web", secrets=(odd,))
    assert await is_refused(browser, "authorize", hint)
    refused = await browser.redeem(await browser.code(), client_secret="x" * 33)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
