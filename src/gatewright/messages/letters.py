"""Messages as a tenant wants them: whose they are, and in its own words where it has some."""

import importlib
from collections.abc import Mapping
from typing import Any, Protocol

from gatewright.messages.composer import Composer
from gatewright.messages.email_template import EmailTemplate
from gatewright.messages.letterhead import Correspondent
from gatewright.messages.model import MailKind, Message
from gatewright.messages.settings import MailSettingsStore

_CHOSEN_BY_PEOPLE = ("name", "nickname", "given_name", "family_name", "username", "user_metadata")


class Tenant(Correspondent, Protocol):
    """In whose name a message is written, and whose decisions about mail hold."""

    @property
    def tenant_id(self) -> str:
        """Its id."""
        ...


class Letters:
    """Writes messages by what their tenant decided about mail."""

    def __init__(self, composer: Composer, store: MailSettingsStore) -> None:
        self._composer = composer
        self._store = store

    async def write(
        self,
        kind: MailKind,
        *,
        tenant: Tenant,
        locale: str,
        to: str,
        link: str = "",
        code: str = "",
        user_name: str = "",
        user: Mapping[str, Any] | None = None,
        client: Mapping[str, str] | None = None,
        connection: str = "",
        inviter: str = "",
        organization: str = "",
        expires_in: int = 0,
    ) -> Message:
        """The message of ``kind``, as ``Composer.compose`` has it, or as the tenant's template has it.

        ``user_name`` is who is greeted. Templates can say of ``user`` the fields given, and of ``client``,
        the application that it is about, ``name``, ``clientID`` and ``callback_domain``; of an invitation who
        the ``inviter`` is, and into which ``organization``.
        """
        decided, user, client = await self._store.get(tenant.tenant_id), user or {}, client or {}
        standard = self._composer.compose(
            kind,
            tenant=tenant,
            locale=locale,
            to=to,
            sender=decided.sender,
            link=link,
            code=code,
            user_name=user_name,
            client_name=client.get("name", ""),
            inviter=inviter,
            organization=organization,
            expires_in=expires_in,
        )
        template = decided.template(kind)
        if template is None:
            return standard
        about: dict[str, Any] = {
            "url": link,
            "code": code,
            "email": standard.to,
            "request_language": locale,
            "inviter": {"name": inviter},
            "organization": {"name": organization, "display_name": organization},
        }
        values = {**_of_tenant(tenant, client, connection), **about, "user": {**user, "email": standard.to}}
        message: Message = _wording().reworded(
            standard, template, _harmless(values), own_address=decided.has_own_server
        )
        return message

    async def template(self, tenant: Tenant, kind: MailKind) -> EmailTemplate | None:
        """The tenant's template of that kind, if it has one that is enabled."""
        return (await self._store.get(tenant.tenant_id)).template(kind)

    def result_url(self, template: EmailTemplate, tenant: Tenant, client: Mapping[str, str]) -> str:
        """Where the page behind a mailed link leads by the template, "" when that does not say."""
        if not template.result_url:
            return ""
        return str(_wording().result_url(template, _harmless(_of_tenant(tenant, client, ""))))


def _of_tenant(tenant: Tenant, client: Mapping[str, str], connection: str) -> dict[str, Any]:
    """What a template can say of tenant and application."""
    application = {**client, "name": client.get("name") or tenant.name}
    return {
        "application": application,
        "client": application,
        "connection": {"name": connection},
        "tenant": tenant.tenant_id,
        "friendly_name": tenant.name,
        "support_email": tenant.settings.support_email,
        "support_url": tenant.settings.support_url,
        "user": {},
    }


def _harmless(values: Mapping[str, Any]) -> dict[str, Any]:
    made, safe = dict(values), _wording().harmless_values
    made["user"] = {
        name: safe(held) if name in _CHOSEN_BY_PEOPLE else held for name, held in made["user"].items()
    }
    made["application"] = {**made["application"], "name": safe(made["application"]["name"])}
    for party in ("inviter", "organization"):
        made[party] = {name: safe(held) for name, held in made.get(party, {}).items()}
    made["client"], made["friendly_name"] = made["application"], safe(made["friendly_name"])
    return made


def _wording() -> Any:
    # templates are the exception, and what reads them takes long to load
    return importlib.import_module("gatewright.messages.wording")
