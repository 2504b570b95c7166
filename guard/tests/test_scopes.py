"""Scopes and permissions that an endpoint asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright_guard import all_of, any_of, errors
from gatewright_guard.testing import Mint

scopes = st.lists(st.sampled_from(["read:a", "write:a", "read:b", "admin"]), unique=True)


@pytest.fixture
def caller(mint):
    def caller(scope, permissions=()):
        return mint.guard().verify_sync(mint.token(scope=scope, permissions=list(permissions)))

    return caller


@pytest.mark.parametrize(
    ("granted", "every", "either"),
    [
        ("read:a write:a", True, True),
        ("write:a read:a admin", True, True),
        ("read:a", False, True),
        ("", False, False),
        ("read:ab", False, False),
        ("READ:A", False, False),
    ],
)
def test_all_and_any(caller, granted, every, either):
    """all_of wants every scope, any_of at least one, compared exactly."""
    asking = caller(granted)
    assert all_of("read:a", "write:a").met_by(asking) is every
    assert any_of("read:a", "write:a").met_by(asking) is either


@given(granted=scopes, wanted=scopes.filter(bool))
def test_sets(granted, wanted):
    """all_of is the subset relation, and any_of a non-empty intersection."""
    mint = SHARED
    asking = mint.guard().verify_sync(mint.token(scope=" ".join(granted)))
    assert all_of(*wanted).met_by(asking) == set(wanted).issubset(granted)
    assert any_of(*wanted).met_by(asking) == bool(set(wanted) & set(granted))


SHARED = Mint(audience="https://api.test/", algorithm="HS256")


def test_permissions_are_another_thing(caller):
    """Permissions are asked for by name of the option, and scopes never stand in for them."""
    asking = caller("read:a", ["edit:a"])
    assert all_of("edit:a", permissions=True).met_by(asking)
    assert not all_of("edit:a").met_by(asking)
    assert not any_of("read:a", permissions=True).met_by(asking)


def test_refusal(caller):
    """A refusal is a 403 that names what is needed, and tells the log what was there."""
    with pytest.raises(errors.InsufficientScope) as refusal:
        all_of("read:a", "write:a").check(caller("read:a openid"))
    assert refusal.value.scope == "read:a write:a"
    assert "read:a and write:a" in refusal.value.message
    assert refusal.value.diagnosis.seen == "scopes openid, read:a"


def test_no_refusal(caller):
    """Who may, passes."""
    assert all_of("read:a").check(caller("read:a")) is None


@pytest.mark.parametrize("names", [(), ("",), ("read:a write:a",), ('a"b',), ("a\\b",), ("é",), ("a", "")])
@pytest.mark.parametrize("make", [all_of, any_of])
def test_names_are_scope_tokens(make, names):
    """A requirement of nothing, or of what is no scope token (RFC 6749 §3.3), cannot be made."""
    with pytest.raises(ValueError, match="scopes"):
        make(*names)
