"""``/emails/provider``: the mail server that takes the tenant's mail."""

from dataclasses import replace
from typing import get_args

from msgspec import to_builtins

from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, InvalidBody, NotSupported
from gatewright.management.query import FIELDS
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.messages import EmailProvider, MailProviders, MailSettingsStore, ProviderName, Reach
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import provider_entry
from gatewright.provisioning.entry_kinds import EmailProviderEntry
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.mail import provider_of

PATH = "/emails/provider"
KIND = "email_provider"
_BY_KEY = frozenset({"credentials"})
_LACKS = (
    "every kind but smtp (their services all take mail by SMTP too, with TLS); "
    "settings are kept and steer nothing"
)


class EmailProviderResource:
    """See ``resource.Resource``."""

    def __init__(
        self, editing: Editing, store: MailSettingsStore, providers: MailProviders, reach: Reach
    ) -> None:
        self._editing = editing
        self._store = store
        self._providers = providers
        self._reach = reach

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path=PATH,
                scopes=("read:email_provider",),
                summary="Read the e-mail provider, without its password.",
                run=self._read,
                query=FIELDS,
                shows=EmailProviderEntry,
                lacks=_LACKS,
            ),
            Operation(
                method="POST",
                path=PATH,
                scopes=("create:email_provider",),
                summary="Give the tenant an e-mail provider of its own.",
                run=self._create,
                status=201,
                body=Body(EmailProviderEntry),
                shows=EmailProviderEntry,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=PATH,
                scopes=("update:email_provider",),
                summary="Update the e-mail provider; another server needs the password sent again.",
                run=self._update,
                body=Body(EmailProviderEntry, partial=True),
                shows=EmailProviderEntry,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=PATH,
                scopes=("delete:email_provider",),
                summary="Remove the e-mail provider; mail leaves by the installation's server again.",
                run=self._delete,
                status=204,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown((await self._store.get(call.tenant_id)).provider))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            if state.provider is not None:
                raise Exists(KIND, "There is an e-mail provider already; update it, or delete it first.")
            return self._with(call, state, sent)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create an e-mail provider"))
        return call.one(_shown(state.provider))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            call.check_unchanged(_shown(state.provider))
            return self._with(call, state, merged(provider_entry(state.provider), sent, by_key=_BY_KEY))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update the e-mail provider"))
        return call.one(_shown(state.provider))

    async def _delete(self, call: Call) -> Answer:
        def edit(state: TenantState) -> TenantState:
            call.check_unchanged(_shown(state.provider))
            return replace(state, provider=None)

        await self._editing.change(call.tenant_id, edit, call.tell("Delete the e-mail provider"))
        return Answer()

    def _with(self, call: Call, state: TenantState, wanted: Sent) -> TenantState:
        """The tenant with the provider that is wanted, checked."""
        _check_kind(wanted)
        entry = entry_of(EmailProviderEntry, wanted)
        Draft(state.known_tenant, state, call.now).check("provider", entry)
        self._check_host(entry)
        made = provider_of(entry, state.provider, call.tenant_id, self._providers)
        return replace(state, provider=made)

    def _check_host(self, entry: Entry[EmailProviderEntry]) -> None:
        """An address is looked at now; what a name stands for, at each connection."""
        host = entry.value.credentials.smtp_host
        if self._reach.refuses_literal(host):
            raise InvalidBody(
                f"credentials.smtp_host: {host} is a private address; "
                "the operator can allow it with GATEWRIGHT_OUTBOUND_ALLOW"
            )


def _check_kind(wanted: Sent) -> None:
    """Raises ``NotSupported`` for a kind of provider that the wire knows and this server does not."""
    name = wanted.get("name")
    if name != "smtp" and name in get_args(ProviderName):
        raise NotSupported(f"name: {name} is not there; use smtp, which that service offers too.")


def _shown(provider: EmailProvider | None) -> Shown:
    """The provider without its password. Raises ``Inexistent`` when there is none."""
    if provider is None:
        raise Inexistent(KIND)
    return {"enabled": provider.enabled, **provider_entry(provider), "credentials": _address(provider)}


def _address(provider: EmailProvider) -> Shown:
    return {name: held for name, held in to_builtins(provider.credentials).items() if held != ""} | {
        "smtp_port": provider.credentials.smtp_port
    }
