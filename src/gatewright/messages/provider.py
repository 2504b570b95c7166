"""A tenant's own mail server, through which its mail goes instead of the installation's."""

from typing import Any, Literal

import msgspec

from gatewright.jose import MasterKey, Unsealable
from gatewright.messages.transports.relay import SmtpRelay

ProviderName = Literal[
    "mailgun",
    "mandrill",
    "sendgrid",
    "resend",
    "ses",
    "sparkpost",
    "smtp",
    "azure_cs",
    "ms365",
    "custom",
]
"""What the wire knows; ``smtp`` is what there is."""

IMPLICIT_TLS_PORT = 465
"""Where TLS begins with the first byte (RFC 8314 §3.3); at every other port STARTTLS is demanded."""

WHERE_IT_IS_SET = "the tenant's e-mail provider"


class SmtpAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which server, and as whom; the password is kept apart."""

    smtp_host: str
    smtp_port: int = 587
    smtp_user: str = ""


class EmailProvider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a tenant's mail leaves. ``default_from_address`` is whose it is, ``name <address>`` or an address.

    ``settings`` are kept and given back, and steer nothing.
    """

    credentials: SmtpAddress
    name: ProviderName = "smtp"
    enabled: bool = True
    default_from_address: str = ""
    settings: dict[str, Any] = {}
    sealed_password: str = ""


class MailProviders:
    """Seals and opens passwords of tenants' mail servers."""

    def __init__(self, master_key: MasterKey) -> None:
        self._master_key = master_key

    def sealed(self, tenant_id: str, password: str) -> str:
        """The password as it is kept; "" for none."""
        return self._master_key.seal(password, _place(tenant_id)) if password else ""

    def password(self, tenant_id: str, provider: EmailProvider) -> str:
        """The password, "" for none. Raises ``Unsealable`` when it was sealed under another master key."""
        sealed = provider.sealed_password
        return self._master_key.unseal(sealed, _place(tenant_id)) if sealed else ""

    def is_password(self, tenant_id: str, provider: EmailProvider, password: str) -> bool:
        """Whether that is the password now, as far as it can be read."""
        try:
            return self.password(tenant_id, provider) == password
        except Unsealable:
            return False

    def relay(self, tenant_id: str, provider: EmailProvider) -> SmtpRelay:
        """The mail server as a relay. Raises ``Unsealable``."""
        address = provider.credentials
        return SmtpRelay(
            host=address.smtp_host,
            port=address.smtp_port,
            username=address.smtp_user,
            password=self.password(tenant_id, provider),
            implicit_tls=address.smtp_port == IMPLICIT_TLS_PORT,
            set_in=WHERE_IT_IS_SET,
        )


def _place(tenant_id: str) -> str:
    return f"{tenant_id}/email_provider"
