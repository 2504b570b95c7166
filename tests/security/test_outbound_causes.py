"""Causes of the field's security record that begin with a URL which somebody configured, named after it.

The numbers are rows of the checklist; the CVE is the best known case of each.
"""

from dataclasses import replace

import pytest
from tests.support.management import caller, enable_management, refused
from tests.support.world import World

from gatewright.app.platform import outbound_policy
from gatewright.log_streams import MASK
from gatewright.outbound import OutboundRefused, OutboundRequest
from gatewright.outbound.on_demand import OnDemandDoor

pytestmark = pytest.mark.anyio

HOOK, SECRET = "https://hooks.example.test/", "Bearer sink-secret-0123456789"


@pytest.mark.parametrize(
    "url",
    [
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://127.0.0.1:8443/api/v2/clients",
        "https://localhost:5432/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.1/",
        "http://hooks.example.test/",
        "file:///etc/passwd",
    ],
)
async def test_19_request_into_the_network(world: World, url: str) -> None:
    """CVE-2025-67494: a served platform asks no address of its own network, however it is written."""
    served = OnDemandDoor(outbound_policy(replace(world.platform.settings, dev=False)))
    with pytest.raises(OutboundRefused):
        await served.send(OutboundRequest("POST", url))


async def test_19_log_stream_into_the_network(world: World) -> None:
    """CVE-2025-67494: a log stream to an address of the network is refused, whenever it is tried."""
    await enable_management(world)
    robot = await caller(world)
    sink = {"httpEndpoint": "https://169.254.169.254/latest"}
    made = await robot.made("/log-streams", name="In", type="http", sink=sink)
    world.clock.advance(10)
    pause = await world.platform.streaming.delivery.deliver(world.tenant_id, made["id"])
    assert pause is not None
    assert pause > 1
    assert world.rows("SELECT tries FROM log_progress") == [(1,)]


async def test_25_masked_secret_for_another_address(world: World) -> None:
    """CVE-2026-15943: a secret that is sent back masked does not go along to another address."""
    await enable_management(world)
    robot = await caller(world)
    sink = {"httpEndpoint": HOOK, "httpAuthorization": SECRET}
    made = await robot.made("/log-streams", name="Out", type="http", sink=sink)
    assert made["sink"]["httpAuthorization"] == MASK
    moved = {**made["sink"], "httpEndpoint": "https://evil.example.test/"}
    response = await robot.patch(f"/log-streams/{made['id']}", {"sink": moved})
    assert refused(response) == (400, "invalid_body")
    (stream,) = await world.platform.log_streams.all(world.tenant_id)
    assert stream.sink.http_endpoint == HOOK
