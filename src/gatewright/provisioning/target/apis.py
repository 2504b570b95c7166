"""APIs and client grants as they shall be."""

from gatewright.apis import Api, Apis, ApiSettings, ClientGrant
from gatewright.jose import Unsealable
from gatewright.kernel import ids
from gatewright.provisioning.defaults import web_lifetime
from gatewright.provisioning.entry_kinds import ApiEntry, GrantEntry
from gatewright.provisioning.management import DEVELOPMENT_CLIENT
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.wish import Wish, client_ids, dated, merged, settings_of


def target_apis(state: TenantState, wish: Wish, apis: Apis) -> tuple[Api, ...]:
    """The tenant's own APIs, matched by identifier; the system's is not among them."""
    known = {api.identifier: api for api in state.apis if not api.is_system}
    entries = wish.document.apis
    made = [api_of(entry, known.get(entry.value.identifier), wish, apis) for entry in entries or ()]
    return merged(known, {api.identifier: api for api in made}, wish, is_written=entries is not None)


def target_grants(wanted: TenantState, wish: Wish) -> tuple[ClientGrant, ...]:
    """Client grants, matched by client and audience; those of the system stay."""
    known = {(grant.client_id, grant.audience): grant for grant in wanted.grants}
    made = {key: grant for key, grant in known.items() if key[0] == DEVELOPMENT_CLIENT}
    clients = client_ids(wanted.clients, wish.document)
    for entry in wish.document.grants or ():
        key = (clients[entry.value.client_id], entry.value.audience)
        made[key] = grant_of(entry.value, key[0], known.get(key))
    return merged(known, made, wish, is_written=wish.document.grants is not None)


def grant_of(written: GrantEntry, client_id: str, current: ClientGrant | None) -> ClientGrant:
    """The grant of an entry for the client it names."""
    return ClientGrant(
        grant_id=current.grant_id if current else ids.client_grant_id(),
        client_id=client_id,
        audience=written.audience,
        scope=tuple(dict.fromkeys(written.scope)),
        organization_usage=written.organization_usage,
        allow_any_organization=written.allow_any_organization,
    )


def api_of(entry: Entry[ApiEntry], current: Api | None, wish: Wish, apis: Apis, *, api_id: str = "") -> Api:
    """The API of an entry, which is about ``current`` or a new one; ``api_id`` is for the new one."""
    api_id = current.api_id if current else api_id or ids.hexadecimal()
    return dated(
        Api,
        current,
        wish.now,
        **settings_of(ApiSettings, entry.value) | {"token_lifetime_for_web": web_lifetime(entry)},
        api_id=api_id,
        sealed_secret=_sealed_secret(entry.value, api_id, current, wish.tenant_id, apis),
    )


def _sealed_secret(written: ApiEntry, api_id: str, current: Api | None, tenant_id: str, apis: Apis) -> str:
    if written.signing_alg != "HS256":
        return ""
    kept = current.sealed_secret if current else ""
    secret = written.signing_secret
    if not secret or (current is not None and kept and _shared_now(tenant_id, current, apis) == secret):
        return kept
    return apis.sealed_secret(tenant_id, api_id, secret)


def _shared_now(tenant_id: str, api: Api, apis: Apis) -> str | None:
    """The secret shared now; ``None`` when it was sealed under a master key that is gone."""
    try:
        return apis.secret(tenant_id, api)
    except Unsealable:
        return None
