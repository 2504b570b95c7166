"""Signing: fixed header, every algorithm verified by the guard and by another library."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey

from gatewright.jose import Signer, half_hash, is_sealed, sign_with_secret
from gatewright.jose.keys import KEY_ALGORITHMS, generate_private, private_pem, public_jwk, self_signed
from gatewright.jose.verifying import audience_of

NOW = 1_800_000_000
CLAIMS = {"iss": "https://id.test/", "sub": "a", "aud": "b", "exp": NOW + 60, "name": "\u00c4da \U0001f600"}
SECRET = b"s" * 32


@pytest.fixture(scope="module", params=sorted(KEY_ALGORITHMS))
def made(request: pytest.FixtureRequest) -> tuple[Signer, dict[str, object], x509.Certificate]:
    """A signer, its public key and its certificate."""
    alg = request.param
    private = generate_private(alg)
    certificate = self_signed(private, host="id.test", now=NOW)
    signer = Signer(kid="the-kid", alg=alg, pem=private_pem(private))
    return signer, dict(public_jwk(private, certificate, alg=alg, kid="the-kid")), certificate


def header_of(token: str) -> dict[str, str]:
    text = token.split(".")[0]
    found: dict[str, str] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


Made = tuple[Signer, dict[str, object], x509.Certificate]


def test_another_library_accepts(made: Made) -> None:
    """A token verifies in a library that knows nothing of us, claims intact."""
    signer, jwk, _ = made
    token = jwt.decode(signer.sign(CLAIMS), KeySet.import_key_set({"keys": [jwk]}), algorithms=[signer.alg])  # type: ignore[list-item]
    assert token.claims == CLAIMS


def test_header(made: Made) -> None:
    """The header has algorithm, type and key id, and nothing else."""
    signer = made[0]
    assert header_of(signer.sign(CLAIMS)) == {"alg": signer.alg, "typ": "JWT", "kid": "the-kid"}
    assert header_of(signer.sign(CLAIMS, typ="at+jwt"))["typ"] == "at+jwt"


def test_claims_cannot_touch_the_header(made: Made) -> None:
    """Claims named like header fields stay claims."""
    signer = made[0]
    assert header_of(signer.sign({"alg": "none", "kid": "x"}))["alg"] == signer.alg


def test_tampered_signature(made: Made) -> None:
    """A changed claim breaks the signature."""
    signer, jwk, _ = made
    header, _, signature = signer.sign(CLAIMS).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({**CLAIMS, "sub": "x"}).encode()).rstrip(b"=").decode()
    with pytest.raises(Exception, match="bad_signature"):
        jwt.decode(
            f"{header}.{payload}.{signature}", KeySet.import_key_set({"keys": [jwk]}), algorithms=[signer.alg]
        )  # type: ignore[list-item]


def test_public_key_is_public(made: Made) -> None:
    """The published key has no private member and carries its certificate and thumbprint."""
    _, jwk, certificate = made
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(jwk)
    der = base64.b64decode(jwk["x5c"][0])  # type: ignore[index]
    assert x509.load_der_x509_certificate(der) == certificate
    thumbprint = base64.urlsafe_b64encode(hashlib.sha1(der).digest()).rstrip(b"=").decode()
    assert jwk["x5t"] == thumbprint


def test_key_of_another_kind() -> None:
    """A key that cannot do the algorithm is refused when the signer is made."""
    with pytest.raises(ValueError, match="cannot sign ES256"):
        Signer(kid="k", alg="ES256", pem=private_pem(generate_private("RS256")))


def test_shared_secret() -> None:
    """An HS256 token is the HMAC of its two parts, without a kid."""
    token = sign_with_secret(CLAIMS, SECRET)
    signed, _, signature = token.rpartition(".")
    expected = base64.urlsafe_b64encode(hmac.digest(SECRET, signed.encode(), "sha256")).rstrip(b"=").decode()
    assert signature == expected
    assert header_of(token) == {"alg": "HS256", "typ": "JWT"}
    assert jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"]).claims == CLAIMS


def test_seal_is_known_again() -> None:
    """A sealed token is one for everybody who has the secret, and ours for who has the sealing key."""
    token = sign_with_secret(CLAIMS, SECRET, sealing=b"ours")
    assert jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"]).claims == CLAIMS
    assert is_sealed(token, b"ours")
    assert not is_sealed(token, b"theirs")
    assert not is_sealed(sign_with_secret(CLAIMS, SECRET), b"ours")


def test_seal_covers_the_claims() -> None:
    """The seal of one token does not fit other claims."""
    one = sign_with_secret(CLAIMS, SECRET, sealing=b"ours").split(".")
    other = sign_with_secret({**CLAIMS, "sub": "b"}, SECRET, sealing=b"ours").split(".")
    assert not is_sealed(".".join((one[0], other[1], "x")), b"ours")


def test_half_hash_of_the_specification() -> None:
    """The at_hash of the example in OIDC Core §A.3 is what we compute."""
    assert half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "RS256") == "77QmUPtjPfzWtF2AnpK9RQ"
    assert len(half_hash("x", "RS512")) == 43


@given(st.text(max_size=200))
def test_audience_of_anything(text: str) -> None:
    """Reading the audience of any text never fails, and always gives some audience."""
    found = audience_of(text)
    assert found
    assert all(isinstance(name, str) and name for name in found)


@pytest.mark.parametrize(
    ("claims", "audience"),
    [
        ({"aud": "a"}, ("a",)),
        ({"aud": ["a", "b"]}, ("a", "b")),
        ({"aud": []}, ("?",)),
        ({"aud": ["a", 1]}, ("?",)),
        ({"aud": ""}, ("?",)),
        ({"aud": None}, ("?",)),
        ({}, ("?",)),
        ([], ("?",)),
    ],
)
def test_audience(claims: object, audience: tuple[str, ...]) -> None:
    """The audience is read from a string or a list of strings; anything else is no audience."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert audience_of(f"e30.{payload}.x") == audience
