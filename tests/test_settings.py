"""Settings from the environment: what is read, what is refused, and in which words."""

import base64
import ipaddress
import os
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.settings import (
    Issuer,
    Listen,
    OutboundRules,
    Secrets,
    Settings,
    SmtpServer,
    WrongSetting,
    list_settings,
    read_settings,
    read_subject,
)
from gatewright.settings.processors import usable_processors
from gatewright.settings.values import (
    masked,
    parse_issuer,
    parse_master_key,
    parse_networks,
    parse_outbound,
    parse_smtp,
)

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
NEEDED = {
    "ISSUER": "https://login.example.com",
    "DATABASE": "sqlite:///gatewright.db",
    "MASTER_KEY": KEY,
}

Read = Callable[..., Settings]


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads the settings of an environment that has these, and what is always needed, and no other."""
    for name in [name for name in os.environ if name.startswith("GATEWRIGHT_")]:
        monkeypatch.delenv(name)

    def read(**values: str) -> Settings:
        for name, value in {**NEEDED, **values}.items():
            monkeypatch.setenv(f"GATEWRIGHT_{name}", value)
        return read_settings()

    return read


def refused(read: Read, **values: str) -> str:
    with pytest.raises(WrongSetting) as caught:
        read(**values)
    assert "\n" not in caught.value.message
    return caught.value.message


def test_defaults(read: Read) -> None:
    """What is not set has a default, except issuer, database and master key."""
    settings = read()
    assert (settings.listen.host, settings.listen.port) == ("127.0.0.1", 8443)
    assert settings.listen.workers == usable_processors()
    assert settings.listen.trusted_proxies == ()
    assert settings.outbound.allow == OutboundRules()
    assert (settings.mail.smtp, settings.mail.sender) == (None, None)
    assert (settings.logging.level, settings.logging.format) == ("info", "json")
    assert (settings.audit.retention_days, settings.dev) == (30, False)


def test_values_are_read(read: Read) -> None:
    """Each kind of value is read as what it is."""
    settings = read(
        HOST="::",
        PORT="443",
        WORKERS="3",
        TLS_CERT="/etc/tls/cert.pem",
        TLS_KEY="/etc/tls/key.pem",
        TRUSTED_PROXIES="10.0.0.0/8, 2001:db8::1",
        OUTBOUND_ALLOW="10.0.0.0/8 Directory.internal",
        SMTP_URL="smtps://user%40x:p%2Fw@mail.example.com:2465?from=login@example.com",
        LOG_LEVEL="debug",
        LOG_FORMAT="console",
        LOG_RETENTION_DAYS="400",
    )
    assert settings.listen == read_subject(
        Listen,
        host="::",
        port=443,
        workers=3,
        tls_certificate=Path("/etc/tls/cert.pem"),
        tls_key=Path("/etc/tls/key.pem"),
        trusted_proxies=(ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::1")),
    )
    assert settings.outbound.allow == OutboundRules(
        (ipaddress.ip_network("10.0.0.0/8"),), frozenset({"directory.internal"})
    )
    assert settings.mail.smtp == SmtpServer(
        "mail.example.com", 2465, "user@x", "p/w", implicit_tls=True, sender="login@example.com"
    )
    assert settings.mail.sender == "login@example.com"
    assert (settings.logging.level, settings.logging.format) == ("debug", "console")
    assert settings.audit.retention_days == 400


def test_settings_cannot_be_changed(read: Read) -> None:
    """Settings are frozen."""
    with pytest.raises(FrozenInstanceError):
        read().listen.port = 1


@pytest.mark.parametrize("name", NEEDED)
def test_missing(read: Read, name: str) -> None:
    """A missing or empty setting is named, with what is wanted."""
    assert refused(read, **{name: ""}).startswith(f"GATEWRIGHT_{name}: not set; wanted: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PORT", "8443x"),
        ("PORT", "8443.0"),
        ("PORT", "८४४३"),
        ("HOST", "127.0.0.1 ::1"),
        ("HOST", " "),
        ("TLS_CERT", " "),
        ("WORKERS", "0"),
        ("WORKERS", "1025"),
        ("WORKERS", "two"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "proxy.internal"),
        ("OUTBOUND_ALLOW", "10.0.0.300"),
        ("OUTBOUND_ALLOW", "http://directory.internal"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "Login <a@b.example> x"),
        ("LOG_LEVEL", "loud"),
        ("LOG_LEVEL", "INFO"),
        ("LOG_FORMAT", "xml"),
        ("LOG_RETENTION_DAYS", "0"),
        ("LOG_RETENTION_DAYS", "36501"),
    ],
)
def test_wrong(read: Read, name: str, value: str) -> None:
    """A wrong setting is named, with what was read and what is wanted."""
    assert refused(read, **{name: value}).startswith(f"GATEWRIGHT_{name}: read {value!a}; wanted: ")


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [("PORT", 0, 65535), ("WORKERS", 1, 1024), ("LOG_RETENTION_DAYS", 1, 36_500)],
)
def test_bounds_are_within(read: Read, name: str, lowest: int, highest: int) -> None:
    """The bounds of a number are themselves accepted."""
    for bound in (lowest, highest):
        assert _number(read(**{name: str(bound)}), name) == bound


def _number(settings: Settings, name: str) -> int:
    return {
        "PORT": settings.listen.port,
        "WORKERS": settings.listen.workers,
        "LOG_RETENTION_DAYS": settings.audit.retention_days,
    }[name]


def test_spaces_around_values_do_not_count(read: Read) -> None:
    """A value is read without the spaces and line ends around it."""
    settings = read(PORT=" 443\n", HOST=" ::1 ", LOG_LEVEL="debug\n")
    assert (settings.listen.port, settings.listen.host, settings.logging.level) == (443, "::1", "debug")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MASTER_KEY", "hunter2"),
        ("MASTER_KEY", KEY + "A"),
        ("MASTER_KEY", KEY[:-1] + "+"),
        ("DATABASE", "mysql://app:hunter2@db/app"),
        ("DATABASE", "hunter2"),
        ("DATABASE", "sqlite://"),
        ("SMTP_URL", "http://app:hunter2@mail"),
        ("SMTP_URL", "smtp://app:hunter2@mail:port"),
        ("SMTP_URL", "smtp://mail?form=hunter2@example.com"),
        ("SMTP_URL", "smtp://mail/hunter2"),
        ("SMTP_URL", "smtp://app:hunter2@mail?tls=on"),
        ("SMTP_URL", "smtp://app:hunter2@mail?tls=off&tls=on"),
        ("SMTP_URL", "smtps://app:hunter2@mail?tls=off"),
    ],
)
def test_wrong_secrets_are_not_repeated(read: Read, name: str, value: str) -> None:
    """A wrong secret is named and its length told, never its value."""
    message = refused(read, **{name: value})
    assert message.startswith(f"GATEWRIGHT_{name}: read {len(value)} characters, not shown")
    assert "hunter2" not in message


def test_secrets_are_not_in_representations(read: Read) -> None:
    """Printing the settings shows no master key and no password."""
    settings = read(
        DATABASE="postgresql://app:hunter2@db/app", SMTP_URL="smtp://app:hunter2@mail?from=a@b.example"
    )
    shown = f"{settings!r} {settings} {settings.mail.smtp!r}"
    assert "hunter2" not in shown
    assert repr(bytes(range(32)))[2:-1] not in shown


def test_master_key_is_32_bytes(read: Read) -> None:
    """The master key is the 32 bytes behind base64url, with or without padding."""
    assert read(MASTER_KEY=KEY).secrets.master_key == bytes(range(32))
    assert read(MASTER_KEY=f"{KEY}=").secrets.master_key == bytes(range(32))


@given(st.binary(min_size=32, max_size=32))
def test_any_master_key_is_read_back(key: bytes) -> None:
    """Every 32 bytes are what their base64url form is read as."""
    assert parse_master_key(base64.urlsafe_b64encode(key).decode().rstrip("=")) == key


def test_given_values_come_first(read: Read) -> None:
    """What the code gives comes before the environment, by attribute."""
    read(PORT="1")
    assert read_subject(Listen, port=2).port == 2


def test_given_values_are_checked(read: Read) -> None:
    """What the code gives is checked like the environment, and named by its variable."""
    read()
    with pytest.raises(WrongSetting, match=r"^GATEWRIGHT_MASTER_KEY: read 3 characters"):
        read_subject(Secrets, master_key="abc")


def test_given_numbers_are_checked(read: Read) -> None:
    """A number that the code gives obeys the same bounds."""
    read()
    with pytest.raises(WrongSetting, match=r"^GATEWRIGHT_PORT: read '70000'; wanted: "):
        read_subject(Listen, port=70_000)


def test_given_nothing_comes_first(read: Read) -> None:
    """That there is none, said by the code, comes before the environment as well."""
    read(TLS_CERT="/cert.pem", TLS_KEY="/key.pem")
    assert read_subject(Listen, tls_certificate=None, tls_key=None).tls_certificate is None


def test_making_a_subject_reads_nothing(read: Read) -> None:
    """A subject made in code has its defaults, whatever the environment says."""
    read(PORT="1")
    assert Listen().port == 8443


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("https://login.example.com", "https://login.example.com/"),
        ("https://login.example.com/", "https://login.example.com/"),
        ("https://Login.Example.COM", "https://login.example.com/"),
        ("https://login.example.com:443/", "https://login.example.com/"),
        ("https://login.example.com:8443", "https://login.example.com:8443/"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443/"),
        ("http://localhost:8080", "http://localhost:8080/"),
        ("http://127.0.0.1:80", "http://127.0.0.1/"),
        ("http://shop.localhost:8080/", "http://shop.localhost:8080/"),
    ],
)
def test_issuers(text: str, issuer: str) -> None:
    """An issuer ends in a slash, in lower case, without a default port."""
    assert parse_issuer(text) == issuer


@pytest.mark.parametrize(
    "text",
    [
        "login.example.com",
        "http://login.example.com/",
        "http://localhost.example.com/",
        "ftp://login.example.com/",
        "https://login.example.com/path",
        "https://login.example.com/?",
        "https://login.example.com/?a=b",
        "https://login.example.com/#a",
        "https://user@login.example.com/",
        "https://login.example.com\\@evil.example/",
        "https://login.example.com:port/",
        "https://",
        "https://lögin.example/",
    ],
)
def test_wrong_issuers(text: str) -> None:
    """An issuer with path, query, fragment or user, or plain http elsewhere than on loopback, is refused."""
    with pytest.raises(ValueError, match="not"):
        parse_issuer(text)


@given(st.text())
def test_issuers_are_stable(text: str) -> None:
    """Whatever is accepted as an issuer is accepted again, unchanged."""
    try:
        issuer = parse_issuer(f"https://{text}")
    except ValueError:
        return
    assert parse_issuer(issuer) == issuer
    assert issuer.endswith("/")


@given(
    st.lists(st.ip_addresses(network="0.0.0.0/0") | st.ip_addresses(network="::/0")),
    st.sampled_from([",", " ", ", "]),
)
def test_networks_are_read_back(addresses: list[ipaddress.IPv4Address], separator: str) -> None:
    """Addresses are networks of one, whatever separates them."""
    assert parse_networks(separator.join(map(str, addresses))) == tuple(map(ipaddress.ip_network, addresses))


@given(st.text(max_size=40))
def test_outbound_never_fails_otherwise(text: str) -> None:
    """Any text is either outbound rules or a ValueError."""
    try:
        rules = parse_outbound(text)
    except ValueError:
        return
    assert all(host == host.lower() for host in rules.hosts)


@given(st.text(min_size=1), st.text(min_size=1))
def test_smtp_credentials_are_decoded(user: str, password: str) -> None:
    """User and password of an SMTP URL are percent-decoded."""
    server = parse_smtp(f"smtp://{quote(user, safe='')}:{quote(password, safe='')}@mail.example.com")
    assert (server.username, server.password, server.port) == (user, password, 587)


@pytest.mark.parametrize(
    ("url", "cleartext"),
    [
        ("smtp://mail", False),
        ("smtps://mail", False),
        ("smtp://mail?tls=off", True),
        ("smtp://mail:25?from=a@b.example&tls=off", True),
    ],
)
def test_clear_text_is_asked_for(url: str, cleartext: bool) -> None:
    """Mail goes in clear text only when the URL says tls=off."""
    assert parse_smtp(url).cleartext is cleartext


def test_mail_needs_a_sender(read: Read) -> None:
    """A mail server without a sender is refused, and the setting to add is named."""
    assert refused(read, SMTP_URL="smtp://mail").startswith("GATEWRIGHT_MAIL_FROM: not set")


def test_sender_of_its_own(read: Read) -> None:
    """GATEWRIGHT_MAIL_FROM comes before the sender in the URL."""
    settings = read(SMTP_URL="smtp://mail?from=a@b.example", MAIL_FROM="Login <login@b.example>")
    assert settings.mail.sender == "Login <login@b.example>"


@pytest.mark.parametrize(("present", "missing"), [("TLS_CERT", "TLS_KEY"), ("TLS_KEY", "TLS_CERT")])
def test_tls_needs_both(read: Read, present: str, missing: str) -> None:
    """A certificate without key, or a key without certificate, is refused."""
    assert refused(read, **{present: "/x.pem"}).startswith(f"GATEWRIGHT_{missing}: not set")


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("ISUER", "ISSUER"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
        ("DATABASE_URL", "DATABASE"),
        ("MASTERKEY_FILE", "MASTER_KEY_FILE"),
        ("WORKER", "WORKERS"),
    ],
)
def test_misspelt_names(read: Read, misspelt: str, meant: str) -> None:
    """A name that is nearly that of a setting is refused with the right one."""
    assert refused(read, **{misspelt: "x"}) == (
        f"GATEWRIGHT_{misspelt}: no such setting; did you mean GATEWRIGHT_{meant}?"
    )


@pytest.mark.parametrize("name", ["SERVICE_HOST", "SERVICE_PORT", "PORT_8443_TCP_ADDR", "TEST_POSTGRES"])
def test_strange_names_are_left_alone(read: Read, name: str) -> None:
    """Names that container platforms and scripts add under our prefix are no mistake."""
    assert read(**{name: "x"}).listen.port == 8443


def test_service_links_are_explained(read: Read) -> None:
    """The port a Kubernetes service link claims to set is refused with the way out."""
    assert "enableServiceLinks: false" in refused(read, PORT="tcp://10.0.0.1:8443")


def test_long_values_are_shortened(read: Read) -> None:
    """A line stays a line, however long and strange the value."""
    message = refused(read, PORT="x\n\x1b[31m" * 1000)
    assert len(message) < 250
    assert "\x1b" not in message


@pytest.mark.parametrize("name", ["MASTER_KEY", "DATABASE", "SMTP_URL"])
def test_secrets_from_files(read: Read, tmp_path: Path, name: str) -> None:
    """Each secret may come from the file a …_FILE variable names."""
    value = {**NEEDED, "SMTP_URL": "smtp://mail?from=a@b.example"}[name]
    (tmp_path / "secret").write_text(f"{value}\n")
    settings = read(**{name: "", f"{name}_FILE": str(tmp_path / "secret")})
    expected = read(**{name: value, f"{name}_FILE": ""})
    assert settings == expected


def test_both_forms_at_once(read: Read, tmp_path: Path) -> None:
    """A secret and its file at once is refused, for nobody could tell which holds."""
    assert refused(read, MASTER_KEY_FILE=str(tmp_path)).startswith("GATEWRIGHT_MASTER_KEY_FILE: ")


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), (b" \n", "empty"), (b"\xff", "not text")]
)
def test_wrong_secret_files(read: Read, tmp_path: Path, content: bytes | None, reason: str) -> None:
    """A secret file that is missing, empty or no text is refused by name, with the reason."""
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    message = refused(read, MASTER_KEY="", MASTER_KEY_FILE=str(file))
    assert message.startswith(f"GATEWRIGHT_MASTER_KEY_FILE: read '{file}' (")
    assert reason in message


def test_only_secrets_come_from_files(read: Read, tmp_path: Path) -> None:
    """A …_FILE of a setting that is no secret is refused as a misspelling."""
    assert refused(read, ISSUER_FILE=str(tmp_path)) == (
        "GATEWRIGHT_ISSUER_FILE: no such setting; did you mean GATEWRIGHT_ISSUER?"
    )


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("postgresql://app:hunter2@db/app", "postgresql://app:***@db/app"),
        ("postgresql://app@db/app?password=hunter2", "postgresql://app@db/app?***"),
        ("sqlite:///path/x.db", "sqlite:///path/x.db"),
        ("smtp://mail:25?from=a@b.example", "smtp://mail:25?***"),
        ("postgresql://app:hun/ter2@db/app", "***"),
        ("postgresql://app:hun?ter2@db/app", "***"),
        ("postgresql://app:x@hunter2@db/app", "***"),
        ("hunter2", "***"),
    ],
)
def test_masking(secret: str, shown: str) -> None:
    """A URL is shown without password and query; what is not plainly a URL is not shown at all."""
    assert masked(secret) == shown


@given(st.text(min_size=1).filter(lambda text: "*" not in text and len(text) > 3))
def test_masking_hides_any_password(password: str) -> None:
    """No password shows through, encoded as it should be or not."""
    assert password not in masked(f"postgresql://app:{password}@")


def test_listing_has_no_secret(read: Read) -> None:
    """The listing of all settings shows no secret value."""
    read(DATABASE="postgresql://app:hunter2@db/app")
    listed = str(list_settings())
    assert "hunter2" not in listed
    assert KEY not in listed


@pytest.mark.parametrize(
    ("quota", "allowed"),
    [("max 100000", None), ("150000 100000", 2), ("50000 100000", 1), ("", None), ("9900000 100000", None)],
)
def test_processors_follow_the_quota(tmp_path: Path, quota: str, allowed: int | None) -> None:
    """A container's processor quota, rounded up, limits the workers; no quota does not."""
    (tmp_path / "cpu.max").write_text(quota)
    available = len(os.sched_getaffinity(0))
    expected = available if allowed is None else min(allowed, available)
    assert usable_processors(tmp_path / "cpu.max") == expected


def test_no_quota_file(tmp_path: Path) -> None:
    """Without cgroups every processor this process may use counts."""
    assert usable_processors(tmp_path / "none") == len(os.sched_getaffinity(0))


def test_issuer_is_a_subject_of_its_own(read: Read) -> None:
    """A subject can be made in code, by attribute."""
    read()
    assert read_subject(Issuer, url="http://localhost:1").url == "http://localhost:1/"
