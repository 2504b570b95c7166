"""Which keys are taken into a set, and which of them a token gets."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from joserfc.jwk import ECKey, OctKey, OKPKey
from joserfc.jws import JWSRegistry

from gatewright_guard import Expectations, StaticKeys, UnusableKey, VerificationKey, verify
from gatewright_guard.testing import Mint

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def jwk(mint):
    return mint.jwks["keys"][0]


def test_key_of_jwk_serves_its_algorithm_only(jwk):
    """A JWK with alg serves that algorithm and no other."""
    assert VerificationKey.from_jwk(jwk).algorithms == {"RS256"}


def test_key_without_alg_serves_its_type(jwk):
    """A JWK without alg serves the algorithms of its type."""
    del jwk["alg"]
    assert VerificationKey.from_jwk(jwk).algorithms == {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}


@pytest.mark.parametrize(
    ("key", "algorithms"),
    [
        (lambda: rsa.generate_private_key(65537, 2048).public_key(), {"RS256", "PS256", "RS512"}),
        (lambda: ec.generate_private_key(ec.SECP256R1()).public_key(), {"ES256"}),
        (lambda: ec.generate_private_key(ec.SECP384R1()).public_key(), {"ES384"}),
        (lambda: ed25519.Ed25519PrivateKey.generate().public_key(), {"EdDSA", "Ed25519"}),
    ],
)
def test_keys_of_cryptography(key, algorithms):
    """A public key of the cryptography package serves the algorithms of its type and curve."""
    assert VerificationKey.from_public_key(key(), kid="k").algorithms >= algorithms


def test_old_and_new_name_of_ed25519():
    """A key published for EdDSA also serves Ed25519, its name since RFC 9864."""
    jwk = {**OKPKey.generate_key("Ed25519").as_dict(private=False), "alg": "EdDSA", "kid": "k"}
    assert VerificationKey.from_jwk(jwk).algorithms == {"EdDSA", "Ed25519"}


@pytest.mark.parametrize("algorithm", ["none", "RS257", "HS256", "ES256", "RSA-OAEP"])
def test_alg_that_does_not_fit(jwk, algorithm):
    """A JWK whose alg does not fit its type is not used."""
    with pytest.raises(UnusableKey):
        VerificationKey.from_jwk({**jwk, "alg": algorithm})


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"},
        {"kty": ["RSA"]},
        {"kty": None},
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": 5},
        {"n": "AA"},
        {"n": 5},
        {"n": None},
        {"n": "!!"},
        {"e": "AA"},
        {"kid": 7},
        {"alg": ["RS256"]},
    ],
)
def test_unusable_jwk(jwk, change):
    """A secret, an encryption key or a broken key among the issuer's keys is not used."""
    with pytest.raises(UnusableKey):
        VerificationKey.from_jwk({**jwk, **change})


def test_other_curve():
    """A key of a curve we do not verify with is not used."""
    jwk = ECKey.generate_key("secp256k1").as_dict(private=False)
    with pytest.raises(UnusableKey):
        VerificationKey.from_jwk(jwk)


def test_point_off_the_curve():
    """An EC key whose point is not on its curve is not used."""
    jwk = ECKey.generate_key("P-256").as_dict(private=False)
    with pytest.raises(UnusableKey):
        VerificationKey.from_jwk({**jwk, "y": jwk["x"]})


def test_private_half_is_dropped(mint):
    """Of a private key that an issuer published by mistake only the public half is kept."""
    key = VerificationKey.from_jwk(mint.key.as_dict(private=True))
    assert not key.key.is_private


def test_unusable_keys_are_passed_over(jwk):
    """Keys that cannot be used do not spoil the others (RFC 7517 §5)."""
    keys = StaticKeys.from_jwks({"keys": [{"kty": "new"}, "x", None, {**jwk, "use": "enc"}, jwk]})
    assert keys.find(jwk["kid"], "RS256") is not None


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"keys": {}}, {"keys": [{"kty": "oct", "k": "AA"}]}])
def test_no_usable_key(document):
    """A key set without a usable key is an error, not an empty set."""
    with pytest.raises(ValueError, match="key"):
        StaticKeys.from_jwks(document)


def test_bounded(jwk):
    """Of an endless key set only the first keys are read."""
    keys = StaticKeys.from_jwks({"keys": [{**jwk, "kid": str(n)} for n in range(5)]}, at_most=3)
    assert [keys.find(str(n), "RS256") is None for n in range(5)] == [False, False, False, True, True]


def test_no_kid_and_one_key(mint, expected, now):
    """A token without kid is checked with the only key there is."""
    assert verify(mint.token(header={"kid": None}), mint.keys, expected, now).subject


def test_no_kid_and_several_keys(jwk):
    """A token without kid gets no key when several could be meant."""
    keys = StaticKeys.from_jwks({"keys": [jwk, {**jwk, "kid": "other"}]})
    assert keys.find(None, "RS256") is None


def test_one_kid_for_two_types(jwk):
    """Keys of two types may share a kid, and each token gets the one for its algorithm."""
    curve = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": jwk["kid"]}
    keys = StaticKeys.from_jwks({"keys": [jwk, curve]})
    assert keys.find(jwk["kid"], "RS256") == VerificationKey.from_jwk(jwk)
    assert keys.find(jwk["kid"], "ES256") == VerificationKey.from_jwk(curve)


@pytest.mark.parametrize("secret", [SECRET, SECRET.decode()])
@pytest.mark.parametrize("kid", [None, "any"])
def test_secret(secret, kid, now):
    """An API with a shared secret verifies HS256, whether tokens have a kid or not."""
    mint = Mint(audience="https://api.test/", algorithm="HS256", clock=lambda: now)
    token = mint.sign({"alg": "HS256", "kid": kid}, mint._claims(), key=OctKey.import_key(SECRET))
    expected = Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=("HS256",))
    assert verify(token, StaticKeys.from_secret(secret), expected, now).subject


def test_named_secrets():
    """Several secrets with kids serve a rotation."""
    old, new = (VerificationKey.from_secret(SECRET + kid.encode(), kid=kid) for kid in ("old", "new"))
    keys = StaticKeys((old, new))
    assert keys.find("new", "HS256") is new
    assert keys.find("other", "HS256") is None


@pytest.mark.parametrize(("algorithm", "length"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_length_of_secrets(algorithm, length):
    """A secret must be as long as the hash it feeds, and the refusal says how long that is."""
    assert StaticKeys.from_secret(b"x" * length, algorithm=algorithm).find(None, algorithm)
    with pytest.raises(UnusableKey, match=f"wants {length} or more"):
        StaticKeys.from_secret(b"x" * (length - 1), algorithm=algorithm)


def test_secret_for_rs256():
    """A secret cannot be configured for an algorithm of public keys."""
    with pytest.raises(UnusableKey, match="RS256 takes no secret"):
        StaticKeys.from_secret(SECRET, algorithm="RS256")


def test_key_refuses_other_algorithms(mint, jwk):
    """A key refuses a right signature of an algorithm it is not bound to."""
    signature = JWSRegistry.algorithms["RS512"].sign(b"text", mint.key)
    assert VerificationKey.from_jwk({**jwk, "alg": "RS512"}).verifies("RS512", b"text", signature)
    assert not VerificationKey.from_jwk(jwk).verifies("RS512", b"text", signature)
