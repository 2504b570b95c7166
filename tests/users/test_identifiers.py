"""One normalised namespace of identifiers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import Invalid
from gatewright.users import email_identifier, username_identifier
from gatewright.users.identifiers import identifier, normalised

locals_ = st.from_regex(r"[a-zA-Z0-9]{1,10}([.+_-][a-zA-Z0-9]{1,5})?", fullmatch=True)
domains = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,4})?\.(test|com|de)", fullmatch=True)


@given(st.text(max_size=80))
def test_normal_form_is_its_own_normal_form(text: str) -> None:
    """An identifier compares with itself however often it was normalised."""
    assert normalised(normalised(text)) == normalised(text)


@given(st.text(max_size=80))
def test_case_never_matters(text: str) -> None:
    """Upper and lower case of a text are one identifier, as far as Unicode folds them."""
    assert normalised(text.casefold()) == normalised(text)


@given(st.text(max_size=80))
def test_looking_up_never_fails(text: str) -> None:
    """Whatever is typed at sign-in is an identifier of one kind or the other."""
    found = identifier(text)
    assert found.kind == ("email" if "@" in found.value else "username")


@given(local=locals_, domain=domains)
def test_what_signed_up_is_found_again_in_any_spelling(local: str, domain: str) -> None:
    """An address that signed up is found by every spelling of it."""
    address = f"{local}@{domain}"
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in address)
    made = email_identifier(address)
    assert unicodedata.normalize("NFKC", wide) == address
    for spelling in (address, address.upper(), f" {address}\t", wide):
        assert identifier(spelling) == made


@given(st.from_regex(r"[a-zA-Z0-9_.+-]{1,15}", fullmatch=True))
def test_username_is_found_again_in_any_spelling(name: str) -> None:
    """A username that signed up is found in any case."""
    assert identifier(name.upper()) == username_identifier(name)


@given(st.text(max_size=30))
def test_username_never_looks_like_an_address(name: str) -> None:
    """CVE-2021-3754: no username can be taken that reads as somebody's address."""
    try:
        made = username_identifier(name, longest=30)
    except Invalid:
        return
    assert made.kind == "username"
    assert "@" not in made.value
    assert identifier(name) == made


@pytest.mark.parametrize("name", ["ada＠example.test", "ada@example.test"])
def test_wide_at_sign_is_one_too(name: str) -> None:
    """CVE-2021-3754: an at sign is one in every width."""
    with pytest.raises(Invalid):
        username_identifier(name, longest=40)


@given(st.text(max_size=60))
def test_addresses_are_checked_not_believed(address: str) -> None:
    """What is taken for an address has something on both sides of one at sign."""
    try:
        made = email_identifier(address)
    except Invalid:
        return
    local, at, domain = made.value.rpartition("@")
    assert local
    assert at
    assert "." in domain


@pytest.mark.parametrize("name", ["", "x" * 16, "two words", "a/b"])
def test_refusal_names_its_field(name: str) -> None:
    """A refused username or address says which field it is about."""
    with pytest.raises(Invalid) as refusal:
        username_identifier(name)
    assert refusal.value.path == "username"
    with pytest.raises(Invalid) as refusal:
        email_identifier(name)
    assert refusal.value.path == "email"
