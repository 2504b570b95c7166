"""Refresh tokens are derived, recognised without a database, and told from made-up ones."""

from hypothesis import given
from hypothesis import strategies as st

from gatewright.jose import MasterKey
from gatewright.kernel.ids import grant_id
from gatewright.oauth.refresh_tokens import PresentedToken, RefreshTokens

TOKENS = RefreshTokens(MasterKey(b"k" * 32))
GENERATIONS = st.integers(0, 999_999_999)
TENANTS = st.text("abc-", min_size=1, max_size=8)


@given(TENANTS, GENERATIONS)
def test_issued_is_recognised(tenant_id: str, generation: int) -> None:
    """Every token that was made is recognised with its family and generation."""
    grant = grant_id(1_800_000_000)
    token = TOKENS.token(tenant_id, grant, generation)
    assert TOKENS.recognise(tenant_id, token) == PresentedToken(grant, generation)


@given(GENERATIONS)
def test_every_process_derives_the_same(generation: int) -> None:
    """Racing processes derive the same successor."""
    other = RefreshTokens(MasterKey(b"k" * 32))
    assert TOKENS.token("t", "g" * 28, generation) == other.token("t", "g" * 28, generation)


@given(TENANTS, TENANTS, GENERATIONS)
def test_bound_to_the_tenant(one: str, other: str, generation: int) -> None:
    """A token of one tenant is nothing at another."""
    token = TOKENS.token(one, "g" * 28, generation)
    assert (TOKENS.recognise(other, token) is not None) == (one == other)


@given(GENERATIONS)
def test_bound_to_the_installation(generation: int) -> None:
    """A token of another installation is nothing here."""
    foreign = RefreshTokens(MasterKey(b"x" * 32))
    assert TOKENS.recognise("t", foreign.token("t", "g" * 28, generation)) is None


@given(st.text(max_size=120))
def test_any_text_is_recognised_or_not(text: str) -> None:
    """No text makes recognition fail, and none that was not issued is recognised."""
    assert TOKENS.recognise("t", text) is None


@given(GENERATIONS, st.integers(0, 200), st.characters())
def test_one_other_character(generation: int, place: int, character: str) -> None:
    """A token with one character changed is not recognised."""
    token = TOKENS.token("t", "g" * 28, generation)
    at = place % len(token)
    changed = token[:at] + character + token[at + 1 :]
    assert changed == token or TOKENS.recognise("t", changed) is None


@given(GENERATIONS, GENERATIONS)
def test_generations_do_not_reveal_each_other(one: int, other: int) -> None:
    """Whoever holds the token of one generation cannot write that of another."""
    grant, first, mac = TOKENS.token("t", "g" * 28, one).split(".")
    assert first == str(one)
    assert (TOKENS.recognise("t", f"{grant}.{other}.{mac}") is not None) == (one == other)


@given(GENERATIONS)
def test_grants_do_not_reveal_each_other(generation: int) -> None:
    """Whoever holds a token of one grant, and knows the id of another, cannot write a token of the other."""
    _, _, mac = TOKENS.token("t", "g" * 28, generation).split(".")
    assert TOKENS.recognise("t", f"{'h' * 28}.{generation}.{mac}") is None
