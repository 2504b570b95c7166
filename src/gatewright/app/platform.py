"""Settings and stores → the platform: everything that lives as long as the process."""

from dataclasses import dataclass

from gatewright.apis import Apis
from gatewright.audit import AuditRecorder
from gatewright.clients import Clients
from gatewright.connections import Connections, DatabaseConnection
from gatewright.jobs import Jobs
from gatewright.jose import MasterKey
from gatewright.jose.rotation import SigningKeys
from gatewright.kernel.clock import Clock, SystemClock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unit
from gatewright.log_streams import LogStreams
from gatewright.login import LoginTransactions
from gatewright.login.code_mailing import CodeMailing
from gatewright.login.mailing import Mailing
from gatewright.login.one_time_code import CodeHashes
from gatewright.login.one_time_code_proof import OneTimeCodeProof
from gatewright.login.password_proof import PasswordProof
from gatewright.messages import (
    Captured,
    Composer,
    Letters,
    MailProviders,
    Outbox,
    Reach,
    Sender,
    SmtpRelay,
    TenantTransports,
    Transport,
    smtp_transport,
)
from gatewright.messages.transports.absent import NoMailServer
from gatewright.organizations import Organizations
from gatewright.outbound import OutboundPolicy, Sending
from gatewright.outbound.on_demand import OnDemandDoor
from gatewright.outbound.policy import LOOPBACK
from gatewright.protection import AttemptLimiter
from gatewright.roles import Roles
from gatewright.sessions import Sessions
from gatewright.settings import Settings
from gatewright.storage.database import Database
from gatewright.storage.housekeeping import Housekeeping
from gatewright.storage.leftovers import Leftovers
from gatewright.storage.stores import Stores
from gatewright.streaming import Failures, StreamDelivery, Streaming
from gatewright.tenants import Tenants
from gatewright.transfer import Transfers, Worker
from gatewright.users import (
    IdentityUnlinked,
    PasswordChanged,
    PasswordHasher,
    UserBlocked,
    UserDeleted,
    Users,
)

_ENDING = (PasswordChanged, UserBlocked, UserDeleted, IdentityUnlinked)
"""Events after which nobody goes on with a session or a refresh token of the user."""

_DEV_SENDER = "login@localhost.localdomain"


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that lives as long as the process, wired."""

    settings: Settings
    database: Database
    clock: Clock
    stores: Stores
    bus: Bus
    master_key: MasterKey
    keys: SigningKeys
    tenants: Tenants
    clients: Clients
    apis: Apis
    connections: Connections
    users: Users
    roles: Roles
    organizations: Organizations
    sessions: Sessions
    logins: LoginTransactions
    hasher: PasswordHasher
    limiter: AttemptLimiter
    proof: PasswordProof
    code_proof: OneTimeCodeProof
    code_mailing: CodeMailing
    outbox: Outbox
    sender: Sender
    letters: Letters
    mail_providers: MailProviders
    mailing: Mailing
    jobs: Jobs
    transfers: Transfers
    worker: Worker
    leftovers: Leftovers
    housekeeping: Housekeeping
    outbound: Sending
    log_streams: LogStreams
    streaming: Streaming


def build_platform(
    settings: Settings,
    database: Database,
    *,
    clock: Clock | None = None,
    hasher: PasswordHasher | None = None,
) -> Platform:
    """Wires stores and services over ``database``; opens nothing."""
    clock = clock or SystemClock()
    stores, bus = Stores.over(database), Bus(database)
    bus.record_with(AuditRecorder(stores.logs))
    master_key = MasterKey(settings.secrets.master_key)
    hasher, limiter = hasher or PasswordHasher(), AttemptLimiter(stores.attempts, bus, clock)
    leftovers = Leftovers(database, bus, clock)
    users, hashes = Users(stores.users, bus, clock), CodeHashes(master_key)
    providers, transport = MailProviders(master_key), _transport(settings)
    own = TenantTransports(stores.mail_settings, providers, reach_of(settings))
    # what a developer's machine captures stays there, whoever's server a tenant file names
    leaves = not isinstance(transport, Captured)
    sender = Sender(stores.outbox, transport, bus, clock, master_key, own=own if leaves else None)
    outbox = Outbox(stores.outbox, master_key, clock, nudge=sender.nudge)
    connections = Connections(stores.connections, master_key)
    worker = Worker(stores.jobs, stores.users, connections, bus, clock)
    jobs = Jobs(stores.jobs, bus, clock, nudge=worker.nudge)
    log_streams = LogStreams(stores.log_streams, master_key)
    outbound = OnDemandDoor(outbound_policy(settings))
    composer = Composer(settings.mail.sender or _DEV_SENDER)
    letters = Letters(composer, stores.mail_settings)
    platform = Platform(
        settings=settings,
        database=database,
        clock=clock,
        stores=stores,
        bus=bus,
        master_key=master_key,
        keys=SigningKeys(stores.signing_keys, master_key, clock),
        tenants=Tenants(stores.tenants, stores.looks),
        clients=Clients(stores.clients, master_key),
        apis=Apis(stores.apis, master_key),
        connections=connections,
        users=users,
        roles=Roles(stores.roles),
        organizations=Organizations(stores.organizations, stores.members),
        sessions=Sessions(stores.sessions, clock),
        logins=LoginTransactions(stores.transactions, bus, clock),
        hasher=hasher,
        limiter=limiter,
        proof=PasswordProof(
            passwords=DatabaseConnection(stores.users, hasher, bus),
            limiter=limiter,
            bus=bus,
            clock=clock,
        ),
        outbox=outbox,
        sender=sender,
        letters=letters,
        mail_providers=providers,
        mailing=Mailing(stores.tickets, letters, outbox, clock),
        code_proof=OneTimeCodeProof(
            codes=stores.one_time_codes,
            hashes=hashes,
            users=users,
            user_store=stores.users,
            limiter=limiter,
            bus=bus,
            clock=clock,
        ),
        code_mailing=CodeMailing(
            codes=stores.one_time_codes,
            hashes=hashes,
            users=stores.users,
            limiter=limiter,
            letters=letters,
            outbox=outbox,
            bus=bus,
            clock=clock,
        ),
        jobs=jobs,
        transfers=Transfers(jobs, stores.users),
        worker=worker,
        leftovers=leftovers,
        housekeeping=Housekeeping(
            database, clock, leftovers, log_retention_days=settings.audit.retention_days
        ),
        log_streams=log_streams,
        streaming=Streaming(
            StreamDelivery(
                streams=log_streams,
                progress=stores.log_progress,
                logs=stores.logs,
                outbound=outbound,
                failures=Failures(stores.log_streams, stores.tenants, clock),
                bus=bus,
                clock=clock,
            ),
            log_streams,
            stores.log_progress,
        ),
        outbound=outbound,
    )
    _connect_nouns(platform)
    return platform


def _connect_nouns(platform: Platform) -> None:
    """What follows from what, in sight: nouns never meet, they hear.

    It follows in the very unit of the event, so no crash leaves access behind that was taken away.
    """
    authorizations, sessions = platform.stores.authorizations, platform.sessions

    def end_access(event: Event) -> Unit:
        if not isinstance(event, _ENDING) or event.user_id is None:
            return ()
        return (
            sessions.end_all_of(event.tenant_id, event.user_id),
            authorizations.revoke_all_of(event.tenant_id, event.user_id, event.at),
        )

    platform.bus.record_with(end_access)
    platform.bus.subscribe(Event, platform.streaming.hear)


def outbound_policy(settings: Settings) -> OutboundPolicy:
    """Where our own requests may go; under ``gatewright dev`` to this machine too."""
    allow = settings.outbound.allow
    return OutboundPolicy(
        networks=(*allow.networks, *(LOOPBACK if settings.dev else ())),
        hosts=allow.hosts,
        plain_loopback=settings.dev,
    )


def reach_of(settings: Settings) -> Reach:
    """Private places that the operator lets configured servers be in."""
    return Reach(settings.outbound.allow.networks, settings.outbound.allow.hosts)


def _transport(settings: Settings) -> Transport:
    smtp = settings.mail.smtp
    if smtp is not None:
        return smtp_transport(
            SmtpRelay(
                host=smtp.host,
                port=smtp.port,
                username=smtp.username,
                password=smtp.password,
                implicit_tls=smtp.implicit_tls,
                cleartext=smtp.cleartext,
            )
        )
    return Captured() if settings.dev else NoMailServer()
