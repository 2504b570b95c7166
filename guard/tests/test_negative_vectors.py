"""Tokens of attackers, after the Wycheproof project and field history (CVE names in the tests)."""

import base64
import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from gatewright_guard import Expectations, StaticKeys, UnusableKey, VerificationKey, errors, verify
from gatewright_guard.testing import Mint


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def js(value) -> str:
    return b64(json.dumps(value).encode())


@pytest.fixture
def refuse(mint, expected, now):
    """Verifies, expects a refusal, and gives it back."""

    def refuse(token, error, keys=None):
        with pytest.raises(error) as refusal:
            verify(token, keys or mint.keys, expected, now)
        return refusal.value

    return refuse


@pytest.fixture
def claims(mint, now):
    return {"iss": mint.issuer, "sub": "s", "aud": mint.audience, "azp": "c", "scope": "a", "exp": now + 60}


@pytest.fixture
def signed(mint):
    """Any header and payload bytes, with a right RS256 signature."""

    def signed(header: str, payload: str) -> str:
        message = f"{header}.{payload}"
        signature = JWSRegistry.algorithms["RS256"].sign(message.encode(), mint.key)
        return f"{message}.{b64(signature)}"

    return signed


@pytest.fixture
def header(mint):
    return {"alg": "RS256", "kid": mint.kid}


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "nonE", "none ", "", "null"])
@pytest.mark.parametrize("signature", ["", "AA"])
def test_alg_none(refuse, claims, header, name, signature):
    """CVE-2015-9235: an unsigned token is refused, however none is spelled."""
    refuse(f"{js({**header, 'alg': name})}.{js(claims)}.{signature}", errors.WrongAlgorithm)


@pytest.mark.parametrize("name", [None, 5, ["RS256"], {"RS256": 1}, True])
def test_alg_of_another_type(refuse, claims, header, name):
    """An alg that is absent or no text is refused."""
    refuse(f"{js({**header, 'alg': name})}.{js(claims)}.AA", errors.InvalidToken)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("name", ["HS256", "RS256"])
def test_public_key_as_secret(refuse, mint, claims, header, encoding, name):
    """CVE-2024-37568: an HMAC keyed with the issuer's public key is refused, whatever alg it claims."""
    public = mint.key.public_key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    message = f"{js({**header, 'alg': name})}.{js(claims)}"
    mac = hmac.new(public, message.encode(), hashlib.sha256).digest()
    refuse(f"{message}.{b64(mac)}", errors.InvalidToken)


def test_public_key_is_no_secret(mint):
    """CVE-2022-23541: a public key cannot be configured as a shared secret."""
    pem = mint.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(UnusableKey):
        StaticKeys.from_secret(pem)


def test_secrets_and_public_keys_do_not_mix(mint):
    """A set that holds both a secret and a public key cannot be made."""
    secret = VerificationKey.from_secret(b"s" * 32)
    with pytest.raises(ValueError, match="secrets and public keys"):
        StaticKeys((secret, VerificationKey.from_jwk(mint.jwks["keys"][0])))


@pytest.mark.parametrize("length", [0, 1, 31])
def test_short_secret(length):
    """CVE-2022-23540: an empty or short HMAC secret is refused (RFC 7518 §3.2)."""
    with pytest.raises(UnusableKey):
        StaticKeys.from_secret(b"s" * length)


def test_empty_signature(refuse, signed, header, claims):
    """CVE-2026-28802: an RS256 token with an empty signature is refused."""
    refuse(signed(js(header), js(claims)).rpartition(".")[0] + ".", errors.BadSignature)


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 100, 300])
def test_truncated(refuse, mint, cut):
    """A token cut off anywhere in its signature is refused."""
    refuse(mint.token()[:-cut], errors.InvalidToken)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_one_changed_character(refuse, mint, part):
    """A change of any part is noticed."""
    parts = mint.token().split(".")
    middle = len(parts[part]) // 2
    changed = "A" if parts[part][middle] != "A" else "B"
    parts[part] = parts[part][:middle] + changed + parts[part][middle + 1 :]
    refuse(".".join(parts), errors.InvalidToken)


@pytest.mark.parametrize("extra", ["=", "==", "\n", " ", "+", "/", "!", "\x00", "é", "A", "%3D"])
@pytest.mark.parametrize("part", [0, 1, 2])
def test_foreign_characters(refuse, mint, part, extra):
    """Padding, white space and anything beyond base64url are refused in every part."""
    parts = mint.token().split(".")
    parts[part] += extra
    refuse(".".join(parts), errors.InvalidToken)


def test_one_spelling_only(refuse, signed, header, claims):
    """The unused bits at the end of base64url must be zero, so that no token has two spellings."""
    token = signed(js(header), js(claims))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + alphabet[alphabet.index(token[-1]) + 1]
    refuse(twin, errors.MalformedToken)


@pytest.mark.parametrize("inserted", ["\n\n\n\n", "    ", "====", "!!!!", "\r\n\r\n"])
def test_characters_that_decoders_skip(refuse, mint, inserted):
    """Characters that a lenient decoder skips are refused in the middle of a part as well."""
    token = mint.token()
    refuse(token[:-8] + inserted + token[-8:], errors.MalformedToken)


def test_standard_base64(refuse, mint):
    """The alphabet of ordinary base64 is refused, though it would decode to the right signature."""
    tokens = (mint.token(jti=str(n)) for n in range(100))
    token = next(token for token in tokens if set(token.rpartition(".")[2]) & {"-", "_"})
    payload, _, signature = token.rpartition(".")
    refuse(f"{payload}.{signature.replace('-', '+').replace('_', '/')}", errors.MalformedToken)


@pytest.mark.parametrize("text", ["", ".", "..", "...", "....", ".....", "a.b", "a.b.c.d", "a.b.c.d.e.f"])
def test_not_three_parts(refuse, text):
    """Anything but three parts is refused."""
    refuse(text, errors.InvalidToken)


@pytest.mark.parametrize("size", [16 * 1024 + 1, 1_000_000])
def test_huge_token(refuse, size):
    """CVE-2025-61920: a token beyond 16 KiB is refused before it is decoded."""
    assert "more than 16384" in refuse("e" * size, errors.MalformedToken).message


def test_huge_header(refuse, signed, header, claims):
    """CVE-2025-61920: a header beyond 4 KiB is refused, signed or not."""
    refuse(signed(js({**header, "x": "x" * 4000}), js(claims)), errors.MalformedToken)


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_nesting(refuse, signed, header, opening):
    """JSON nested thousands of levels deep is a refusal and no crash."""
    refuse(signed(js(header), b64((opening * 2400).encode())), errors.MalformedToken)


@pytest.mark.parametrize(
    "payload",
    [
        *(b"", b"null", b"[]", b'"text"', b"1", b"true", b"{", b"{}x", b"\xff{}", b"\xef\xbb\xbf{}"),
        *('{"sub":"s"}'.encode("utf-16"), b'{"exp":NaN}', b'{"exp":Infinity}', b"{'sub':'s'}"),
    ],
)
def test_payload_is_no_object(refuse, signed, header, payload):
    """A payload that is not one JSON object in UTF-8 is refused, right signature or not."""
    refuse(signed(js(header), b64(payload)), errors.MalformedToken)


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"RS256"', b"\x00"])
def test_header_is_no_object(refuse, signed, claims, raw):
    """A header that is not a JSON object is refused."""
    refuse(signed(b64(raw), js(claims)), errors.MalformedToken)


def test_duplicate_header_member(refuse, signed, claims):
    """A header that names alg twice is refused (RFC 7515 §4)."""
    refuse(signed(b64(b'{"alg":"none","alg":"RS256"}'), js(claims)), errors.MalformedToken)


@pytest.mark.parametrize("place", ["outer", "nested"])
def test_duplicate_claim(refuse, signed, header, claims, place):
    """A payload that names a member twice is refused, at any depth."""
    twice = '"sub":"a","sub":"b"'
    extra = twice if place == "outer" else f'"x":{{{twice}}}'
    refuse(signed(js(header), b64((json.dumps(claims)[:-1] + f",{extra}}}").encode())), errors.MalformedToken)


def test_nested_jwt(refuse, mint, signed, header):
    """A token that wraps another token is refused."""
    refuse(signed(js({**header, "cty": "JWT"}), b64(mint.token().encode())), errors.MalformedToken)


@pytest.mark.parametrize("crit", [["exp"], ["b64"], ["x"], [], "exp", None])
def test_crit(refuse, signed, header, claims, crit):
    """CVE-2025-59420: a token that demands extensions is refused, for none is understood."""
    refuse(signed(js({**header, "crit": crit, "b64": True}), js(claims)), errors.MalformedToken)


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c"])
def test_key_in_header(refuse, mint, now, member):
    """CVE-2018-0114: a key that the token itself brings is not even looked at."""
    attacker = Mint(audience=mint.audience, issuer=mint.issuer, clock=lambda: now)
    brought = {"jwk": attacker.key.as_dict(private=False), "x5c": ["MIIB"]}
    token = attacker.token(header={member: brought.get(member, "https://evil.test/jwks.json")})
    refuse(token, errors.BadSignature)


@pytest.mark.parametrize("kid", ["../../dev/null", "' OR 1=1", "unknown", "", "x" * 2000])
def test_kid_tricks(refuse, mint, kid):
    """A kid is only ever compared; nothing is opened or queried by it."""
    refuse(mint.token(header={"kid": kid}), errors.UnknownKey)


@pytest.mark.parametrize("kid", [7, ["test-key"], {"test-key": 1}, True])
def test_kid_of_another_type(refuse, signed, header, claims, kid):
    """A kid that is no text is refused."""
    refuse(signed(js({**header, "kid": kid}), js(claims)), errors.MalformedToken)


@pytest.fixture(scope="module")
def curve():
    return ECKey.generate_key("P-256", parameters={"kid": "test-key"})


def test_wrong_key_type(refuse, signed, header, claims, curve):
    """An EC key never checks an RS256 token, though the names fit."""
    keys = StaticKeys.from_jwks({"keys": [curve.as_dict(private=False)]})
    refuse(signed(js(header), js(claims)), errors.UnknownKey, keys)


def test_key_bound_to_another_algorithm(refuse, signed, header, claims, mint):
    """A key published for RS512 never checks an RS256 token (RFC 8725 §3.1)."""
    keys = StaticKeys.from_jwks({"keys": [{**mint.jwks["keys"][0], "alg": "RS512"}]})
    refuse(signed(js(header), js(claims)), errors.UnknownKey, keys)


@pytest.mark.parametrize(
    "signature",
    [bytes(64), bytes(63) + b"\x01", b"\x01" + bytes(63), b"\xff" * 64, b"", bytes(32), bytes(63), bytes(65)],
    ids=["r=s=0", "r=0", "s=0", "r,s>n", "empty", "half", "short", "long"],
)
def test_ecdsa_edges(curve, mint, claims, signature, now):
    """CVE-2022-21449: ECDSA signatures of zeros, beyond the order or of odd length are refused."""
    keys = StaticKeys.from_jwks({"keys": [curve.as_dict(private=False)]})
    expected = Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=("ES256",))
    token = f"{js({'alg': 'ES256', 'kid': 'test-key'})}.{js(claims)}.{b64(signature)}"
    with pytest.raises(errors.BadSignature):
        verify(token, keys, expected, now)


def test_ecdsa_der_signature(curve, mint, claims, now):
    """An ECDSA signature in DER instead of r and s side by side is refused (RFC 7518 §3.4)."""
    keys = StaticKeys.from_jwks({"keys": [curve.as_dict(private=False)]})
    expected = Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=("ES256",))
    message = f"{js({'alg': 'ES256', 'kid': 'test-key'})}.{js(claims)}"
    raw = JWSRegistry.algorithms["ES256"].sign(message.encode(), curve)
    der = b"\x30\x44\x02\x20" + raw[:32] + b"\x02\x20" + raw[32:]
    with pytest.raises(errors.BadSignature):
        verify(f"{message}.{b64(der)}", keys, expected, now)


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\xff" * 64, bytes(32)])
def test_ed25519_edges(mint, claims, signature, now):
    """Ed25519 signatures of zeros, ones or odd length are refused."""
    okp = Mint(audience=mint.audience, issuer=mint.issuer, algorithm="Ed25519")
    expected = Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=("Ed25519",))
    token = f"{js({'alg': 'Ed25519', 'kid': 'test-key'})}.{js(claims)}.{b64(signature)}"
    with pytest.raises(errors.BadSignature):
        verify(token, okp.keys, expected, now)


@pytest.mark.parametrize("length", [0, 1, 255, 257, 512])
def test_rsa_signature_of_odd_length(refuse, header, claims, length):
    """An RSA signature that is not as long as the modulus is refused."""
    refuse(f"{js(header)}.{js(claims)}.{b64(b'x' * length)}", errors.BadSignature)


def test_pss_for_pkcs1(refuse, mint, header, claims):
    """A PS256 signature does not pass for RS256, though key and hash are the same."""
    message = f"{js(header)}.{js(claims)}"
    signature = JWSRegistry.algorithms["PS256"].sign(message.encode(), mint.key)
    refuse(f"{message}.{b64(signature)}", errors.BadSignature)


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_weak_rsa_key():
    """An RSA key below 2048 bits is not used (RFC 7518 §3.3)."""
    weak = RSAKey.generate_key(1024)
    with pytest.raises(UnusableKey, match="1024 bits"):
        VerificationKey.from_jwk(weak.as_dict(private=False))
    with pytest.raises(UnusableKey, match="1024 bits"):
        VerificationKey.from_public_key(weak.public_key)


def test_signed_by_another_issuer(refuse, mint, now):
    """A token of another issuer is refused as such, before any key is looked for."""
    refuse(mint.of_another_issuer(), errors.WrongIssuer, StaticKeys(()))


def test_old_name_of_ed25519(mint, claims, now):
    """A token that names EdDSA is verified with an Ed25519 key, where EdDSA is expected and only there."""
    okp = Mint(audience=mint.audience, issuer=mint.issuer, algorithm="Ed25519")
    message = f"{js({'alg': 'EdDSA', 'kid': 'test-key'})}.{js(claims)}"
    token = f"{message}.{b64(JWSRegistry.algorithms['Ed25519'].sign(message.encode(), okp.key))}"
    old, new = (
        Expectations(issuer=mint.issuer, audience=(mint.audience,), algorithms=(name,))
        for name in ("EdDSA", "Ed25519")
    )
    assert verify(token, okp.keys, old, now).subject == "s"
    with pytest.raises(errors.WrongAlgorithm):
        verify(token, okp.keys, new, now)
