"""Whatever text arrives, the answer is a caller or a guard error."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewright_guard import GuardError, errors, verify
from gatewright_guard._diagnosis import shown
from gatewright_guard._guard import bearer_token

quick = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
names = st.sampled_from(
    [
        "alg",
        "kid",
        "typ",
        "crit",
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "azp",
        "scope",
        "permissions",
        "cnf",
    ]
)
members = st.dictionaries(names | st.text(), json_values, max_size=8)


def encoded(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def refused(token, mint, expected, now) -> GuardError:
    with pytest.raises(errors.InvalidToken) as refusal:
        verify(token, mint.keys, expected, now)
    return refusal.value


def assert_answerable(error: GuardError) -> None:
    """The header line is printable ASCII and quotes only where it must."""
    line = error.www_authenticate
    assert line.isascii()
    assert line.isprintable()
    assert "\\" not in line
    assert line.count('"') == 2 * line.count('="')


@quick
@given(text=st.text())
def test_any_text(mint, expected, now, text):
    """Any text is refused with an error that can be answered."""
    assert_answerable(refused(text, mint, expected, now))


@quick
@given(parts=st.lists(st.text(alphabet="AQgwxyz019-_="), min_size=3, max_size=3))
def test_any_base64(mint, expected, now, parts):
    """Any three parts of base64url are refused with an error that can be answered."""
    assert_answerable(refused(".".join(parts), mint, expected, now))


@quick
@given(header=members, claims=members, signature=st.binary(max_size=300))
def test_any_json(mint, expected, now, header, claims, signature):
    """Any header and any claims, unsigned, are refused with an error that can be answered."""
    signed = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    claims, header = {"iss": mint.issuer, **claims}, {"alg": "RS256", "kid": mint.kid, **header}
    assert_answerable(refused(f"{encoded(header)}.{encoded(claims)}.{signed}", mint, expected, now))


@quick
@given(claims=st.dictionaries(names, json_values, max_size=6))
def test_any_signed_claims(mint, expected, now, claims):
    """Any claims that the issuer did sign give a caller for us, or an error that can be answered."""
    token = mint.token(**claims)
    try:
        caller = verify(token, mint.keys, expected, now)
    except GuardError as error:
        assert_answerable(error)
    else:
        assert mint.audience in caller.audience
        assert caller.subject
        assert caller.expires_at > now - expected.leeway


@quick
@given(position=st.integers(min_value=0), character=st.characters())
def test_any_change(mint, expected, now, position, character):
    """A good token with any one character changed is refused."""
    token = mint.token()
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    if changed != token:
        refused(changed, mint, expected, now)


@quick
@given(text=st.text())
def test_any_header(text):
    """Any Authorization header gives one token without spaces, or a guard error."""
    try:
        token = bearer_token(text)
    except (errors.MissingToken, errors.InvalidRequest):
        return
    assert token
    assert " " not in token


@given(value=st.text() | json_values)
def test_what_is_shown(value):
    """What is repeated from a token is short, printable and unquoted."""
    text = shown(value)
    assert len(text) <= 120
    assert text.isascii()
    assert not set(text) & set("\"\\'<>")
