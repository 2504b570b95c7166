"""One normalised namespace of identifiers."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import Invalid
from gatewright.users import Identifier, email_identifier, username_identifier
from gatewright.users.identifiers import _LONGEST_PLAIN, _PLAIN, _validate, identifier, normalised

locals_ = st.from_regex(r"[a-zA-Z0-9]{1,10}([.+_-][a-zA-Z0-9]{1,5})?", fullmatch=True)
domains = st.from_regex(
    r"[a-z]{1,8}(-[a-z]{1,4})?\.(test|com|de|local|invalid|localhost|onion|arpa)", fullmatch=True
)


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


@pytest.mark.parametrize(
    "address",
    [
        "ada@firm.local",
        "ada@mail.firm.local",
        "ada@example.test",
        "ada@home.arpa",
        "ada@nas.home.arpa",
        "ada@mail.localhost",
        "ada@nobody.invalid",
        "ada@hidden.onion",
        "ada@firm.internal",
        "ada@firm.lan",
        "jürgen@firm.local",
        "ada@bücher.local",
        "ADA@FIRM.LOCAL",
    ],
)
def test_domains_of_private_networks_will_do(address: str) -> None:
    """An address may have a domain that only a private network knows (RFC 6761, RFC 6762, RFC 8375)."""
    assert email_identifier(address) == Identifier("email", normalised(address))


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "@firm.local",
        "ada@",
        "ada@local",
        "ada@test",
        "ada@localhost",
        "ada@firm.local.",
        "ada@firm..local",
        "ada@.local",
        "ada@-firm.local",
        "ada@fi rm.local",
        "ada@firm_a.local",
        "ada..b@firm.local",
        "ada@192.0.2.1",
        "ada@[192.0.2.1]",
        "ada@[IPv6:2001:db8::1]",
        '"ada b"@firm.local',
        "Ada <ada@firm.local>",
        "ada@firm.local,bob@firm.local",
        "ada@firm.local\nbob",
        "ada@" + "a" * 64 + ".local",
    ],
)
def test_what_is_no_address_is_still_refused(address: str) -> None:
    """No domain with a dot, an IP address for it, a quoted local part, or anything malformed: no address."""
    with pytest.raises(Invalid):
        email_identifier(address)


@pytest.mark.parametrize("name", ["", "x" * 16, "two words", "a/b"])
def test_refusal_names_its_field(name: str) -> None:
    """A refused username or address says which field it is about."""
    with pytest.raises(Invalid) as refusal:
        username_identifier(name)
    assert refusal.value.path == "username"
    with pytest.raises(Invalid) as refusal:
        email_identifier(name)
    assert refusal.value.path == "email"


@given(st.from_regex(_PLAIN, fullmatch=True).filter(lambda address: len(address) <= _LONGEST_PLAIN))
def test_what_is_plain_is_an_address(address: str) -> None:
    """Whatever is taken for an address at a glance is one by the whole of the rules, too."""
    _validate(address)
