"""Every store by name, over one database."""

from dataclasses import dataclass

from gatewright.storage.apis import SqlApis
from gatewright.storage.attempts import SqlAttempts
from gatewright.storage.authorizations import SqlAuthorizations
from gatewright.storage.cache import RevisionCache
from gatewright.storage.clients import SqlClients
from gatewright.storage.connections import SqlConnections
from gatewright.storage.consents import SqlConsents
from gatewright.storage.database import Database
from gatewright.storage.denied_tokens import SqlDeniedTokens
from gatewright.storage.invitations import SqlInvitations
from gatewright.storage.jobs import SqlJobs
from gatewright.storage.log_progress import SqlLogProgress
from gatewright.storage.log_streams import SqlLogStreams
from gatewright.storage.login import SqlTickets, SqlTransactions
from gatewright.storage.login_tickets import SqlLoginTickets
from gatewright.storage.logs import SqlLogs
from gatewright.storage.looks import SqlLooks
from gatewright.storage.mail_settings import SqlMailSettings
from gatewright.storage.members import SqlMembers
from gatewright.storage.messages import SqlOutbox
from gatewright.storage.one_time_codes import SqlOneTimeCodes
from gatewright.storage.organizations import SqlOrganizations
from gatewright.storage.roles import SqlRoles
from gatewright.storage.sessions import SqlSessions
from gatewright.storage.signing_keys import SqlSigningKeys
from gatewright.storage.tenants import SqlTenants
from gatewright.storage.users import SqlUsers


@dataclass(frozen=True, slots=True)
class Stores:
    """What is remembered, by kind."""

    tenants: SqlTenants
    signing_keys: SqlSigningKeys
    clients: SqlClients
    apis: SqlApis
    connections: SqlConnections
    users: SqlUsers
    roles: SqlRoles
    organizations: SqlOrganizations
    members: SqlMembers
    invitations: SqlInvitations
    consents: SqlConsents
    sessions: SqlSessions
    logs: SqlLogs
    attempts: SqlAttempts
    authorizations: SqlAuthorizations
    transactions: SqlTransactions
    tickets: SqlTickets
    login_tickets: SqlLoginTickets
    one_time_codes: SqlOneTimeCodes
    outbox: SqlOutbox
    mail_settings: SqlMailSettings
    looks: SqlLooks
    denied_tokens: SqlDeniedTokens
    jobs: SqlJobs
    log_streams: SqlLogStreams
    log_progress: SqlLogProgress

    @classmethod
    def over(cls, database: Database) -> "Stores":
        """The stores of one database, sharing one cache of configuration."""
        cache = RevisionCache(database)
        return cls(
            tenants=SqlTenants(database, cache),
            signing_keys=SqlSigningKeys(database, cache),
            clients=SqlClients(database, cache),
            apis=SqlApis(database, cache),
            connections=SqlConnections(database, cache),
            users=SqlUsers(database),
            roles=SqlRoles(database, cache),
            organizations=SqlOrganizations(database, cache),
            members=SqlMembers(database),
            invitations=SqlInvitations(database),
            consents=SqlConsents(database),
            sessions=SqlSessions(database),
            logs=SqlLogs(database),
            attempts=SqlAttempts(database),
            authorizations=SqlAuthorizations(database),
            transactions=SqlTransactions(database),
            tickets=SqlTickets(database),
            login_tickets=SqlLoginTickets(database),
            one_time_codes=SqlOneTimeCodes(database),
            outbox=SqlOutbox(database),
            mail_settings=SqlMailSettings(database, cache),
            looks=SqlLooks(database, cache),
            denied_tokens=SqlDeniedTokens(database, cache),
            jobs=SqlJobs(database),
            log_streams=SqlLogStreams(database, cache),
            log_progress=SqlLogProgress(database),
        )
