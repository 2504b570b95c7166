"""The subjects: what can be set, with the words that ``config show`` and the reference page use."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from gatewright.settings.processors import usable_processors
from gatewright.settings.subject import Subject, setting
from gatewright.settings.values import (
    Network,
    OutboundRules,
    SmtpServer,
    parse_address,
    parse_database,
    parse_issuer,
    parse_master_key,
    parse_networks,
    parse_outbound,
    parse_smtp,
)

_NETWORKS_WANTED = 'networks or addresses, as in "10.0.0.0/8, 192.0.2.7"'


def _from_text(parse: Callable[[str], Any]) -> BeforeValidator:
    """Parses texts; lets values through that code made itself."""
    return BeforeValidator(lambda value: parse(value.strip()) if isinstance(value, str) else value)


class Listen(Subject):
    """Where the server listens, how many processes answer, and who may speak for others."""

    host: str = setting(
        "GATEWRIGHT_HOST",
        "Address or name to listen on; 0.0.0.0 is every IPv4 address, :: every address.",
        wanted="an address or a host name",
        default="127.0.0.1",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = setting(
        "GATEWRIGHT_PORT",
        "TCP port to listen on; 0 takes a free one.",
        wanted="a port number from 0 to 65535",
        default=8443,
    )
    workers: Annotated[int, Field(ge=1, le=1024)] = setting(
        "GATEWRIGHT_WORKERS",
        "Worker processes; the default is the number of processors this process may use.",
        wanted="a whole number from 1 to 1024",
        default_factory=usable_processors,
    )
    tls_certificate: Path | None = setting(
        "GATEWRIGHT_TLS_CERT",
        "PEM file with the certificate and its chain; without it plain HTTP is spoken, for a proxy in front.",
        wanted="a PEM file with a certificate, together with GATEWRIGHT_TLS_KEY",
        default=None,
    )
    tls_key: Path | None = setting(
        "GATEWRIGHT_TLS_KEY",
        "PEM file with the private key of GATEWRIGHT_TLS_CERT.",
        wanted="a PEM file with a private key, together with GATEWRIGHT_TLS_CERT",
        default=None,
    )
    trusted_proxies: Annotated[tuple[Network, ...], _from_text(parse_networks)] = setting(
        "GATEWRIGHT_TRUSTED_PROXIES",
        "Networks of the proxies whose forwarded headers are believed; nobody else's are read.",
        wanted=_NETWORKS_WANTED,
        default=(),
    )


class Issuer(Subject):
    """Who we are."""

    url: Annotated[str, _from_text(parse_issuer)] = setting(
        "GATEWRIGHT_ISSUER",
        "Public address of the first tenant; the issuer in its tokens.",
        wanted="an https URL without a path, as in https://login.example.com/ (http for loopback hosts only)",
    )


class Database(Subject):
    """Where everything is kept."""

    url: Annotated[str, _from_text(parse_database)] = setting(
        "GATEWRIGHT_DATABASE",
        "Where all state is kept: a file on this machine, or a PostgreSQL server.",
        wanted="sqlite:///path or postgresql://user:password@host/database",
        secret=True,
    )


class Secrets(Subject):
    """What seals the secrets that must be readable again."""

    master_key: Annotated[bytes, Field(min_length=32, max_length=32), _from_text(parse_master_key)] = setting(
        "GATEWRIGHT_MASTER_KEY",
        "Key that seals client secrets, signing keys and the like in the database; keep a copy elsewhere.",
        wanted="32 random bytes in base64url: 43 characters",
        secret=True,
    )


class Mail(Subject):
    """How messages leave."""

    smtp: Annotated[SmtpServer | None, _from_text(parse_smtp)] = setting(
        "GATEWRIGHT_SMTP_URL",
        "Mail server: smtp:// upgrades to TLS, smtps:// speaks it from the first byte.",
        wanted="smtp://user:password@host:port?from=login@example.com, or smtps://",
        default=None,
        secret=True,
    )
    address: Annotated[str | None, _from_text(parse_address)] = setting(
        "GATEWRIGHT_MAIL_FROM",
        "Sender of mail, unless the tenant says otherwise; the default is what GATEWRIGHT_SMTP_URL says.",
        wanted='an e-mail address, as in "Login <login@example.com>"',
        default=None,
    )

    @property
    def sender(self) -> str | None:
        """The address mail comes from; always there when ``smtp`` is."""
        return self.address or (self.smtp.sender if self.smtp else None) or None


class Outbound(Subject):
    """Where our own requests may go."""

    allow: Annotated[OutboundRules, _from_text(parse_outbound)] = setting(
        "GATEWRIGHT_OUTBOUND_ALLOW",
        "Private networks and hosts that configured URLs may point at; others are refused.",
        wanted='networks or host names, as in "10.0.0.0/8, directory.internal"',
        default=OutboundRules(),
    )


class Logging(Subject):
    """What the process says on standard error."""

    level: Literal["debug", "info", "warning", "error"] = setting(
        "GATEWRIGHT_LOG_LEVEL",
        "The least important line to write.",
        wanted="debug, info, warning or error",
        default="info",
    )
    format: Literal["json", "console"] = setting(
        "GATEWRIGHT_LOG_FORMAT",
        "One JSON object a line, or lines for people.",
        wanted="json or console",
        default="json",
    )


class Audit(Subject):
    """How long the audit log of the tenants is kept."""

    retention_days: Annotated[int, Field(ge=1, le=36_500)] = setting(
        "GATEWRIGHT_LOG_RETENTION_DAYS",
        "Days after which entries of the audit log are deleted.",
        wanted="a whole number of days from 1 to 36500",
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
