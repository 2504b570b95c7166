"""Applications: redirect rules, origins, refresh token lifetimes, secrets."""

import msgspec
import pytest
from tests.support.world import SECRET, World

from gatewright.clients import Client
from gatewright.clients.model import RefreshTokenSettings
from gatewright.clients.secrets import secret_matches
from gatewright.jose import Unsealable

pytestmark = pytest.mark.anyio


def client(**fields: object) -> Client:
    return Client(client_id="c", name="C", **fields)  # type: ignore[arg-type]


def test_grants_must_be_listed() -> None:
    """A client may use the grants it lists and no other."""
    assert client(grant_types=("refresh_token",)).may_use("refresh_token")
    assert not client().may_use("refresh_token")


@pytest.mark.parametrize(("method", "public"), [("none", True), ("client_secret_post", False)])
def test_public_is_who_keeps_no_secret(method: str, public: bool) -> None:
    """A client is public if and only if it does not authenticate."""
    assert client(token_endpoint_auth_method=method).is_public is public


@pytest.mark.parametrize(
    ("app_type", "uri", "accepted"),
    [
        ("native", "http://127.0.0.1:54321/cb", True),
        ("native", "http://localhost:54321/cb", False),
        ("regular_web", "http://127.0.0.1:54321/cb", False),
        ("regular_web", "http://127.0.0.1/cb", True),
    ],
)
def test_any_loopback_port_is_for_native_applications(app_type: str, uri: str, accepted: bool) -> None:
    """Only a native application may come back at any port of a loopback address (RFC 8252 §7.3)."""
    made = client(app_type=app_type, callbacks=("http://127.0.0.1/cb", "http://localhost/cb"))
    assert made.accepts_redirect(uri) is accepted


def test_logout_has_a_list_of_its_own() -> None:
    """A callback is no place to go after logout, nor the other way round."""
    made = client(callbacks=("https://a.test/cb",), allowed_logout_urls=("https://a.test/bye",))
    assert made.accepts_logout_redirect("https://a.test/bye")
    assert not made.accepts_logout_redirect("https://a.test/cb")
    assert not made.accepts_redirect("https://a.test/bye")


def test_origins_of_scripts() -> None:
    """Scripts of listed origins and of the callbacks' origins may call; web messages go to web origins."""
    made = client(
        callbacks=("https://a.test/cb", "com.example.app://cb"),
        web_origins=("https://b.test/",),
        allowed_origins=("https://c.test",),
    )
    assert made.script_origins() == {"https://a.test", "https://b.test", "https://c.test"}
    assert made.web_message_origins() == {"https://b.test"}


@pytest.mark.parametrize(
    ("settings", "absolute", "idle"),
    [
        ({}, 1_000 + 2_592_000, 1_000 + 1_296_000),
        ({"token_lifetime": 10, "idle_token_lifetime": 5}, 1_010, 1_005),
        ({"expiration_type": "non-expiring"}, None, None),
        ({"infinite_token_lifetime": True}, None, 1_000 + 1_296_000),
        ({"infinite_idle_token_lifetime": True}, 1_000 + 2_592_000, None),
    ],
)
def test_refresh_token_lifetimes(settings: dict[str, object], absolute: int | None, idle: int | None) -> None:
    """A family of refresh tokens ends as its settings say, or never."""
    made = RefreshTokenSettings(**settings)  # type: ignore[arg-type]
    assert (made.absolute_expiry(1_000), made.idle_expiry(1_000)) == (absolute, idle)


async def test_secret_is_kept_as_hash_and_sealed(world: World) -> None:
    """A secret matches its fingerprint, comes back from its seal, and is nowhere in clear."""
    web = await world.platform.clients.get(world.tenant_id, "web")
    assert web is not None
    assert secret_matches(SECRET, web.secrets)
    assert not secret_matches(SECRET + "x", web.secrets)
    assert world.platform.clients.secret(world.tenant_id, web) == SECRET
    assert SECRET not in "\n".join(world.dump())


async def test_two_secrets_during_a_rotation(world: World) -> None:
    """While a secret is rotated both are accepted, and the newer one signs."""
    web = await world.platform.clients.get(world.tenant_id, "web")
    assert web is not None
    newer = world.platform.clients.sealed(world.tenant_id, "web", "a-newer-secret", 2)
    both = msgspec.structs.replace(web, secrets=(*web.secrets, newer))
    assert secret_matches(SECRET, both.secrets)
    assert secret_matches("a-newer-secret", both.secrets)
    assert world.platform.clients.secret(world.tenant_id, both) == "a-newer-secret"


async def test_sealed_secret_opens_in_its_own_place_only(world: World) -> None:
    """A sealed secret that was copied to another client or tenant does not open."""
    web = await world.platform.clients.get(world.tenant_id, "web")
    assert web is not None
    with pytest.raises(Unsealable):
        world.platform.clients.secret(world.tenant_id, msgspec.structs.replace(web, client_id="other"))
    with pytest.raises(Unsealable):
        world.platform.clients.secret("other", web)


async def test_client_without_secret_has_none(world: World) -> None:
    """A public client has no secret, and no secret matches it."""
    spa = await world.platform.clients.get(world.tenant_id, "spa")
    assert spa is not None
    assert world.platform.clients.secret(world.tenant_id, spa) is None
    assert not secret_matches("", spa.secrets)


async def test_client_of_another_tenant_is_not_there(world: World) -> None:
    """A client is known in its own tenant alone."""
    assert await world.platform.clients.get("other", "web") is None
