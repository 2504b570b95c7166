"""Errors of the house: public words, private detail; secrets by fingerprint."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import (
    Conflict,
    Forbidden,
    GatewrightError,
    Invalid,
    NotFound,
    TooMany,
    Unavailable,
)
from gatewright.kernel.secrets import fingerprint, matches


@pytest.mark.parametrize("kind", [NotFound, Conflict, Invalid, Forbidden, Unavailable])
def test_detail_is_not_in_the_message(kind: type[GatewrightError]) -> None:
    """What is for the log alone is not in what people read."""
    error = kind("public words", detail="private words")
    assert (error.message, error.detail) == ("public words", "private words")
    assert "private" not in str(error)


def test_invalid_says_where() -> None:
    """An invalid value is named by its path."""
    assert (
        Invalid("not a URL", path="clients[0].callbacks[1]").message == "clients[0].callbacks[1]: not a URL"
    )


def test_refusals_for_now_say_until_when() -> None:
    """Who is refused for now learns when to come back."""
    refused = TooMany("slow down", retry_after=30, limit=5)
    assert (refused.retry_after, refused.limit) == (30, 5)
    assert Unavailable("busy", retry_after=2).retry_after == 2


@given(st.text(), st.text())
def test_only_the_secret_itself_matches(secret: str, other: str) -> None:
    """A fingerprint matches its secret and no other text."""
    assert matches(secret, fingerprint(secret))
    assert matches(other, fingerprint(secret)) == (secret == other)


def test_fingerprint_is_sha256() -> None:
    """A fingerprint is SHA-256 in hexadecimal, so that any tool can make it."""
    assert fingerprint("secret") == hashlib.sha256(b"secret").hexdigest()
