"""Rules for claims as they shall be: with ids for names, and without what is gone."""

from collections.abc import Container, Iterator, Mapping

import msgspec

from gatewright.tenants import ClaimRule, Tenant


def with_client_ids(tenant: Tenant, called: Mapping[str, str]) -> Tenant:
    """The tenant whose rules name clients by id; ``called`` maps names and ids to ids."""
    rules = (_renamed(rule, called) for rule in tenant.settings.token_claims)
    return _with_rules(tenant, tuple(rules))


def without_lost(tenant: Tenant, clients: Container[str], audiences: Container[str]) -> Tenant:
    """The tenant without rules' clients and APIs that are gone.

    A rule that was for nobody else goes too: with an empty list it would be for everybody.
    """
    return _with_rules(tenant, tuple(_kept(tenant.settings.token_claims, clients, audiences)))


def _kept(
    rules: tuple[ClaimRule, ...], clients: Container[str], audiences: Container[str]
) -> Iterator[ClaimRule]:
    for rule in rules:
        still = tuple(client_id for client_id in rule.clients if client_id in clients)
        heard = tuple(audience for audience in rule.audiences if audience in audiences)
        if bool(still) == bool(rule.clients) and bool(heard) == bool(rule.audiences):
            yield msgspec.structs.replace(rule, clients=still, audiences=heard)


def _renamed(rule: ClaimRule, called: Mapping[str, str]) -> ClaimRule:
    ids = dict.fromkeys(called.get(name, name) for name in rule.clients)
    return msgspec.structs.replace(rule, clients=tuple(ids))


def _with_rules(tenant: Tenant, rules: tuple[ClaimRule, ...]) -> Tenant:
    settings = msgspec.structs.replace(tenant.settings, token_claims=rules)
    return msgspec.structs.replace(tenant, settings=settings)
