"""Clients as they shall be."""

from collections.abc import Mapping

from gatewright.clients import Client, Clients, ClientSecret, ClientSettings, secret_matches
from gatewright.kernel import ids
from gatewright.provisioning.defaults import auth_method, grant_types, jwt_configuration
from gatewright.provisioning.entry_kinds import ClientEntry
from gatewright.provisioning.management import DEVELOPMENT_CLIENT
from gatewright.provisioning.reading import Entry
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.credentials import target_credentials
from gatewright.provisioning.target.wish import Wish, dated, merged, settings_of


def target_clients(state: TenantState, wish: Wish, clients: Clients) -> tuple[Client, ...]:
    """Clients, matched by id, and by name where the file gives no id; the system's own stays."""
    known = {client.client_id: client for client in state.clients}
    entries = wish.document.clients
    made = {key: client for key, client in known.items() if key == DEVELOPMENT_CLIENT}
    written = {entry.value.client_id for entry in entries or ()} | {DEVELOPMENT_CLIENT}
    by_name = {client.name: client.client_id for key, client in known.items() if key not in written}
    chosen = [e.value.client_id or by_name.get(e.value.name) or ids.client_id() for e in entries or ()]
    named = {e.value.name: client_id for e, client_id in zip(entries or (), chosen, strict=True)}
    called = {client.name: client.client_id for client in known.values()} | named
    for entry, client_id in zip(entries or (), chosen, strict=True):
        made[client_id] = client_of(entry, client_id, called, known.get(client_id), wish, clients)
    return merged(known, made, wish, is_written=entries is not None)


def client_of(
    entry: Entry[ClientEntry],
    client_id: str,
    called: Mapping[str, str],
    current: Client | None,
    wish: Wish,
    clients: Clients,
) -> Client:
    """The client of an entry; ``called`` are the ids of clients by their names."""
    allowed = (called.get(name, name) for name in entry.value.allowed_clients)
    chosen = {
        "grant_types": grant_types(entry),
        "token_endpoint_auth_method": auth_method(entry),
        "jwt_configuration": jwt_configuration(entry),
        "allowed_clients": tuple(dict.fromkeys(allowed)),
    }
    return dated(
        Client,
        current,
        wish.now,
        **settings_of(ClientSettings, entry.value) | chosen,
        client_id=client_id,
        secrets=_secrets(entry, client_id, current, wish, clients),
        credentials=target_credentials(entry.value.client_authentication_methods, current, wish.now),
    )


def _secrets(
    entry: Entry[ClientEntry], client_id: str, current: Client | None, wish: Wish, clients: Clients
) -> tuple[ClientSecret, ...]:
    """The secrets accepted: the one written, else those there are, else a new one for who needs one."""
    written, kept = entry.value.client_secret, current.secrets if current else ()
    if written:
        if kept and secret_matches(written, kept[-1:]):
            return kept
        return (clients.sealed(wish.tenant_id, client_id, written, wish.now),)
    is_by_key = entry.value.client_authentication_methods is not None
    needs_one = (auth_method(entry) != "none" and not is_by_key) or jwt_configuration(entry).alg == "HS256"
    if kept or not needs_one:
        return kept
    return (clients.sealed(wish.tenant_id, client_id, ids.client_secret(), wish.now),)
