"""The platform → the management API. Imported by the first request for it, and by nothing before."""

from gatewright.app.administration import (
    build_link_administration,
    build_user_administration,
    build_user_search,
)
from gatewright.app.platform import Platform, reach_of
from gatewright.app.provisioning import provisioning_stores
from gatewright.management.access import Access
from gatewright.management.answering import Answering
from gatewright.management.app import ManagementApi
from gatewright.management.exports import Exports
from gatewright.management.invitations import Inviting
from gatewright.management.link_proof import LinkProofs
from gatewright.management.rates import CallRates
from gatewright.management.routes import Needs, operations_of, resources
from gatewright.management.txt_records import DnsTxtRecords
from gatewright.oauth.bearer import BearerTokens
from gatewright.oauth.id_token_keys import IdTokenKeys
from gatewright.protection import Blocks
from gatewright.provisioning.editing import Editing
from gatewright.storage.family_index import SqlFamilyIndex
from gatewright.storage.log_search import SqlLogIndex
from gatewright.storage.stats import SqlStats


def build_management(platform: Platform) -> ManagementApi:
    """The management API of every tenant."""
    clock = platform.clock
    editing = Editing(
        stores=provisioning_stores(platform),
        bus=platform.bus,
        keys=platform.keys,
        leftovers=platform.leftovers,
        clock=clock,
    )
    tokens = BearerTokens(
        store=platform.stores.authorizations,
        keys=platform.keys,
        clients=platform.clients,
        connections=platform.connections,
        clock=clock,
    )
    access = Access(
        tokens=tokens,
        denied=platform.stores.denied_tokens,
        apis=platform.apis,
        roles=platform.roles,
        limiter=platform.limiter,
    )
    exports = Exports(platform.jobs, platform.master_key, platform.limiter, platform.bus, clock)
    needs = Needs(
        editing=editing,
        clients=platform.clients,
        client_store=platform.stores.clients,
        apis=platform.apis,
        connections=platform.connections,
        user_search=build_user_search(platform),
        user_administration=build_user_administration(platform),
        link_administration=build_link_administration(platform),
        link_proofs=LinkProofs(
            IdTokenKeys(platform.keys, platform.clients, platform.master_key),
            platform.clients,
            platform.stores.users,
        ),
        tickets=platform.stores.tickets,
        mailing=platform.mailing,
        jobs=platform.jobs,
        transfers=platform.transfers,
        exports=exports,
        hasher=platform.hasher,
        roles=platform.roles,
        role_store=platform.stores.roles,
        user_store=platform.stores.users,
        organizations=platform.stores.organizations,
        members=platform.stores.members,
        inviting=Inviting(
            organizations=platform.stores.organizations,
            invitations=platform.stores.invitations,
            clients=platform.clients,
            roles=platform.roles,
            letters=platform.letters,
            outbox=platform.outbox,
            bus=platform.bus,
        ),
        connection_store=platform.stores.connections,
        keys=platform.keys,
        tenants=platform.stores.tenants,
        denied_tokens=platform.stores.denied_tokens,
        txt_records=DnsTxtRecords(platform.settings.outbound.name_servers),
        logs=platform.stores.logs,
        looks=platform.stores.looks,
        mail_settings=platform.stores.mail_settings,
        mail_providers=platform.mail_providers,
        reach=reach_of(platform.settings),
        log_streams=platform.log_streams,
        log_index=SqlLogIndex(platform.database),
        stats=SqlStats(platform.database),
        blocks=Blocks(platform.stores.attempts, clock),
        sessions=platform.stores.sessions,
        authorizations=platform.stores.authorizations,
        families=SqlFamilyIndex(platform.database),
        consents=platform.stores.consents,
        bus=platform.bus,
    )
    answering = Answering(access=access, rates=CallRates(clock), bus=platform.bus, clock=clock)
    return ManagementApi(operations_of(resources(needs)), answering, exports, clock)
