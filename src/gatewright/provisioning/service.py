"""What one may do with a tenant file: plan it, apply it, write it down."""

from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from gatewright.apis import Apis
from gatewright.clients import Clients
from gatewright.connections import Connections, Leftovers
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Conflict, Invalid, Unavailable
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Duplicate, Unmatched
from gatewright.log_streams import LogStreams
from gatewright.messages import MailProviders
from gatewright.provisioning.changes import unit_of
from gatewright.provisioning.checks.references import Known, known_names
from gatewright.provisioning.checks.rules import check_document, warnings_of
from gatewright.provisioning.document import Document, located
from gatewright.provisioning.events import TenantProvisioned
from gatewright.provisioning.management import MANAGEMENT_SCOPES, reserved_identifiers
from gatewright.provisioning.passwords import NewPasswords, weak_passwords
from gatewright.provisioning.plan import Plan, Step, plan_of
from gatewright.provisioning.problems import InvalidFile
from gatewright.provisioning.state import Match, Stores, TenantState, find_people, load_state
from gatewright.provisioning.target.tenant import target_state
from gatewright.provisioning.target.wish import Wish
from gatewright.users import PasswordChanged, PasswordHasher, UserBlocked

MOST_STEPS_LOGGED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A document, the tenant it is for, and that tenant's canonical issuer (with its slash).

    ``only_missing`` and ``management_client`` are those of ``Wish``.
    """

    document: Document
    tenant_id: str
    issuer: str
    only_missing: bool = False
    management_client: bool = False


class Provisioning:
    """Makes tenants equal to their files, each in one unit of work with its record in the audit log."""

    def __init__(
        self,
        stores: Stores,
        bus: Bus,
        clients: Clients,
        apis: Apis,
        connections: Connections,
        log_streams: LogStreams,
        keys: SigningKeys,
        hasher: PasswordHasher,
        leftovers: Leftovers,
        providers: MailProviders,
        clock: Clock,
    ) -> None:
        self._stores = stores
        self._providers = providers
        self._leftovers = leftovers
        self._bus = bus
        self._clients = clients
        self._apis = apis
        self._connections = connections
        self._log_streams = log_streams
        self._keys = keys
        self._passwords = NewPasswords(hasher)
        self._clock = clock

    async def plan(self, order: Order) -> Plan:
        """What would have to happen; changes nothing.

        Raises ``InvalidFile`` with everything that is wrong with the document for this tenant.
        """
        await self._check_host(order)
        state = await load_state(self._stores, order.tenant_id)
        people = await find_people(self._stores, order.document, state, order.tenant_id)
        known = known_names(order.document, state, _system_apis(order.issuer))
        _check(order, state, known, people)
        wish = Wish(
            tenant_id=order.tenant_id,
            issuer=order.issuer,
            document=order.document,
            now=self._clock.now(),
            only_missing=order.only_missing,
            management_client=order.management_client,
            people=people,
            hashes=await self._hashes(order, known, people),
        )
        plan = plan_of(state, self._target(state, wish), people)
        made = _made_secrets(plan, order.document)
        return replace(plan, warnings=(*warnings_of(order.document), *made, *_lost_people(plan)))

    def _target(self, state: TenantState, wish: Wish) -> TenantState:
        return target_state(
            state,
            wish,
            self._clients,
            self._apis,
            self._connections,
            self._log_streams,
            self._providers,
        )

    async def apply(self, plan: Plan) -> None:
        """Makes the plan happen, all of it or nothing.

        Nobody comes in through a deleted database from then on. Its users are removed afterwards, batch by
        batch; where that is cut short, the server's housekeeping goes on with it.
        Raises ``Conflict`` when the tenant was changed since the plan was made.
        """
        if not plan.steps:
            return
        tenant_id, now = plan.tenant.tenant_id, self._clock.now()
        unit = await unit_of(plan, self._stores, self._keys, now)
        # The plan takes no notice of people whose database is gone: they must not be in its way.
        await self._leftovers.remove_of(tenant_id)
        try:
            await self._bus.commit((*unit, self._stores.tenants.touched(tenant_id)), *_events(plan, now))
        except (Unmatched, Duplicate):
            raise Conflict(
                f"tenant {tenant_id} was changed meanwhile; nothing was applied, try again"
            ) from None
        with suppress(Unavailable):
            await self._leftovers.remove_of(tenant_id)

    async def _check_host(self, order: Order) -> None:
        owner = await self._stores.tenants.id_of_host(urlsplit(order.issuer).netloc)
        if owner not in (None, order.tenant_id):
            raise Invalid(f"{order.issuer} belongs to tenant {owner!r}; wanted: an issuer of its own")

    async def _hashes(self, order: Order, known: Known, people: dict[str, Match]) -> dict[str, str]:
        new = await self._passwords.entries(order.document, people, only_missing=order.only_missing)
        weak = weak_passwords(new, known.databases)
        if weak:
            raise InvalidFile(located(weak, order.document.source))
        return await self._passwords.hashes(new)


def _lost_people(plan: Plan) -> list[str]:
    """Which users an omission in the file costs."""
    words = "is deleted with all its users, their roles and consents; there is no way back"
    return [
        f"{step.kind}s: {step.label} {words}"
        for step in plan.steps
        if step.kind in ("database", "connection") and step.action == "delete"
    ]


def _made_secrets(plan: Plan, document: Document) -> list[str]:
    """Which new clients get a secret that nobody knows yet."""
    silent = {
        entry.value.name: entry.path for entry in document.clients or () if "client_secret" not in entry.given
    }
    return [
        f"{silent[step.label]}: gets a secret; gatewright export --with-secrets shows it"
        for step in plan.steps
        if step.kind == "client" and step.action == "create" and step.label in silent and step.after.secrets
    ]


def _system_apis(issuer: str) -> dict[str, frozenset[str]]:
    return {f"{issuer}api/v2/": frozenset(MANAGEMENT_SCOPES)}


def _check(order: Order, state: TenantState, known: Known, people: dict[str, Match]) -> None:
    reserved = reserved_identifiers(order.issuer)
    problems = [*check_document(order.document, state, known, people, reserved)]
    if problems:
        raise InvalidFile(located(problems, order.document.source))


def _events(plan: Plan, now: int) -> list[Event]:
    tenant_id = plan.tenant.tenant_id
    done = [f"{step.action} {step.kind} {step.label}" for step in plan.steps]
    counts = {action: plan.count(action) for action in ("create", "update", "delete")}
    event = TenantProvisioned(
        tenant_id=tenant_id,
        at=now,
        description="Tenant file applied",
        details={**counts, "steps": done[:MOST_STEPS_LOGGED]},
    )
    users = [step for step in plan.steps if step.kind == "user" and step.action == "update"]
    return [event, *(told for step in users for told in _of_user(step, plan, now))]


def _of_user(step: Step, plan: Plan, now: int) -> list[Event]:
    """What sessions and tokens of a user must hear of."""
    before, after = step.before, step.after
    about = {"tenant_id": plan.tenant.tenant_id, "at": now, "user_id": after.user.user_id}
    found: list[Event] = []
    if before.password_hash != after.password_hash:
        found.append(PasswordChanged(**about, user_name=after.user.email, connection=after.user.connection))
    if after.user.blocked and not before.user.blocked:
        found.append(UserBlocked(**about, user_name=after.user.email))
    return found
