"""What a tenant is now, as far as a tenant file speaks of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gatewright.apis import Api, ApiStore, ClientGrant
from gatewright.clients import Client, ClientStore
from gatewright.connections import Connection, ConnectionStore
from gatewright.jose import KEY_ALGORITHMS, KeyStore
from gatewright.kernel.errors import Invalid
from gatewright.log_streams import LogStream, LogStreamStore
from gatewright.messages import EmailProvider, EmailTemplate, MailSettingsStore
from gatewright.organizations import Organization, OrganizationStore
from gatewright.provisioning.document import Document
from gatewright.provisioning.entry_kinds import UserEntry
from gatewright.roles import Role, RoleStore
from gatewright.tenants import (
    BrandingTheme,
    CustomText,
    LooksStore,
    PageTemplate,
    PromptSettings,
    Tenant,
    TenantStore,
)
from gatewright.users import Identifier, User, UserStore, email_identifier, username_identifier
from gatewright.users.identifiers import normalised

LONGEST_USERNAME = 128
DATABASE = "auth0"
"""The strategy of databases."""


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is read and written here, by protocol."""

    tenants: TenantStore
    apis: ApiStore
    clients: ClientStore
    connections: ConnectionStore
    roles: RoleStore
    organizations: OrganizationStore
    users: UserStore
    keys: KeyStore
    mail: MailSettingsStore
    looks: LooksStore
    log_streams: LogStreamStore


@dataclass(frozen=True, slots=True)
class Person:
    """A user with what belongs to them. ``roles`` are ids; ``password_hash`` is encoded argon2id."""

    user: User
    password_hash: str | None = field(default=None, repr=False)
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Whom an entry of ``users`` is about, and to whom the identifiers in it belong now."""

    person: Person | None = None
    owners: Mapping[Identifier, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TenantState:
    """A tenant at one moment. ``people`` are those a file speaks of, by the path of their entry.

    ``key_algorithms`` are those with a key that signs and one that will.
    """

    tenant: Tenant | None = None
    apis: tuple[Api, ...] = ()
    clients: tuple[Client, ...] = ()
    grants: tuple[ClientGrant, ...] = ()
    connections: tuple[Connection, ...] = ()
    roles: tuple[Role, ...] = ()
    organizations: tuple[Organization, ...] = ()
    theme: BrandingTheme | None = None
    page: PageTemplate | None = None
    prompts: PromptSettings = field(default_factory=PromptSettings)
    texts: tuple[CustomText, ...] = ()
    provider: EmailProvider | None = None
    email_templates: tuple[EmailTemplate, ...] = ()
    log_streams: tuple[LogStream, ...] = ()
    key_algorithms: frozenset[str] = frozenset()
    people: Mapping[str, Person] = field(default_factory=dict)

    @property
    def known_tenant(self) -> Tenant:
        """The tenant, which whoever changes it knows to be there."""
        assert self.tenant is not None, "editing knows the tenant"
        return self.tenant

    @property
    def databases(self) -> tuple[Connection, ...]:
        """The connections that the section ``databases`` speaks of."""
        return tuple(connection for connection in self.connections if connection.strategy == DATABASE)

    @property
    def other_connections(self) -> tuple[Connection, ...]:
        """The connections that the section ``connections`` speaks of."""
        return tuple(connection for connection in self.connections if connection.strategy != DATABASE)

    @property
    def system_api(self) -> Api | None:
        """The management API."""
        return next((api for api in self.apis if api.is_system), None)


async def load_state(stores: Stores, tenant_id: str) -> TenantState:
    """The tenant as it is, without its users."""
    ring = await stores.keys.ring(tenant_id)
    mail, looks = await stores.mail.get(tenant_id), await stores.looks.get(tenant_id)
    return TenantState(
        tenant=await stores.tenants.get(tenant_id),
        apis=tuple(await stores.apis.all(tenant_id)),
        clients=tuple(await stores.clients.all(tenant_id)),
        grants=tuple(await stores.apis.grants(tenant_id)),
        connections=tuple(await stores.connections.all(tenant_id)),
        roles=tuple(await stores.roles.all(tenant_id)),
        organizations=tuple(await stores.organizations.all(tenant_id)),
        theme=looks.theme,
        page=looks.page,
        prompts=looks.prompts,
        texts=looks.texts,
        provider=mail.provider,
        email_templates=mail.templates,
        log_streams=tuple(await stores.log_streams.all(tenant_id)),
        key_algorithms=frozenset(alg for alg in KEY_ALGORITHMS if ring.current(alg) and ring.next(alg)),
    )


async def find_people(
    stores: Stores, document: Document, state: TenantState, tenant_id: str
) -> dict[str, Match]:
    """Whom each entry of ``users`` is about: by its ``user_id``, else by e-mail address, else by username.

    Nobody whose connection is gone: they are being removed.
    """
    connections = frozenset(connection.name for connection in state.connections)
    found = {}
    for entry in document.users or ():
        found[entry.path] = await _match(stores, tenant_id, entry.value, connections)
    return found


async def _match(stores: Stores, tenant_id: str, entry: UserEntry, connections: frozenset[str]) -> Match:
    owners: dict[Identifier, str] = {}
    for identifier in readable_identifiers(entry):
        owner = await stores.users.credentials(tenant_id, entry.connection, identifier)
        if owner is not None and owner.user.connection in connections:
            owners[identifier] = owner.user.user_id
    user_id = full_user_id(entry.user_id) or next(iter(owners.values()), "")
    user = await stores.users.get(tenant_id, user_id) if user_id else None
    is_there = user is not None and user.connection in connections
    return Match(await person(stores, tenant_id, user) if user and is_there else None, owners)


async def person(stores: Stores, tenant_id: str, user: User) -> Person:
    """The user with password and roles."""
    return Person(
        user=user,
        password_hash=await stores.users.password_hash(tenant_id, user.user_id),
        roles=frozenset(await stores.roles.held_by(tenant_id, user.user_id)),
    )


def full_user_id(written: str) -> str:
    """The id from how a file writes it, where ``auth0|`` may be left out; "" stays ""."""
    return written if "|" in written or not written else f"auth0|{written}"


def identifiers_of(user: User) -> tuple[Identifier, ...]:
    """The identifiers a user of a database is known by."""
    email = (Identifier("email", normalised(user.email)),) if user.email else ()
    username = (Identifier("username", normalised(user.username)),) if user.username else ()
    return (*email, *username)


def readable_identifiers(entry: UserEntry) -> Iterator[Identifier]:
    """The identifiers written in an entry, as far as they are well-formed."""
    try:
        if entry.email:
            yield email_identifier(entry.email)
    except Invalid:
        pass
    try:
        if entry.username:
            yield username_identifier(entry.username, longest=LONGEST_USERNAME)
    except Invalid:
        pass
