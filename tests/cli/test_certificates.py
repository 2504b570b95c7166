"""The local certificate authority and the certificate it signs."""

import shutil
import socket
import ssl
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from gatewright.cli.certificates import LocalTls, ensure_certificates

NOW = int(datetime.now(UTC).timestamp())
DAY = 86_400
HOSTS = ["localhost", "*.localhost", "127.0.0.1", "::1"]


def ensure(directory: Path, *more: str, optional: tuple[str, ...] = (), now: int = NOW) -> LocalTls:
    return ensure_certificates(directory, [*HOSTS, *more], optional=optional, now=now)


def serial(file: Path) -> int:
    return x509.load_pem_x509_certificate(file.read_bytes()).serial_number


def names(file: Path) -> list[str]:
    leaf = x509.load_pem_x509_certificate(file.read_bytes())
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in found]


@contextmanager
def tls_server(made: LocalTls) -> Iterator[int]:
    """A server that answers every handshake and one HTTP request; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept_all, args=(listening, context), daemon=True).start()
        yield listening.getsockname()[1]


def accept_all(listening: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            accepted, _ = listening.accept()
        except OSError:
            return
        try:
            with closing(context.wrap_socket(accepted, server_side=True)) as channel:
                channel.recv(4096)
                channel.sendall(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        except OSError:
            accepted.close()


def python_accepts(made: LocalTls, port: int, host: str) -> bool:
    context = ssl.create_default_context(cafile=str(made.authority))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    with socket.create_connection(("127.0.0.1", port)) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=host) as channel:
                channel.sendall(b"GET / HTTP/1.1\r\n\r\n")
                return channel.recv(4096).startswith(b"HTTP/1.1 204")
        except ssl.SSLCertVerificationError:
            return False


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "login.test", "workstation"])
def test_python_accepts_each_host(tmp_path: Path, host: str) -> None:
    """A Python client that trusts the authority, strictly by RFC 5280, accepts each host asked for."""
    made = ensure(tmp_path, "login.test", optional=("workstation",))
    with tls_server(made) as port:
        assert python_accepts(made, port, host)


def test_python_refuses_other_hosts(tmp_path: Path) -> None:
    """The certificate is not good for a host that was not asked for."""
    made = ensure(tmp_path)
    with tls_server(made) as port:
        assert not python_accepts(made, port, "other.test")


def test_node_accepts(tmp_path: Path) -> None:
    """Node with NODE_EXTRA_CA_CERTS accepts the certificate, and without does not."""
    made = ensure(tmp_path)
    with tls_server(made) as port:
        trusted = node_fetches(port, NODE_EXTRA_CA_CERTS=str(made.authority))
        distrusted = node_fetches(port)
    assert (trusted, distrusted) == ("204", "UNABLE_TO_VERIFY_LEAF_SIGNATURE")


def node_fetches(port: int, **environment: str) -> str:
    """The status of the answer Node gets, or the code of its error."""
    node = shutil.which("node")
    assert node, "Node is needed: make setup installs it"
    script = f"""
        fetch("https://127.0.0.1:{port}/").then(
            answer => console.log(answer.status),
            error => console.log(error.cause.code))
    """
    run = subprocess.run([node, "-e", script], env=environment, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_keys_are_for_the_owner_alone(tmp_path: Path) -> None:
    """Private keys can be read by their owner and by nobody else."""
    ensure(tmp_path)
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ca.key", "key.pem")}
    assert modes == {"ca.key": 0o600, "key.pem": 0o600}


def test_authority_signs_certificates_only(tmp_path: Path) -> None:
    """The authority may sign certificates and nothing else, and none that signs in its turn."""
    authority = x509.load_pem_x509_certificate(ensure(tmp_path).authority.read_bytes())
    usage = authority.extensions.get_extension_for_class(x509.KeyUsage).value
    constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (usage.key_cert_sign, usage.digital_signature) == (True, False)
    assert (constraints.ca, constraints.path_length) == (True, 0)


def test_authority_cannot_vouch_for_the_world(tmp_path: Path) -> None:
    """A certificate for a public name, signed with the authority's stolen key, is refused by clients."""
    made = ensure(tmp_path)
    forged = tmp_path / "forged.pem"
    forged.write_bytes(signed_for("www.example.org", made, tmp_path / "ca.key"))
    with tls_server(LocalTls(made.authority, forged, made.key, new_authority=False)) as port:
        assert not python_accepts(made, port, "www.example.org")


def test_stolen_key_can_vouch_for_own_names(tmp_path: Path) -> None:
    """The same forgery for a permitted name is accepted: the refusal is for the name and nothing else."""
    made = ensure(tmp_path)
    forged = tmp_path / "forged.pem"
    forged.write_bytes(signed_for("www.test", made, tmp_path / "ca.key"))
    with tls_server(LocalTls(made.authority, forged, made.key, new_authority=False)) as port:
        assert python_accepts(made, port, "www.test")


def signed_for(host: str, made: LocalTls, authority_key: Path) -> bytes:
    """The server certificate again, but for ``host``."""
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    leaf = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    builder = x509.CertificateBuilder(
        issuer_name=authority.subject,
        subject_name=leaf.subject,
        public_key=leaf.public_key(),
        serial_number=1,
        not_valid_before=leaf.not_valid_before_utc,
        not_valid_after=leaf.not_valid_after_utc,
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    for extension in leaf.extensions:
        if not isinstance(extension.value, x509.SubjectAlternativeName):
            builder = builder.add_extension(extension.value, extension.critical)
    key = load_pem_private_key(authority_key.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_second_start_changes_nothing(tmp_path: Path) -> None:
    """What is there and good is kept, file for file."""
    first = ensure(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    second = ensure(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert (first.new_authority, second.new_authority) == (True, False)


def test_certificate_is_renewed_before_it_ends(tmp_path: Path) -> None:
    """Within 30 days of its end the certificate is made anew, by the same authority."""
    made = ensure(tmp_path)
    authority, leaf = serial(made.authority), serial(made.certificate)
    ensure(tmp_path, now=NOW + (397 - 31) * DAY)
    assert serial(made.certificate) == leaf
    ensure(tmp_path, now=NOW + (397 - 29) * DAY)
    assert serial(made.certificate) != leaf
    assert serial(made.authority) == authority


def test_certificate_follows_the_hosts(tmp_path: Path) -> None:
    """When the hosts change the certificate is made anew, by the same authority."""
    made = ensure(tmp_path)
    authority = serial(made.authority)
    ensure(tmp_path, "shop.localhost", "192.168.1.20")
    assert names(made.certificate)[-2:] == ["shop.localhost", "192.168.1.20"]
    assert serial(made.authority) == authority


def test_unowned_name_needs_a_new_authority(tmp_path: Path) -> None:
    """A public host name, which the authority may not vouch for, brings a new authority that may."""
    made = ensure(tmp_path)
    authority = serial(made.authority)
    again = ensure(tmp_path, "dev.example.org")
    assert again.new_authority
    assert serial(made.authority) != authority
    with tls_server(again) as port:
        assert python_accepts(again, port, "dev.example.org")


def test_a_new_machine_name_is_left_out(tmp_path: Path) -> None:
    """A machine name the authority may not vouch for is left out; the authority stays."""
    made = ensure(tmp_path, optional=("first-name",))
    again = ensure(tmp_path, optional=("second-name",))
    assert (names(made.certificate), again.new_authority) == (HOSTS, False)


def test_authority_is_renewed_before_it_ends(tmp_path: Path) -> None:
    """Within 30 days of its end the authority is made anew, and the certificate with it."""
    made = ensure(tmp_path)
    again = ensure(tmp_path, now=NOW + (3650 - 29) * DAY)
    assert again.new_authority
    leaf = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(made.authority.read_bytes()))


@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "cert.pem", "key.pem"])
@pytest.mark.parametrize("damage", ["missing", "empty", "garbage", "foreign"])
def test_damaged_files_are_replaced(tmp_path: Path, name: str, damage: str) -> None:
    """A missing, empty, senseless or foreign file is replaced, and clients accept what results."""
    ensure(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    ensure(other)
    contents = {"empty": b"", "garbage": b"\xff\x00 no PEM", "foreign": (other / name).read_bytes()}
    if damage == "missing":
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(contents[damage])
    made = ensure(tmp_path)
    with tls_server(made) as port:
        assert python_accepts(made, port, "localhost")
