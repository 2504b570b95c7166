"""Identifiers have the wire's shapes; tokens are random enough."""

import re
from collections import Counter

import pytest

from gatewright.kernel import ids

SHAPES = {
    "opaque_token": r"[A-Za-z0-9_-]{43}",
    "client_id": r"[A-Za-z0-9]{32}",
    "client_secret": r"[A-Za-z0-9_-]{64}",
    "hexadecimal": r"[0-9a-f]{24}",
    "connection_id": r"con_[A-Za-z0-9]{16}",
    "role_id": r"rol_[A-Za-z0-9]{16}",
    "client_grant_id": r"cgr_[A-Za-z0-9]{16}",
    "key_id": r"[A-Za-z0-9_-]{21}",
    "session_id": r"[A-Za-z0-9_-]{32}",
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    """Each kind of identifier has its shape, and no two are alike."""
    made = [getattr(ids, name)() for _ in range(200)]
    assert all(re.fullmatch(SHAPES[name], one) for one in made)
    assert len(set(made)) == 200


def test_grants_sort_by_time() -> None:
    """The id of a grant begins with its time, and no two of one second are alike."""
    made = [ids.grant_id(at) for at in (1, 1_800_000_000, 4_000_000_000) for _ in range(200)]
    assert all(re.fullmatch(r"[0-9a-f]{8}[A-Za-z0-9_-]{20}", one) for one in made)
    assert sorted(made, key=lambda one: one[:8]) == made
    assert len(set(made)) == 600


@pytest.mark.parametrize("name", ["client_id", "key_id", "session_id"])
def test_no_character_is_favoured(name: str) -> None:
    """Every letter and digit comes about equally often."""
    counts = Counter("".join(getattr(ids, name)() for _ in range(2_000)))
    shares = [counts[c] for c in counts if c.isalnum()]
    assert len(shares) == 62
    assert max(shares) < 1.5 * min(shares)


def test_user_id() -> None:
    """A user id is the provider and the id there."""
    assert ids.user_id("auth0", "abc") == "auth0|abc"


def test_log_ids_sort_by_time() -> None:
    """Log ids are digits that sort by their second, and differ within it."""
    early, late = [ids.log_id(1_000) for _ in range(50)], [ids.log_id(1_001) for _ in range(50)]
    assert all(one.isdigit() for one in early + late)
    assert max(early) < min(late)
    assert len(set(early)) == 50
