"""Hashes of other systems, each made by other means than the code that reads them.

The texts come from openssl (``dgst``, ``kdf``), htpasswd, Python's own ``crypt`` and ``hashlib``, and the
tables of RFC 1320, RFC 2202, RFC 6070, RFC 7914 and the bcrypt of OpenBSD.
"""

import base64
import hashlib
import shutil
import subprocess

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import Invalid
from gatewright.users.foreign_hashes import CustomPasswordHash, foreign, matches, stored_bcrypt, stored_form
from gatewright.users.foreign_hashes.digests import keyed
from gatewright.users.foreign_hashes.md4 import md4


def stored(**fields: object) -> str:
    """What is kept of a ``custom_password_hash`` written as in a file."""
    return stored_form(msgspec.convert(fields, CustomPasswordHash))


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def openssl(*words: str, content: bytes = b"") -> bytes:
    """What the openssl program makes of ``content``."""
    program = shutil.which("openssl")
    assert program is not None, "openssl is a part of every Debian"
    return subprocess.run([program, *words], input=content, capture_output=True, check=True).stdout


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        ("", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        ("a", "bde52cb31de33e46245e05fbdbd6fb24"),
        ("abc", "a448017aaf21d8525fc10ae87aa6729d"),
        ("message digest", "d9130a8164549fe818874806e1c7014b"),
        ("abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "043f8582f241db351ce627e153e7f0e4",
        ),
        ("1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
    ],
)
def test_md4_is_that_of_its_standard(message: str, digest: str) -> None:
    """MD4 makes the digests of RFC 1320, appendix A.5."""
    assert md4(message.encode()).hex() == digest


@pytest.mark.parametrize("length", [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 121, 128, 1000])
def test_md4_is_that_of_openssl_at_every_padding(length: int) -> None:
    """MD4 is what OpenSSL's legacy provider makes, however much the last block has to be filled up."""
    message = bytes(number % 251 for number in range(length))
    made = openssl("dgst", "-provider", "legacy", "-provider", "default", "-md4", "-binary", content=message)
    assert md4(message) == made


def test_ntlm_is_md4_of_two_byte_units() -> None:
    """The NT hash of "password", which every table has, is MD4 over UTF-16."""
    kept = stored(
        algorithm="md4",
        hash={"value": "8846f7eaee8fb117ad06bdd830b7586c", "encoding": "hex"},
        password={"encoding": "utf16le"},
    )
    assert matches("password", kept)
    assert not matches("Password", kept)


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
        ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""),
        (
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
            "0123456789chars after 72 are ignored",
        ),
    ],
)
def test_bcrypt_is_that_of_its_makers(value: str, password: str) -> None:
    """bcrypt's own test table is recognised under all three of its names, and 72 bytes count."""
    for name in ("$2a$", "$2b$", "$2y$"):
        kept = stored_bcrypt(name + value[4:])
        assert matches(password, kept)
        assert not matches("x" + password, kept)


def test_bcrypt_stands_in_either_field() -> None:
    """A bcrypt hash is the same in ``password_hash`` and in ``custom_password_hash``."""
    value = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
    assert stored(algorithm="bcrypt", hash={"value": value}) == stored_bcrypt(value) == value


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize("position", ["prefix", "suffix", None])
def test_salted_digest(name: str, encoding: str, position: str | None) -> None:
    """A digest over salt and password in either order, in hex or base64, as openssl makes it."""
    message = {"prefix": b"NaClpass", "suffix": b"passNaCl", None: b"pass"}[position]
    digest = openssl("dgst", f"-{name}", "-binary", content=message)
    written: dict[str, object] = {
        "algorithm": name,
        "hash": {"value": digest.hex() if encoding == "hex" else b64(digest), "encoding": encoding},
    }
    if position:
        written["salt"] = {"value": "4e61436c", "encoding": "hex", "position": position}
    kept = stored(**written)
    assert matches("pass", kept)
    assert not matches("pasS", kept)
    assert not matches("NaClpass", kept)


def test_upper_case_hex_and_bare_base64() -> None:
    """Hexadecimal may be in capitals and base64 without its padding."""
    digest = hashlib.sha1(b"pass").digest()
    assert matches("pass", stored(algorithm="sha1", hash={"value": digest.hex().upper(), "encoding": "hex"}))
    bare = b64(digest).rstrip("=")
    assert matches("pass", stored(algorithm="sha1", hash={"value": bare, "encoding": "base64"}))


def test_digest_as_text() -> None:
    """A digest whose bytes happen to be text may be written as that text."""
    password = next(
        str(n) for n in range(10_000_000) if all(byte < 0x80 for byte in hashlib.md5(b"%d" % n).digest())
    )
    text = hashlib.md5(password.encode()).digest().decode()
    assert matches(password, stored(algorithm="md5", hash={"value": text, "encoding": "utf8"}))


@pytest.mark.parametrize(
    ("encoding", "typed"),
    [
        ("utf8", "pässwörd".encode()),
        ("latin1", "pässwörd".encode("latin-1")),
        ("binary", "pässwörd".encode("latin-1")),
        ("ascii", "pässwörd".encode("latin-1")),
        ("utf16le", "pässwörd".encode("utf-16-le")),
        ("ucs2", "pässwörd".encode("utf-16-le")),
    ],
)
def test_password_encodings(encoding: str, typed: bytes) -> None:
    """The password becomes bytes as the other system made them, beyond ASCII too."""
    kept = stored(
        algorithm="sha256",
        hash={"value": hashlib.sha256(typed).hexdigest(), "encoding": "hex"},
        password={"encoding": encoding},
    )
    assert matches("pässwörd", kept)
    assert not matches("password", kept)


@pytest.mark.parametrize("name", ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"])
def test_hmac(name: str) -> None:
    """An HMAC under a key, with a salt before the password, as openssl makes it."""
    made = openssl(
        "dgst", f"-{name}", "-mac", "HMAC", "-macopt", "hexkey:00ff10", "-binary", content=b"spass"
    )
    kept = stored(
        algorithm="hmac",
        hash={
            "value": made.hex(),
            "encoding": "hex",
            "digest": name,
            "key": {"value": "00ff10", "encoding": "hex"},
        },
        salt={"value": "s"},
    )
    assert matches("pass", kept)
    assert not matches("pass ", kept)


def test_hmac_of_md4_is_hmac() -> None:
    """HMAC over MD4 is put together as over every other digest: known answers, short key and long."""
    assert keyed("md4", b"Jefe", b"what do ya want for nothing?").hex() == "be192c588a8e914d8a59b474a828128f"
    assert keyed("md4", b"k" * 100, b"x") == keyed("md4", md4(b"k" * 100), b"x")


@pytest.mark.parametrize(
    ("digest", "iterations", "length", "key"),
    [
        ("sha1", 1, 20, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        ("sha1", 4096, 20, "4b007901b765489abead49d926f721d065a429c1"),
        ("sha256", 4096, 32, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
    ],
)
def test_pbkdf2(digest: str, iterations: int, length: int, key: str) -> None:
    """PBKDF2 makes the keys of RFC 6070, whether written as one text or in fields."""
    salt, bare = b64(b"salt").rstrip("="), b64(bytes.fromhex(key)).rstrip("=")
    texts = (
        f"$pbkdf2-{digest}$i={iterations},l={length}${salt}${bare}",
        f"$pbkdf2-{digest}${iterations}${salt}${bare}",
        f"$pbkdf2-{digest}${iterations}${salt}${bare.replace('+', '.')}",
    )
    in_fields = stored(
        algorithm="pbkdf2",
        hash={"value": key, "encoding": "hex", "digest": digest},
        salt={"value": "salt"},
        iterations=iterations,
        keylen=length,
    )
    for kept in (in_fields, *(stored(algorithm="pbkdf2", hash={"value": text}) for text in texts)):
        assert matches("password", kept)
        assert not matches("passwort", kept)


@pytest.mark.parametrize(
    ("password", "salt", "cost", "blocks", "lanes", "key"),
    [
        (
            "password",
            "NaCl",
            1024,
            8,
            16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
        ),
        (
            "pleaseletmein",
            "SodiumChloride",
            16384,
            8,
            1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887",
        ),
    ],
)
def test_scrypt(password: str, salt: str, cost: int, blocks: int, lanes: int, key: str) -> None:
    """scrypt makes the keys of RFC 7914, §12."""
    kept = stored(
        algorithm="scrypt",
        hash={"value": key, "encoding": "hex"},
        salt={"value": salt},
        keylen=64,
        cost=cost,
        blockSize=blocks,
        parallelization=lanes,
    )
    assert matches(password, kept)
    assert not matches(password + "x", kept)


@pytest.mark.parametrize(
    "value",
    [
        # The table of argon2's authors: password "password", salt "somesalt".
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
    ],
)
def test_argon2(value: str) -> None:
    """argon2 of every kind is recognised with parameters of its own, as its authors' table has it."""
    kept = stored(algorithm="argon2", hash={"value": value})
    assert kept == value
    assert matches("password", kept)
    assert not matches("passwordx", kept)


@pytest.mark.parametrize(
    ("scheme", "digest", "salt"),
    [
        ("MD5", "md5", b""),
        ("SMD5", "md5", b"salt"),
        ("SHA", "sha1", b""),
        ("SSHA", "sha1", b"salt"),
        ("ssha", "sha1", b"12345678"),
        ("SHA256", "sha256", b""),
        ("SSHA256", "sha256", b"salt"),
        ("SHA384", "sha384", b""),
        ("SSHA384", "sha384", b"salt"),
        ("SHA512", "sha512", b""),
        ("SSHA512", "sha512", b"saltsaltsaltsalt"),
    ],
)
def test_ldap(scheme: str, digest: str, salt: bytes) -> None:
    """A directory's ``userPassword`` (RFC 2307): digest of password and salt, then the salt."""
    made = openssl("dgst", f"-{digest}", "-binary", content=b"pass" + salt)
    kept = stored(algorithm="ldap", hash={"value": f"{{{scheme}}}{b64(made + salt)}"})
    assert matches("pass", kept)
    assert not matches("word", kept)


def written(algorithm: str, value: str, **more: object) -> dict[str, object]:
    return {"algorithm": algorithm, "hash": {"value": value, **more}}


BCRYPT = "$2b$10$" + "." * 53
DIGEST = {"value": "00" * 16, "encoding": "hex"}
SCRYPT = {"algorithm": "scrypt", "hash": DIGEST, "salt": {"value": "x"}, "keylen": 16}
KEY = {"value": "k"}
HMAC = {"algorithm": "hmac", "hash": {**DIGEST, "digest": "md5", "key": KEY}}
FIELDS = {"algorithm": "pbkdf2", "hash": DIGEST, "salt": {"value": "x"}, "iterations": 1}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (written("bcrypt", "$2b$31$" + "." * 53), "hash.value"),
        (written("bcrypt", "$2b$15$" + "." * 53), "hash.value"),
        (written("bcrypt", "$2b$03$" + "." * 53), "hash.value"),
        (written("bcrypt", "$2x$10$" + "." * 53), "hash.value"),
        (written("bcrypt", BCRYPT[:-1]), "hash.value"),
        (written("bcrypt", BCRYPT, encoding="hex"), "hash.encoding"),
        ({"algorithm": "bcrypt", "hash": {"value": BCRYPT}, "salt": {"value": "x"}}, "salt"),
        (written("argon2", "$argon2id$m=999999999,t=1,p=1$c29tZXNhbHQ$YWJjZGVm"), "hash.value"),
        (written("argon2", "$argon2id$m=65536,t=99,p=1$c29tZXNhbHQ$YWJjZGVm"), "hash.value"),
        (written("argon2", "$argon2id$m=65536,t=1,p=99$c29tZXNhbHQ$YWJjZGVm"), "hash.value"),
        (written("argon2", "$argon2id$m=0,t=1,p=1$c29tZXNhbHQ$YWJjZGVm"), "hash.value"),
        (written("argon2", "swordfish"), "hash.value"),
        (written("pbkdf2", "$pbkdf2-sha256$i=999999999,l=4$c2FsdA$YWJjZA"), "hash.value"),
        (written("pbkdf2", "$pbkdf2-sha256$i=1,l=9999$c2FsdA$YWJjZA"), "hash.value"),
        (written("pbkdf2", "$pbkdf2-sha256$i=1,l=5$c2FsdA$YWJjZA"), "hash.value"),
        (written("pbkdf2", "$pbkdf2-sha3$i=1,l=4$c2FsdA$YWJjZA"), "hash.value"),
        (written("pbkdf2", "$pbkdf2-sha256$i=0,l=4$c2FsdA$YWJjZA"), "hash.value"),
        ({"algorithm": "pbkdf2", "hash": DIGEST, "salt": {"value": "x"}}, "iterations"),
        ({"algorithm": "pbkdf2", "hash": DIGEST, "iterations": 10}, "salt"),
        ({**FIELDS, "iterations": 2_000_001}, "iterations"),
        ({**FIELDS, "hash": {**DIGEST, "digest": "whirlpool"}}, "hash.digest"),
        ({**SCRYPT, "cost": 1 << 24}, "cost"),
        ({**SCRYPT, "cost": 1000}, "cost"),
        ({**SCRYPT, "cost": 0}, "cost"),
        ({**SCRYPT, "cost": -2}, "cost"),
        ({**SCRYPT, "blockSize": 1 << 20}, "blockSize"),
        ({**SCRYPT, "blockSize": 0}, "blockSize"),
        ({**SCRYPT, "parallelization": 1 << 20}, "parallelization"),
        ({**SCRYPT, "keylen": 1 << 20}, "keylen"),
        ({**SCRYPT, "keylen": 17}, "hash.value"),
        ({"algorithm": "scrypt", "hash": DIGEST, "salt": {"value": "x"}}, "keylen"),
        ({"algorithm": "scrypt", "hash": DIGEST, "keylen": 16}, "salt"),
        ({"algorithm": "md5", "hash": {"value": "00" * 15, "encoding": "hex"}}, "hash.value"),
        ({"algorithm": "md5", "hash": {"value": "0" * 31, "encoding": "hex"}}, "hash.value"),
        ({"algorithm": "md5", "hash": {"value": "zz" * 16, "encoding": "hex"}}, "hash.value"),
        ({"algorithm": "md5", "hash": {"value": "zz z", "encoding": "base64"}}, "hash.value"),
        ({"algorithm": "md5", "hash": {"value": "", "encoding": "hex"}}, "hash.value"),
        ({"algorithm": "md5", "hash": DIGEST, "salt": {"value": "x", "encoding": "hex"}}, "salt.value"),
        ({"algorithm": "md5", "hash": DIGEST, "salt": {"value": "x" * 1001}}, "salt.value"),
        ({"algorithm": "hmac", "hash": DIGEST}, "hash.digest"),
        ({"algorithm": "hmac", "hash": {**DIGEST, "digest": "md5"}}, "hash.key.value"),
        ({**HMAC, "hash": {**DIGEST, "digest": "whirlpool", "key": KEY}}, "hash.digest"),
        ({**HMAC, "hash": {**DIGEST, "digest": "md5", "key": {**KEY, "encoding": "hex"}}}, "hash.key.value"),
        ({"algorithm": "hmac", "hash": {**DIGEST, "digest": "sha1", "key": KEY}}, "hash.value"),
        (written("ldap", "{CRYPT}$1$x"), "hash.value"),
        (written("ldap", "{CLEARTEXT}pass"), "hash.value"),
        (written("ldap", "{SSHA}" + b64(b"x" * 20)), "hash.value"),
        (written("ldap", "{SHA}" + b64(b"x" * 24)), "hash.value"),
        (written("ldap", "{SHA}!!"), "hash.value"),
        (written("ldap", "pass"), "hash.value"),
    ],
)  # fmt: skip
def test_what_is_malformed_or_too_dear_is_refused(fields: dict[str, object], path: str) -> None:
    """A hash that cannot be read, or would hold the server up, is refused at its field, its value unsaid."""
    with pytest.raises(Invalid) as refusal:
        stored(**fields)
    assert refusal.value.path == path
    value = fields["hash"]["value"]  # type: ignore[index]
    assert not value or value not in str(refusal.value)


@pytest.mark.parametrize("fields", [SCRYPT, HMAC, {"algorithm": "md5", "hash": DIGEST}])
def test_what_is_kept_is_read_again(fields: dict[str, object]) -> None:
    """A kept hash gives back the very ``custom_password_hash`` that was brought."""
    assert foreign(stored(**fields)) == msgspec.convert(fields, CustomPasswordHash)


@pytest.mark.parametrize(
    "kept",
    ["", "x", "{", '{"algorithm":"md5"}', '{"algorithm":"rot13","hash":{"value":"x"}}', "$2b$31$" + "." * 53],
)
def test_what_is_no_hash_was_made_by_nobody(kept: str) -> None:
    """A kept text that is no hash we would have taken is matched by nothing and breaks nothing."""
    assert foreign(kept) is None
    assert not matches("x", kept)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_a_password(typed: str, other: str) -> None:
    """Whatever a person types is compared, lone surrogates and zeros included, and only itself matches."""
    bytes_of_it = typed.encode("utf-8", "surrogatepass")
    kept = stored(
        algorithm="sha256", hash={"value": hashlib.sha256(bytes_of_it).hexdigest(), "encoding": "hex"}
    )
    assert matches(typed, kept)
    assert matches(other, kept) == (other == typed)
