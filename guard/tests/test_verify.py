"""What a verified token says, and which claims are refused."""

from dataclasses import FrozenInstanceError, replace

import pytest

from gatewright_guard import Expectations, errors, verify
from gatewright_guard.testing import Mint


@pytest.fixture
def check(mint, expected, now):
    def check(token, *, at=now, **changes):
        return verify(token, mint.keys, replace(expected, **changes), at)

    return check


def test_caller(mint, check, now):
    """A good token tells subject, client, audience, scopes, permissions and times."""
    token = mint.token(
        scope="openid read:x", permissions=["edit"], aud=[mint.audience, f"{mint.issuer}userinfo"]
    )
    caller = check(token)
    assert caller.subject == "auth0|test-user"
    assert caller.client_id == "test-client"
    assert caller.audience == ("https://api.test/", "https://issuer.test/userinfo")
    assert caller.scopes == {"openid", "read:x"}
    assert caller.permissions == {"edit"}
    assert (caller.issued_at, caller.expires_at) == (now, now + 3600)


def test_caller_is_frozen(mint, check):
    """Nothing can change a verified caller, nor its claims."""
    caller = check(mint.token())
    with pytest.raises(FrozenInstanceError):
        caller.subject = "other"
    with pytest.raises(TypeError):
        caller.claims["sub"] = "other"


def test_claims_are_not_printed(mint, check):
    """The printed form of a caller leaves out the claims, which may be personal."""
    assert "ada@example.com" not in repr(check(mint.token(email="ada@example.com")))


def test_client_id_dialect(mint, check):
    """An RFC 9068 token names its client in client_id, and its type at+jwt is accepted."""
    token = mint.token(azp=None, client_id="machine", header={"typ": "application/at+jwt"})
    assert check(token).client_id == "machine"


@pytest.mark.parametrize("typ", ["JWT", "jwt", "at+jwt", "application/AT+JWT", None])
def test_types_accepted(mint, check, typ):
    """The types of access tokens are accepted in any case, and so is no type."""
    assert check(mint.token(header={"typ": typ})).subject


@pytest.mark.parametrize("typ", ["logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", "application/jwt2"])
def test_types_refused(mint, check, typ):
    """A JWT of another type is refused although all else fits (RFC 8725 §3.11)."""
    with pytest.raises(errors.WrongType):
        check(mint.token(header={"typ": typ}))


@pytest.mark.parametrize(
    "algorithm",
    [
        *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
        *("Ed25519", "HS256", "HS384", "HS512"),
    ],
)
def test_algorithms(algorithm, now):
    """Every algorithm of the table verifies its own tokens, and no other mint's."""
    mint = Mint(audience="https://api.test/", algorithm=algorithm, clock=lambda: now)
    expected = Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=(algorithm,))
    assert verify(mint.token(), mint.keys, expected, now).subject == "auth0|test-user"
    with pytest.raises(errors.BadSignature):
        verify(mint.with_bad_signature(), mint.keys, expected, now)


@pytest.mark.parametrize(
    "issuer", ["https://issuer.test", "https://ISSUER.test/", "https://issuer.test//", None]
)
def test_issuer_is_exact(mint, check, issuer):
    """Another spelling of the issuer is another issuer."""
    with pytest.raises(errors.WrongIssuer):
        check(mint.token(iss=issuer))


@pytest.mark.parametrize("aud", ["https://api.test", ["https://other.test/"], "https://api.test/ x", "https"])
def test_audience_is_exact(mint, check, aud):
    """An audience that only resembles ours is refused."""
    with pytest.raises(errors.WrongAudience):
        check(mint.token(aud=aud))


@pytest.mark.parametrize("aud", [None, [], "", {}, [["https://api.test/"]], 7])
def test_audience_is_required(mint, check, aud):
    """No audience, or one that is no text, never matches."""
    with pytest.raises(errors.InvalidToken):
        check(mint.token(aud=aud))


def test_any_of_several_audiences(mint, check):
    """A verifier of two names accepts a token for either."""
    assert check(mint.token(), audience=("https://old.test/", mint.audience)).subject


@pytest.mark.parametrize(("late", "leeway"), [(0, 0), (1, 0), (30, 30), (500, 30)])
def test_expired(mint, check, now, late, leeway):
    """A token is refused from the second of its exp plus leeway on (RFC 7519 §4.1.4)."""
    with pytest.raises(errors.TokenExpired):
        check(mint.token(exp=now), at=now + late, leeway=leeway)


def test_last_second(mint, check, now):
    """A token is accepted in the last second of its leeway."""
    assert check(mint.token(exp=now), at=now + 29, leeway=30).expires_at == now


def test_expired_ok(mint, check, now):
    """Who asks for it accepts an expired token, as a logout hint is."""
    assert check(mint.expired(), expired_ok=True).expires_at < now


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_not_yet_valid(mint, check, now, claim):
    """A token from the future is refused beyond the leeway, and accepted within."""
    with pytest.raises(errors.TokenNotYetValid):
        check(mint.token(**{claim: now + 31}))
    assert check(mint.token(**{claim: now + 30})).subject


@pytest.mark.parametrize("date", ["1900000000", True, [], -1, 10**30, 10**400, 1e300])
def test_odd_dates(mint, check, date):
    """A date that is no number of seconds before the year 10000 is refused, not guessed at."""
    with pytest.raises(errors.MalformedToken):
        check(mint.token(exp=date))


def test_fraction_of_a_second(mint, check, now):
    """A NumericDate may have a fraction, which is cut off (RFC 7519 §2)."""
    assert check(mint.token(exp=now + 0.9), at=now - 10).expires_at == now


@pytest.mark.parametrize("claim", ["sub", "exp", "aud"])
def test_required_claims(mint, check, claim):
    """Without subject, expiry or audience a token is refused, and the claim is named."""
    with pytest.raises(errors.MissingClaim, match=claim):
        check(mint.token(**{claim: None}))


def test_more_required_claims(mint, check):
    """A verifier may require more claims."""
    with pytest.raises(errors.MissingClaim, match="org_id"):
        check(mint.token(), required=("sub", "org_id"))
    assert check(mint.token(org_id="org_1"), required=("sub", "org_id")).claims["org_id"] == "org_1"


@pytest.mark.parametrize(
    "claims",
    [{"sub": 5}, {"scope": ["a"]}, {"permissions": "edit"}, {"permissions": [1]}, {"azp": {}}],
)
def test_odd_claims(mint, check, claims):
    """A claim of the wrong JSON type is refused."""
    with pytest.raises(errors.MalformedToken):
        check(mint.token(**claims))


def test_no_scope(mint, check):
    """A token without scope may do nothing, and is still a token."""
    assert check(mint.token(scope=None)).scopes == frozenset()


def test_bound_token(mint, check):
    """A sender-constrained token is refused as a bearer token, unless the caller checks its proof."""
    token = mint.token(cnf={"jkt": "x"})
    with pytest.raises(errors.BoundToken):
        check(token)
    assert check(token, bound_ok=True).subject


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "n", "scope": None},
        {"at_hash": "h", "scope": None},
        {"azp": None, "scope": None},
        {"azp": "https://api.test/", "scope": None},
        {"nonce": "n"},
    ],
)
def test_id_token_for_this_audience(mint, check, claims):
    """An id_token is refused even where API and application share one identifier."""
    with pytest.raises(errors.IdTokenSent):
        check(mint.token(**claims))


def test_id_token_ok(mint, check):
    """Who asks for it accepts an id_token, as the older pipeline does."""
    token = mint.id_token(client_id="app")
    assert check(token, id_token_ok=True, audience=("app",)).audience == ("app",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"audience": "https://api.test/"},
        {"audience": ()},
        {"audience": ("",)},
        {"issuer": ""},
        {"algorithms": "RS256"},
        {"algorithms": ()},
        {"algorithms": ("none",)},
        {"algorithms": ("RS256", "HS256")},
        {"leeway": -1},
        {"leeway": 301},
        {"required": "sub"},
    ],
)
def test_unsafe_expectations(expected, wrong):
    """Expectations that would be unsafe cannot be made, and the message names the setting."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(expected, **wrong)
