"""A certificate authority of one's own, so that local HTTPS works with nothing installed.

Whoever trusts the authority trusts it for the names in ``vouching`` and for no more: its name
constraints (RFC 5280 §4.2.1.10) say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gatewright.cli.files import write_file
from gatewright.cli.vouching import AltName, alt_names, covers, permitted

_AUTHORITY_LIFE = timedelta(days=3650)
_LEAF_LIFE = timedelta(days=397)  # what browsers allow a public authority; nobody asks for less
_RENEW_BEFORE = timedelta(days=30)
_CLOCKS_APART = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalTls:
    """Where the files are, and whether the authority is new and must be trusted (again)."""

    authority: Path
    certificate: Path
    key: Path
    new_authority: bool


@dataclass(frozen=True, slots=True)
class _Pair:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def ensure_certificates(
    directory: Path, hosts: Sequence[str], *, optional: Sequence[str], now: int
) -> LocalTls:
    """Files ``ca.pem``, ``ca.key``, ``cert.pem`` and ``key.pem`` in ``directory``, made where wanting.

    The certificate covers ``hosts``, and those of ``optional`` that the authority may vouch for.
    It is renewed 30 days before its end or when the hosts change, by the same authority; the authority
    only when it is damaged, nears its own end, or may not vouch for one of ``hosts``.
    ``now`` is seconds UTC.
    """
    at = datetime.fromtimestamp(now, UTC)
    found = _load(directory / "ca.pem", directory / "ca.key")
    authority = found if found and _fresh(found, at) and covers(found.certificate, hosts) else None
    if new := authority is None:
        authority = _make_authority([*hosts, *optional], at)
        _save(authority, directory / "ca.pem", directory / "ca.key")
    names = alt_names([*hosts, *(host for host in optional if covers(authority.certificate, [host]))])
    leaf = _load(directory / "cert.pem", directory / "key.pem")
    if leaf is None or not (_fresh(leaf, at) and _issued_by(leaf, authority) and _names(leaf) == names):
        _save(_make_leaf(authority, names, at), directory / "cert.pem", directory / "key.pem")
    return LocalTls(directory / "ca.pem", directory / "cert.pem", directory / "key.pem", new_authority=new)


def _make_authority(hosts: Iterable[str], at: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Gatewright"),
            # Two authorities of one machine must not share a name: clients look issuers up by it.
            x509.NameAttribute(
                NameOID.COMMON_NAME, f"Gatewright local CA {x509.random_serial_number():x}"[:40]
            ),
        ]
    )
    builder = (
        _builder(subject, subject, key.public_key(), at, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted(hosts), None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _Pair(builder.sign(key, hashes.SHA256()), key)


def _make_leaf(authority: _Pair, names: Sequence[AltName], at: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate.subject
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Gatewright development server")])
    life = min(_LEAF_LIFE, authority.certificate.not_valid_after_utc - at)
    builder = (
        _builder(subject, issuer, key.public_key(), at, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
        )
    )
    return _Pair(builder.sign(authority.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _CLOCKS_APART)
        .not_valid_after(at + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _names(leaf: _Pair) -> list[x509.GeneralName]:
    return list(leaf.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


def _fresh(pair: _Pair, at: datetime) -> bool:
    certificate = pair.certificate
    return certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc - _RENEW_BEFORE


def _issued_by(leaf: _Pair, authority: _Pair) -> bool:
    try:
        leaf.certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _load(certificate_file: Path, key_file: Path) -> _Pair | None:
    """The pair kept in two files; ``None`` when one is missing or damaged, or they do not belong together."""
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or certificate.public_key() != key.public_key():
        return None
    return _Pair(certificate, key)


def _save(pair: _Pair, certificate_file: Path, key_file: Path) -> None:
    encoded = pair.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_file(key_file, encoded, mode=0o600)
    write_file(certificate_file, pair.certificate.public_bytes(Encoding.PEM), mode=0o644)
