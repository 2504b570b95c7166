"""Keys of clients in tenant files."""

import json

from tests.provisioning.conftest import TENANT, Room
from tests.support.assertions import private_key, public_pem

KEY = json.dumps(public_pem(private_key()))
FILE = f"""
clients:
- name: Keyed
  client_id: keyed
  app_type: non_interactive
  client_authentication_methods:
    private_key_jwt:
      credentials: [{{name: First, pem: {KEY}, alg: PS256, expires_at: "2040-01-01T00:00:00Z"}}]
"""


async def test_applied_exported_and_applied_again(room: Room) -> None:
    """A key in the file counts, its client has no secret, and either form of the file changes nothing."""
    await room.apply(FILE)
    client = await room.client("keyed")
    (held,) = client.credentials
    assert (held.alg, held.enabled, client.secrets) == ("PS256", True, ())
    assert (await room.apply(FILE)).steps == ()
    assert (await room.apply(await room.export())).steps == ()
    other = await room.apply(await room.export(), tenant_id="copy", issuer="https://copy.example.test/")
    assert (other.count("update"), other.count("delete")) == (0, 0)


async def test_key_that_leaves_the_file(room: Room) -> None:
    """A file without the key is one by which the client proves itself by a secret again."""
    await room.apply(FILE)
    await room.apply("clients: [{name: Keyed, client_id: keyed, app_type: non_interactive}]")
    client = await room.client("keyed")
    assert (client.proves_itself_by_key, len(client.secrets), len(client.credentials)) == (False, 1, 1)


async def test_two_methods_are_refused(room: Room) -> None:
    """A method by secret beside a key is refused by its line."""
    text = FILE.replace("  app_type", "  token_endpoint_auth_method: client_secret_post\n  app_type")
    (problem,) = await room.problems(text)
    assert "clients[0].token_endpoint_auth_method: stands beside" in problem
    assert await room.platform.clients.get(TENANT, "keyed") is None
