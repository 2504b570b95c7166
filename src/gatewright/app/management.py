"""The platform → the management API. Imported by the first request for it, and by nothing before."""

from gatewright.app.administration import build_user_search
from gatewright.app.platform import Platform, reach_of
from gatewright.app.provisioning import provisioning_stores
from gatewright.management.access import Access
from gatewright.management.answering import Answering
from gatewright.management.app import ManagementApi
from gatewright.management.rates import CallRates
from gatewright.management.routes import Needs, operations_of, resources
from gatewright.oauth.bearer import BearerTokens
from gatewright.provisioning.editing import Editing


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
    access = Access(tokens=tokens, apis=platform.apis, roles=platform.roles, limiter=platform.limiter)
    needs = Needs(
        editing=editing,
        clients=platform.clients,
        apis=platform.apis,
        user_search=build_user_search(platform),
        roles=platform.roles,
        role_store=platform.stores.roles,
        user_store=platform.stores.users,
        keys=platform.keys,
        tenants=platform.stores.tenants,
        logs=platform.stores.logs,
        looks=platform.stores.looks,
        mail_settings=platform.stores.mail_settings,
        mail_providers=platform.mail_providers,
        reach=reach_of(platform.settings),
        bus=platform.bus,
    )
    answering = Answering(access=access, rates=CallRates(clock), bus=platform.bus, clock=clock)
    return ManagementApi(operations_of(resources(needs)), answering, clock)
