"""``/api/v2/keys/signing``: the keys that the tenant signs with."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from tests.support.management import Caller, caller, refused
from tests.support.world import World, header_of

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

PATH = "/keys/signing"


async def _kid(robot: Caller, status: str) -> str:
    """The id of the key that is in this state."""
    (kid,) = [each["kid"] for each in await robot.read(PATH) if each[status]]
    return str(kid)


async def _published(world: World) -> set[str]:
    keys = (await world.browser().get("/.well-known/jwks.json")).json()["keys"]
    return {each["kid"] for each in keys}


async def test_listed_key_is_read_by_its_id(robot: Caller) -> None:
    """Keys come as a bare list, each as it is read alone, and with no private half."""
    keys = await robot.read(PATH)
    assert {(each["current"], each["next"]) for each in keys} == {(True, False), (False, True)}
    assert all(not each["previous"] and not each["revoked"] for each in keys)
    assert await robot.read(f"{PATH}/{keys[0]['kid']}") == keys[0]
    assert "PRIVATE" not in str(keys)
    assert "sealed" not in str(keys)


async def test_certificate_has_its_fingerprint(robot: Caller) -> None:
    """The fingerprints are those of the certificate, which both forms carry."""
    key = (await robot.read(PATH))[0]
    certificate = x509.load_pem_x509_certificate(key["cert"].encode())
    digest = certificate.fingerprint(hashes.SHA1()).hex().upper()
    assert key["thumbprint"] == digest == key["fingerprint"].replace(":", "")
    assert key["pkcs7"].startswith("-----BEGIN PKCS7-----")


async def test_next_key_signs_after_rotation(world: World, robot: Caller) -> None:
    """Rotation lets the next key sign, keeps the former one published, and makes another next."""
    former, following = await _kid(robot, "current"), await _kid(robot, "next")
    response = await robot.post(f"{PATH}/rotate")
    assert (response.status_code, response.json()["kid"]) == (201, following)
    assert set(response.json()) == {"kid", "cert"}
    tokens = await world.browser().tokens()
    assert header_of(tokens["id_token"])["kid"] == following
    assert await _kid(robot, "previous") == former
    assert {former, following, await _kid(robot, "next")} <= await _published(world)


async def test_token_signed_before_rotation_goes_on(robot: Caller) -> None:
    """A token that the former key signed is good until that key is revoked, and then no more."""
    former = await _kid(robot, "current")
    await robot.post(f"{PATH}/rotate")
    response = await robot.call("PUT", f"{PATH}/{former}/revoke")
    assert (response.status_code, response.json()["kid"]) == (200, former)
    assert refused(await robot.get(PATH)) == (401, "")


async def test_revoked_key_leaves_the_key_set(world: World, robot: Caller) -> None:
    """A revoked key is published no more, is listed as revoked, and stays so when revoked again."""
    former = await _kid(robot, "current")
    await robot.post(f"{PATH}/rotate")
    robot = await caller(world)
    await robot.call("PUT", f"{PATH}/{former}/revoke")
    assert former not in await _published(world)
    key = await robot.read(f"{PATH}/{former}")
    assert (key["revoked"], key["previous"]) == (True, False)
    assert key["revoked_at"]
    world.clock.advance(60)
    assert (await robot.call("PUT", f"{PATH}/{former}/revoke")).status_code == 200
    assert await robot.read(f"{PATH}/{former}") == key


@pytest.mark.parametrize("status", ["current", "next"])
async def test_key_in_service_cannot_be_revoked(robot: Caller, status: str) -> None:
    """The key that signs, and the one that will, are not revoked."""
    kid = await _kid(robot, status)
    response = await robot.call("PUT", f"{PATH}/{kid}/revoke")
    assert refused(response) == (403, "operation_not_supported")
    assert await _kid(robot, status) == kid


async def test_rotation_needs_both_scopes(world: World) -> None:
    """Rotating makes a key and changes others, and asks for the scopes of both."""
    half = await caller(world, "create:signing_keys")
    assert refused(await half.post(f"{PATH}/rotate")) == (403, "insufficient_scope")


async def test_change_is_told(world: World, robot: Caller) -> None:
    """The audit log says who rotated which key and who revoked one."""
    former, following = await _kid(robot, "current"), await _kid(robot, "next")
    await robot.post(f"{PATH}/rotate")
    robot = await caller(world)
    await robot.call("PUT", f"{PATH}/{former}/revoke")
    told = [
        (each.client_id, each.description, each.details) for each in await world.logs() if each.type == "sapi"
    ]
    assert told[0] == ("robot", "Revoke a signing key", {"kid": former})
    assert told[1] == ("robot", "Rotate signing keys", {"promoted": {"RS256": following}})
