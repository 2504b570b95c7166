"""``/api/v2/custom-domains``: other names of a tenant, each vouched for by whoever owns it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.support import world as worlds
from tests.support.management import Caller, caller, enable_management, put_other_tenant, refused
from tests.support.name_server import NameServer, name_server
from tests.support.world import ISSUER, World

from gatewright.kernel.units import Unmatched
from gatewright.settings.model import Outbound

pytestmark = [pytest.mark.anyio, pytest.mark.wire("/api/v2/*")]

DOMAIN = "login.acme.test"
NEW = {"domain": DOMAIN, "type": "self_managed_certs"}


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    """The name server that is asked."""
    async with name_server() as server:
        yield server


@pytest.fixture
async def world(tmp_path: Path, names: NameServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """A server that asks it."""
    usual, outbound = worlds.settings_for, Outbound(name_servers=(("127.0.0.1", names.port),))
    monkeypatch.setattr(worlds, "settings_for", lambda folder: replace(usual(folder), outbound=outbound))
    async with worlds.world(tmp_path) as made:
        await enable_management(made)
        yield made


def vouch(names: NameServer, made: dict[str, Any]) -> None:
    """Publishes what the domain's owner was told to."""
    (method,) = made["verification"]["methods"]
    names.records[method["domain"]] = ["v=spf1 -all", method["record"]]


async def issuer_on(world: World, host: str) -> str:
    """The issuer that discovery tells on a host; "" for a host nobody owns."""
    response = await world.browser(base=f"https://{host}/").get("/.well-known/openid-configuration")
    return str(response.json()["issuer"]) if response.status_code == 200 else ""


async def test_named_domain_waits(world: World, robot: Caller) -> None:
    """A domain that was named says which record vouches for it, and is no host yet."""
    made = await robot.made("/custom-domains", **NEW)
    (method,) = made["verification"]["methods"]
    assert (made["status"], made["verification"]["status"]) == ("pending_verification", "pending")
    assert (method["name"], method["domain"]) == ("txt", f"_gatewright.{DOMAIN}")
    assert method["record"].startswith("gatewright-domain-verification=")
    assert await robot.read(f"/custom-domains/{made['custom_domain_id']}") == made
    assert await robot.read("/custom-domains") == [made]
    assert await issuer_on(world, DOMAIN) == ""


async def test_vouched_domain_is_answered_on(world: World, robot: Caller, names: NameServer) -> None:
    """With its record the domain is ready, and what is said there names the canonical issuer."""
    made = await robot.made("/custom-domains", **NEW)
    one = f"/custom-domains/{made['custom_domain_id']}"
    vouch(names, made)
    assert (await robot.post(f"{one}/test")).json() == {"success": True}
    assert await issuer_on(world, DOMAIN) == ""
    ready = (await robot.post(f"{one}/verify")).json()
    assert (ready["status"], ready["verification"]["status"]) == ("ready", "verified")
    assert await issuer_on(world, DOMAIN) == ISSUER
    assert await robot.read(one) == ready
    names.records.clear()
    assert (await robot.post(f"{one}/verify")).json() == ready


@pytest.mark.parametrize("records", [[], ["gatewright-domain-verification=another"]], ids=["none", "other"])
async def test_nobody_vouches(world: World, robot: Caller, names: NameServer, records: list[str]) -> None:
    """Without the record, or with another's, the domain waits, and it is told what was expected."""
    made = await robot.made("/custom-domains", **NEW)
    one = f"/custom-domains/{made['custom_domain_id']}"
    names.records[f"_gatewright.{DOMAIN}"] = records
    found = (await robot.post(f"{one}/verify")).json()
    assert (found["status"], found["verification"]["status"]) == ("pending_verification", "failed")
    assert made["verification"]["methods"][0]["record"] in found["verification"]["error_msg"]
    tested = (await robot.post(f"{one}/test")).json()
    assert (tested["success"], tested["message"]) == (False, found["verification"]["error_msg"])
    assert await issuer_on(world, DOMAIN) == ""


async def test_names_that_cannot_exist_are_not_asked_for(robot: Caller, names: NameServer) -> None:
    """No name server is asked for what RFC 6761 keeps out of the DNS."""
    made = await robot.made("/custom-domains", domain="login.acme.invalid", type="self_managed_certs")
    found = (await robot.post(f"/custom-domains/{made['custom_domain_id']}/verify")).json()
    assert "cannot exist in the DNS" in found["verification"]["error_msg"]
    assert names.asked == []


async def test_record_of_one_tenant_is_nothing_to_another(
    world: World, robot: Caller, names: NameServer
) -> None:
    """Each tenant has a record of its own to show, and the first that shows it has the host."""
    other = await caller(world, base=(await put_other_tenant(world)).issuer)
    mine, theirs = await robot.made("/custom-domains", **NEW), await other.made("/custom-domains", **NEW)
    vouch(names, mine)
    found = (await other.post(f"/custom-domains/{theirs['custom_domain_id']}/verify")).json()
    assert found["status"] == "pending_verification"
    await robot.post(f"/custom-domains/{mine['custom_domain_id']}/verify")
    vouch(names, theirs)
    response = await other.post(f"/custom-domains/{theirs['custom_domain_id']}/verify")
    assert refused(response) == (409, "custom_domain_conflict")
    assert await issuer_on(world, DOMAIN) == ISSUER


async def test_host_of_another_tenant_is_never_taken(world: World) -> None:
    """No write of a tenant takes a host that another one answers on."""
    theirs = await put_other_tenant(world)
    mine = await world.platform.tenants.get(world.tenant_id)
    grasping = worlds.msgspec.structs.replace(mine, hosts=(*mine.hosts, "other.example.test"))
    with pytest.raises(Unmatched):
        await world.platform.bus.commit(world.platform.stores.tenants.put(grasping))
    assert await issuer_on(world, "other.example.test") == theirs.issuer


async def test_deleted_domain_is_no_host(world: World, robot: Caller, names: NameServer) -> None:
    """A deleted domain is answered on no more."""
    made = await robot.made("/custom-domains", **NEW)
    vouch(names, made)
    one = f"/custom-domains/{made['custom_domain_id']}"
    await robot.post(f"{one}/verify")
    assert (await robot.delete(one)).status_code == 204
    assert await issuer_on(world, DOMAIN) == ""
    assert refused(await robot.get(one)) == (404, "inexistent_custom_domain")
    assert await issuer_on(world, "id.example.test") == ISSUER


async def test_default_domain(robot: Caller, names: NameServer) -> None:
    """The default is the tenant's own name, until one that is ready is chosen, and again after it."""
    assert await robot.read("/custom-domains/default") == {"domain": "id.example.test"}
    made = await robot.made("/custom-domains", **NEW)
    response = await robot.patch("/custom-domains/default", {"domain": DOMAIN})
    assert refused(response) == (400, "invalid_body")
    vouch(names, made)
    await robot.post(f"/custom-domains/{made['custom_domain_id']}/verify")
    chosen = (await robot.patch("/custom-domains/default", {"domain": DOMAIN})).json()
    assert (chosen["domain"], chosen["is_default"]) == (DOMAIN, True)
    assert await robot.read("/custom-domains/default") == chosen
    await robot.patch("/custom-domains/default", {"domain": "id.example.test"})
    assert await robot.read("/custom-domains/default") == {"domain": "id.example.test"}


async def test_what_is_kept_is_changed(robot: Caller) -> None:
    """Metadata is replaced; neither the domain nor its type can be changed."""
    made = await robot.made("/custom-domains", **NEW, domain_metadata={"a": "b"})
    one = f"/custom-domains/{made['custom_domain_id']}"
    assert (await robot.patch(one, {"domain_metadata": {"c": "d"}})).json()["domain_metadata"] == {"c": "d"}
    assert refused(await robot.patch(one, {"domain": "b.acme.test"})) == (400, "invalid_body")
    assert refused(await robot.patch(one, {"type": "self_managed_certs"})) == (400, "invalid_body")


async def test_domain_once(robot: Caller) -> None:
    """A tenant names a domain once, whatever its letters."""
    await robot.made("/custom-domains", **NEW)
    response = await robot.post("/custom-domains", {**NEW, "domain": DOMAIN.upper()})
    assert refused(response) == (409, "custom_domain_conflict")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"domain": None}, "domain: missing"),
        ({"domain": "https://a.test/"}, "domain: read 'https://a.test/'"),
        ({"domain": "a.test:8443"}, "domain: read 'a.test:8443'"),
        ({"domain": "localhost"}, "domain: read 'localhost'"),
        ({"domain": "127.0.0.1"}, "domain: read '127.0.0.1'"),
        ({"domain": "a..test"}, "domain: read 'a..test'"),
        ({"domain": "-a.test"}, "domain: read '-a.test'"),
        ({"domain": "*.acme.test"}, "domain: read '*.acme.test'"),
        ({"domain": "a" * 64 + ".test"}, "domain: read "),
        ({"domain": "id.example.test"}, "domain: is the tenant's own name"),
        ({"tls_policy": "none"}, "tls_policy: read 'none'"),
        ({"domain_metadata": {"a": 1}}, "domain_metadata.a: read 1"),
        ({"is_ready": True}, "is_ready: no such field"),
        ({"challenge": "mine"}, "challenge: no such field"),
    ],
)
async def test_wrong_field_is_named(robot: Caller, changed: dict[str, Any], told: str) -> None:
    """A body that breaks a rule is refused by the path of the field, and nothing is made."""
    response = await robot.post("/custom-domains", {**NEW, **changed})
    assert refused(response) == (400, "invalid_body")
    assert told in response.json()["message"]
    assert await robot.read("/custom-domains") == []


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "auth0_managed_certs"},
        {"verification_method": "cname"},
        {"custom_client_ip_header": "x-forwarded-for"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_what_the_operator_does(robot: Caller, changed: dict[str, str]) -> None:
    """Certificates, proxies and CNAMEs are the operator's, and the refusal says so."""
    response = await robot.post("/custom-domains", {**NEW, **changed})
    assert refused(response) == (403, "operation_not_supported")
