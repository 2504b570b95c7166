"""The subjects: what can be set, with the words that ``config show`` and the reference page use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gatewright.settings.processors import usable_processors
from gatewright.settings.subject import Subject, setting
from gatewright.settings.values import (
    Network,
    OutboundRules,
    SmtpServer,
    one_of,
    parse_address,
    parse_database,
    parse_host,
    parse_issuer,
    parse_master_key,
    parse_name_servers,
    parse_networks,
    parse_outbound,
    parse_path,
    parse_smtp,
    whole_number,
)

_NETWORKS_WANTED = 'networks or addresses, as in "10.0.0.0/8, 192.0.2.7"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(Subject):
    """Where the server listens, how many processes answer, and who may speak for others."""

    host: str = setting(
        "GATEWRIGHT_HOST",
        "Address or name to listen on; 0.0.0.0 is every IPv4 address, :: every address.",
        wanted="an address or a host name",
        parse=parse_host,
        default="127.0.0.1",
    )
    port: int = setting(
        "GATEWRIGHT_PORT",
        "TCP port to listen on; 0 takes a free one.",
        wanted="a port number from 0 to 65535",
        parse=whole_number(0, 65535),
        default=8443,
    )
    workers: int = setting(
        "GATEWRIGHT_WORKERS",
        "Worker processes; the default is the number of processors this process may use.",
        wanted="a whole number from 1 to 1024",
        parse=whole_number(1, 1024),
        default_factory=usable_processors,
    )
    tls_certificate: Path | None = setting(
        "GATEWRIGHT_TLS_CERT",
        "PEM file with the certificate and its chain; without it plain HTTP is spoken, for a proxy in front.",
        wanted="a PEM file with a certificate, together with GATEWRIGHT_TLS_KEY",
        parse=parse_path,
        default=None,
    )
    tls_key: Path | None = setting(
        "GATEWRIGHT_TLS_KEY",
        "PEM file with the private key of GATEWRIGHT_TLS_CERT.",
        wanted="a PEM file with a private key, together with GATEWRIGHT_TLS_CERT",
        parse=parse_path,
        default=None,
    )
    trusted_proxies: tuple[Network, ...] = setting(
        "GATEWRIGHT_TRUSTED_PROXIES",
        "Networks of the proxies whose forwarded headers are believed; nobody else's are read.",
        wanted=_NETWORKS_WANTED,
        parse=parse_networks,
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer(Subject):
    """Who we are."""

    url: str = setting(
        "GATEWRIGHT_ISSUER",
        "Public address of the first tenant; the issuer in its tokens.",
        wanted="an https URL without a path, as in https://login.example.com/ (http for loopback hosts only)",
        parse=parse_issuer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Database(Subject):
    """Where everything is kept."""

    url: str = setting(
        "GATEWRIGHT_DATABASE",
        "Where all state is kept: a file on this machine, or a PostgreSQL server.",
        wanted="sqlite:///path or postgresql://user:password@host/database",
        parse=parse_database,
        secret=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets(Subject):
    """What seals the secrets that must be readable again."""

    master_key: bytes = setting(
        "GATEWRIGHT_MASTER_KEY",
        "Key that seals client secrets, signing keys and the like in the database; keep a copy elsewhere.",
        wanted="32 random bytes in base64url: 43 characters",
        parse=parse_master_key,
        secret=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail(Subject):
    """How messages leave."""

    smtp: SmtpServer | None = setting(
        "GATEWRIGHT_SMTP_URL",
        "Mail server: smtp:// upgrades to TLS, smtps:// speaks it from the first byte. "
        "With tls=off behind the ? of smtp://, all goes in clear text: only where you trust the network.",
        wanted="smtp://user:password@host:port?from=login@example.com, or smtps://",
        parse=parse_smtp,
        default=None,
        secret=True,
    )
    address: str | None = setting(
        "GATEWRIGHT_MAIL_FROM",
        "Sender of mail, unless the tenant says otherwise; the default is what GATEWRIGHT_SMTP_URL says.",
        wanted='an e-mail address, as in "Login <login@example.com>"',
        parse=parse_address,
        default=None,
    )

    @property
    def sender(self) -> str | None:
        """The address mail comes from; always there when ``smtp`` is."""
        return self.address or (self.smtp.sender if self.smtp else None) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound(Subject):
    """Where our own requests may go."""

    allow: OutboundRules = setting(
        "GATEWRIGHT_OUTBOUND_ALLOW",
        "Private networks and hosts that configured URLs may point at; others are refused.",
        wanted='networks or host names, as in "10.0.0.0/8, directory.internal"',
        parse=parse_outbound,
        default=OutboundRules(),
    )
    name_servers: tuple[tuple[str, int], ...] = setting(
        "GATEWRIGHT_NAME_SERVERS",
        "Whom to ask for the TXT records that vouch for custom domains; without any, the machine's own.",
        wanted='addresses, with a port where it is not 53, as in "192.0.2.53, 127.0.0.1:5353"',
        parse=parse_name_servers,
        default=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Logging(Subject):
    """What the process says on standard error."""

    level: Literal["debug", "info", "warning", "error"] = setting(
        "GATEWRIGHT_LOG_LEVEL",
        "The least important line to write.",
        wanted="debug, info, warning or error",
        parse=one_of("debug", "info", "warning", "error"),
        default="info",
    )
    format: Literal["json", "console"] = setting(
        "GATEWRIGHT_LOG_FORMAT",
        "One JSON object a line, or lines for people.",
        wanted="json or console",
        parse=one_of("json", "console"),
        default="json",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Subject):
    """How long the audit log of the tenants is kept."""

    retention_days: int = setting(
        "GATEWRIGHT_LOG_RETENTION_DAYS",
        "Days after which entries of the audit log are deleted.",
        wanted="a whole number of days from 1 to 36500",
        parse=whole_number(1, 36_500),
        default=30,
    )


SUBJECTS: tuple[type[Subject], ...] = (Issuer, Database, Secrets, Listen, Mail, Outbound, Logging, Audit)
"""Every subject, in the order they are listed to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is set for this process. ``dev`` is true under ``gatewright dev`` alone."""

    listen: Listen
    issuer: Issuer
    database: Database
    secrets: Secrets
    mail: Mail
    outbound: Outbound
    logging: Logging
    audit: Audit
    dev: bool = False
