"""Proof Key for Code Exchange: S256, both sides or neither (RFC 7636, RFC 9700 §2.1.1, §4.8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.protocol import CHALLENGE, PKCE, SPA, VERIFIER, refusal, s256, spa_redeem
from tests.support.world import World

from gatewright.oauth import pkce

pytestmark = [pytest.mark.anyio, pytest.mark.wire("PKCE")]

VERIFIERS = st.text("ABCabc019-._~", min_size=43, max_size=128)


def test_example_of_the_specification() -> None:
    """The verifier of RFC 7636 appendix B makes the challenge printed there."""
    assert pkce.proves(
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@given(VERIFIERS)
def test_every_verifier_proves_its_challenge(verifier: str) -> None:
    """Whatever verifier there is, its own S256 hash accepts it."""
    assert pkce.is_verifier(verifier)
    assert pkce.is_challenge(s256(verifier))
    assert pkce.proves(verifier, s256(verifier))


@given(VERIFIERS, VERIFIERS)
def test_another_verifier_proves_nothing(one: str, other: str) -> None:
    """A verifier that is not the one hashed is refused."""
    assert pkce.proves(other, s256(one)) == (one == other)


@pytest.mark.parametrize(
    "text", ["", "a" * 42, "a" * 129, "a" * 42 + "+", "a" * 42 + "\u00e9", "a" * 43 + "\n"]
)
def test_no_verifier(text: str) -> None:
    """Too short, too long, or of other characters is no verifier (RFC 7636 §4.1)."""
    assert not pkce.is_verifier(text)


@pytest.mark.parametrize("text", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "+", "a" * 43 + "\n"])
def test_no_challenge(text: str) -> None:
    """What is not 43 base64url characters is no S256 challenge (RFC 7636 §4.2)."""
    assert not pkce.is_challenge(text)


async def test_public_client_redeems_with_its_verifier(world: World) -> None:
    """A public client gets tokens for code and verifier, with no secret at all."""
    browser = world.browser()
    response = await spa_redeem(browser, await browser.code(**SPA, **PKCE))
    assert response.status_code == 200, response.text


async def test_confidential_client_may_use_pkce(world: World) -> None:
    """A client with a secret proves the verifier as well when it sent a challenge."""
    browser = world.browser()
    response = await browser.redeem(await browser.code(**PKCE), code_verifier=VERIFIER)
    assert response.status_code == 200, response.text


async def test_confidential_client_needs_no_pkce(world: World) -> None:
    """A client with a secret gets tokens without any challenge, as certification wants."""
    browser = world.browser()
    assert (await browser.redeem(await browser.code())).status_code == 200


@pytest.mark.parametrize(
    "verifier",
    [VERIFIER[:-1] + ("a" if VERIFIER[-1] != "a" else "b"), "a" * 43, CHALLENGE, VERIFIER + "a", "a"],
    ids=["last character", "all characters", "the challenge", "one more", "too short"],
)
async def test_wrong_verifier(world: World, verifier: str) -> None:
    """A wrong verifier is refused with invalid_grant, in the words SDKs know."""
    browser = world.browser()
    response = await spa_redeem(browser, await browser.code(**SPA, **PKCE), code_verifier=verifier)
    assert refusal(response) == (400, "invalid_grant")
    assert response.json()["error_description"] == "Failed to verify code verifier"


async def test_short_verifier(world: World) -> None:
    """A verifier under 43 characters is refused even where it made the challenge (RFC 7636 §4.1)."""
    browser = world.browser()
    code = await browser.code(**SPA, code_challenge=s256("short"), code_challenge_method="S256")
    assert refusal(await spa_redeem(browser, code, code_verifier="short")) == (400, "invalid_grant")


async def test_verifier_missing(world: World) -> None:
    """A code that was asked for with a challenge is not given for the asking (CVE-2024-23647)."""
    browser = world.browser()
    response = await spa_redeem(browser, await browser.code(**SPA, **PKCE), code_verifier="")
    assert refusal(response) == (400, "invalid_grant")


async def test_verifier_missing_of_a_confidential_client(world: World) -> None:
    """A secret does not replace the verifier."""
    browser = world.browser()
    assert refusal(await browser.redeem(await browser.code(**PKCE))) == (400, "invalid_grant")


async def test_verifier_without_challenge(world: World) -> None:
    """A verifier for a code without challenge tells of a downgrade, and is refused (CVE-2023-48228)."""
    browser = world.browser()
    response = await browser.redeem(await browser.code(), code_verifier=VERIFIER)
    assert refusal(response) == (400, "invalid_grant")
    assert "no code_challenge" in response.json()["error_description"]


async def test_wrong_verifier_spends_the_code(world: World) -> None:
    """Whoever has the code but not its verifier has stolen it: the code is dead afterwards."""
    browser = world.browser()
    code = await browser.code(**SPA, **PKCE)
    await spa_redeem(browser, code, code_verifier="a" * 43)
    assert refusal(await spa_redeem(browser, code)) == (400, "invalid_grant")


async def test_challenge_of_one_code_does_not_serve_another(world: World) -> None:
    """Each code is bound to its own challenge."""
    browser = world.browser()
    other = "z" * 43
    code = await browser.code(**SPA, code_challenge=s256(other), code_challenge_method="S256")
    assert refusal(await spa_redeem(browser, code, code_verifier=VERIFIER)) == (400, "invalid_grant")
