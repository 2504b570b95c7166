"""Sealed secrets: readable with the same key at the same place, and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.jose import MasterKey, Unsealable
from gatewright.jose.encoding import b64url, unb64url

KEY = MasterKey(b"k" * 32)


@given(st.text(), st.text())
def test_sealed_is_read_again(secret: str, place: str) -> None:
    """Whatever is sealed is read again at its place."""
    assert KEY.unseal(KEY.seal(secret, place), place) == secret


@given(st.text(min_size=1), st.text(), st.text())
def test_bound_to_its_place(secret: str, place: str, other: str) -> None:
    """A sealed secret that was moved elsewhere is unreadable."""
    if place == other:
        return
    with pytest.raises(Unsealable, match="belongs elsewhere"):
        KEY.unseal(KEY.seal(secret, place), other)


@given(st.text("abcXYZ019 -_", min_size=8))
def test_sealed_shows_nothing(secret: str) -> None:
    """The sealed text does not show the secret, and is another each time."""
    one, other = KEY.seal(secret, "p"), KEY.seal(secret, "p")
    assert one != other
    assert secret not in one


@given(st.integers(0, 200), st.integers(1, 255))
def test_altered_is_refused(place: int, change: int) -> None:
    """One changed bit anywhere makes the sealed text unreadable."""
    mark, _, body = KEY.seal("a secret", "p").partition(".")
    data = bytearray(unb64url(body))
    data[place % len(data)] ^= change
    with pytest.raises(Unsealable):
        KEY.unseal(f"{mark}.{b64url(bytes(data))}", "p")


def test_another_master_key_is_named() -> None:
    """A secret sealed under another master key says so, by the keys' marks."""
    sealed = MasterKey(b"x" * 32).seal("secret", "p")
    with pytest.raises(Unsealable, match="another master key"):
        KEY.unseal(sealed, "p")


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_length_of_the_master_key(length: int) -> None:
    """A master key of another length is refused with the length seen and wanted."""
    with pytest.raises(ValueError, match=rf"has {length} bytes, 32 are wanted"):
        MasterKey(b"k" * length)


def test_purposes_have_keys_of_their_own() -> None:
    """Each purpose has its own derived key, the same in every process."""
    assert KEY.derive("a") != KEY.derive("b")
    assert KEY.derive("a") == MasterKey(b"k" * 32).derive("a")
    assert len(KEY.derive("a")) == 32


@given(st.binary(max_size=80))
def test_base64url_round_trip(data: bytes) -> None:
    """Base64url without padding is read back to the same bytes (RFC 7515 §2)."""
    text = b64url(data)
    assert "=" not in text
    assert unb64url(text) == data
