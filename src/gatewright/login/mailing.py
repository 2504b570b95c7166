"""Mailed links: the ticket and the message that carries its secret, as changes of one unit."""

from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from gatewright.kernel.clock import Clock
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unit
from gatewright.kernel.urls import origin_of
from gatewright.login.store import TicketStore
from gatewright.login.tickets import LIFETIMES, Ticket, TicketKind, new_ticket
from gatewright.login.transaction import LoginTransaction
from gatewright.messages import EmailTemplate, Letters, MailKind, Outbox
from gatewright.tenants import Tenant
from gatewright.users import User
from gatewright.users.identifiers import normalised

PATHS: dict[TicketKind, str] = {"verify_email": "u/email-verification", "reset_password": "u/reset-verify"}
"""Where each kind of link leads."""

_SAYABLE = (
    "user_id",
    "email",
    "email_verified",
    "username",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "picture",
    "user_metadata",
    "app_metadata",
)

ONE_CLICK = 60
"""Seconds in which the same wish of the same person is the same click: a form sent twice, a page reloaded."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a message is for, in which language, and for which application (by id and name).

    ``state`` is the secret of the login transaction to come back to, if there is one.
    """

    user: User
    connection: str
    locale: str
    client_id: str = ""
    client_name: str = ""
    home_url: str = ""
    state: str = ""


def just_mailed(transaction: LoginTransaction, wish: str, address: str, now: int) -> bool:
    """Whether ``wish`` was granted for that address a moment ago, so that another mail is one too many."""
    return transaction.mailed == _mark(wish, address) and now - transaction.mailed_at < ONE_CLICK


def having_mailed(transaction: LoginTransaction, wish: str, address: str, now: int) -> LoginTransaction:
    """The transaction once ``wish`` was granted for that address, which the sign-in page then fills in."""
    asked = msgspec.structs.replace(transaction.asked, login_hint=address)
    return msgspec.structs.replace(transaction, asked=asked, mailed=_mark(wish, address), mailed_at=now)


def profile_of(user: User) -> dict[str, object]:
    """What a tenant's own words for a mail can say of a person."""
    return {name: held for name in _SAYABLE if (held := getattr(user, name)) not in ("", None)}


def _application(to: Addressee) -> dict[str, str]:
    return {
        "name": to.client_name,
        "clientID": to.client_id,
        "callback_domain": origin_of(to.home_url),
    }


def _mark(wish: str, address: str) -> str:
    return fingerprint(f"{wish} {normalised(address)}")


class Mailing:
    """Makes tickets and the mails that carry them."""

    def __init__(self, tickets: TicketStore, letters: Letters, outbox: Outbox, clock: Clock) -> None:
        self._tickets = tickets
        self._letters = letters
        self._outbox = outbox
        self._clock = clock

    async def link(self, tenant: Tenant, kind: TicketKind, to: Addressee) -> Unit:
        """A ticket and its mail; older tickets of the kind are void from now on.

        The link is built from the configured issuer, never from the request.
        """
        now, template = self._clock.now(), await self._letters.template(tenant, kind)
        lifetime = int(template.url_lifetime_in_seconds or LIFETIMES[kind]) if template else LIFETIMES[kind]
        secret, ticket = new_ticket(
            kind,
            to.user.user_id,
            email=to.user.email,
            connection=to.connection,
            client_id=to.client_id,
            client_name=to.client_name,
            home_url=to.home_url,
            locale=to.locale,
            now=now,
            lifetime=lifetime,
        )
        if template is not None:
            ticket = self._as_wanted(ticket, template, tenant, to)
        query = {"ticket": secret, **({"state": to.state} if to.state else {})}
        url = f"{tenant.url(PATHS[kind])}?{urlencode(query)}"
        return (
            self._tickets.void_others(tenant.tenant_id, to.user.user_id, kind, now),
            self._tickets.insert(tenant.tenant_id, ticket),
            await self._mail(tenant, kind, to, link=url, expires_in=lifetime),
        )

    async def notice(self, tenant: Tenant, kind: MailKind, to: Addressee) -> Change:
        """A mail without a ticket; its link leads to the transaction, if there is one."""
        link = f"{tenant.url('u/login')}?{urlencode({'state': to.state})}" if to.state else ""
        return await self._mail(tenant, kind, to, link=link, expires_in=0)

    def sent(self) -> None:
        """After the commit: tells the sender that there is something to send."""
        self._outbox.nudge()

    def _as_wanted(self, ticket: Ticket, template: EmailTemplate, tenant: Tenant, to: Addressee) -> Ticket:
        """The ticket, with where its page leads by the tenant's template."""
        url = self._letters.result_url(template, tenant, _application(to))
        return msgspec.structs.replace(ticket, result_url=url, tells_email=template.include_email_in_redirect)

    async def _mail(
        self, tenant: Tenant, kind: MailKind, to: Addressee, *, link: str, expires_in: int
    ) -> Change:
        message = await self._letters.write(
            kind,
            tenant=tenant,
            locale=to.locale,
            to=to.user.email,
            link=link,
            user_name=to.user.name,
            user=profile_of(to.user),
            client=_application(to),
            connection=to.connection,
            expires_in=expires_in,
        )
        return self._outbox.put(tenant.tenant_id, message)
