"""For whom a client may ask an id_token at ``/delegation``."""

from gatewright.clients import Client
from gatewright.oauth.errors import AccessDenied


def check_target(source: Client, target: Client) -> None:
    """Raises ``AccessDenied`` unless ``source`` may get id_tokens for ``target``.

    A client may for itself. Else the target's ``allowed_clients`` decide; while it lists none,
    every first-party client of the tenant may.
    """
    if target.client_id == source.client_id or source.client_id in target.allowed_clients:
        return
    if not target.allowed_clients and source.is_first_party:
        return
    raise AccessDenied(
        f"Client {source.client_id} may not get tokens for {target.client_id}: "
        "add it to the target's allowed_clients."
    )
