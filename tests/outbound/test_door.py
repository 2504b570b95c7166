"""The door: what it connects to, whom it believes, and what it puts up with."""

import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.messages.certificates import server_certificate
from tests.support.receiver import Receiver, answered, receiver
from tests.support.world import settings_for

from gatewright.app.platform import outbound_policy
from gatewright.outbound import (
    OutboundAnswer,
    OutboundPolicy,
    OutboundRefused,
    OutboundRequest,
    OutboundUnreachable,
    door,
)
from gatewright.outbound.door import LARGEST_ANSWER, OutboundDoor
from gatewright.outbound.on_demand import OnDemandDoor
from gatewright.outbound.policy import LOOPBACK
from gatewright.settings.model import Outbound
from gatewright.settings.values import parse_outbound

pytestmark = pytest.mark.anyio

HERE = OutboundPolicy(networks=LOOPBACK)
NAME = "hooks.example.test"


class Names:
    """A resolver that gives one answer after the other, the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A server over TLS with a certificate for ``NAME`` from an authority in ``SSL_CERT_FILE``."""
    context, authority = server_certificate(tmp_path, NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    door.trusted.cache_clear()
    with receiver(context) as made:
        yield made
    door.trusted.cache_clear()


def door_to(*addresses: str, policy: OutboundPolicy = HERE, seconds: float = 15.0) -> OutboundDoor:
    return OutboundDoor(policy, seconds=seconds, resolve=Names(addresses))


async def asked(through: OutboundDoor, url: str, **headers: str) -> OutboundAnswer:
    return await through.send(OutboundRequest("POST", url, headers, b'{"a":1}'))


async def test_request_and_answer(hooks: Receiver) -> None:
    """Method, path, query, headers and content arrive; status, headers and content come back."""
    hooks.answer = lambda handler: answered(handler, 201, b"thanks", X_Kind="good")
    answer = await asked(door_to("127.0.0.1"), hooks.url("/a/b?c=d", host=NAME), Authorization="Bearer x")
    (request,) = hooks.received
    assert (request.method, request.path, request.content) == ("POST", "/a/b?c=d", b'{"a":1}')
    assert request.headers["host"] == f"{NAME}:{hooks.port}"
    assert request.headers["authorization"] == "Bearer x"
    assert (answer.status, answer.headers["x-kind"], answer.content) == (201, "good", b"thanks")


async def test_certificate_of_another_name(hooks: Receiver) -> None:
    """A server that proves another name than the one asked for is told nothing."""
    with pytest.raises(OutboundUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
        await asked(door_to("127.0.0.1"), hooks.url(host="other.example.test"))
    assert hooks.received == []


async def test_certificate_of_an_unknown_authority(
    hooks: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate that no trusted authority signed is not believed."""
    (tmp_path / "other").mkdir()
    _, other = server_certificate(tmp_path / "other", NAME)
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    door.trusted.cache_clear()
    with pytest.raises(OutboundUnreachable, match="CERTIFICATE_VERIFY_FAILED"):
        await asked(door_to("127.0.0.1"), hooks.url(host=NAME))
    assert hooks.received == []


async def test_private_address_is_not_connected_to(hooks: Receiver) -> None:
    """Without the operator's word a name that leads to this machine is refused, and nothing is sent."""
    with pytest.raises(OutboundRefused, match=r"127\.0\.0\.1"):
        await asked(door_to("127.0.0.1", policy=OutboundPolicy()), hooks.url(host=NAME))
    assert hooks.received == []


async def test_rebinding_name_is_asked_for_once(hooks: Receiver) -> None:
    """A name that answers differently the second time changes nothing: the checked address is used."""
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    await asked(OutboundDoor(HERE, resolve=names), hooks.url(host=NAME))
    assert names.asked == [NAME]
    assert len(hooks.received) == 1


async def test_allowed_address_among_others(hooks: Receiver) -> None:
    """Of several addresses those that are not allowed are left out, and the others are tried in turn."""
    answer = await asked(door_to("10.0.0.1", "127.0.0.2", "127.0.0.1"), hooks.url(host=NAME))
    assert answer.status == 204


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(hooks: Receiver, status: int) -> None:
    """A redirect is an answer; nobody goes where it points."""
    hooks.answer = lambda handler: answered(handler, status, Location=hooks.url("/inside", host=NAME))
    assert (await asked(door_to("127.0.0.1"), hooks.url(host=NAME))).status == status
    assert [each.path for each in hooks.received] == ["/hook"]


async def test_big_answer(hooks: Receiver) -> None:
    """An answer beyond the cap is given up, told in advance or not."""
    hooks.answer = lambda handler: answered(handler, 200, b"x" * (LARGEST_ANSWER + 1))
    with pytest.raises(OutboundUnreachable, match="more than"):
        await asked(door_to("127.0.0.1"), hooks.url(host=NAME))


async def test_slow_answer(hooks: Receiver) -> None:
    """An answer that trickles in is given up when its time is over, however alive it seems."""

    def trickle(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.connection.settimeout(10)
        while True:
            handler.wfile.write(b"x")
            if handler.connection.recv(1) == b"":
                return

    hooks.answer = trickle
    with pytest.raises(OutboundUnreachable, match=r"within 0\.5 seconds"):
        await asked(door_to("127.0.0.1", seconds=0.5), hooks.url(host=NAME))


async def test_compressed_answer_stays_as_it_is(hooks: Receiver) -> None:
    """No encoding is asked for, and none is undone: a small answer cannot become a large one."""
    hooks.answer = lambda handler: answered(handler, 200, b"\x1f\x8b", Content_Encoding="gzip")
    assert (await asked(door_to("127.0.0.1"), hooks.url(host=NAME))).content == b"\x1f\x8b"
    assert hooks.received[0].headers["accept-encoding"] == "identity"


async def test_environment_and_cookies(hooks: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the environment is asked, and no cookie is kept from one request to the next."""
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    hooks.answer = lambda handler: answered(handler, 200, Set_Cookie="a=b")
    through = door_to("127.0.0.1")
    for _ in range(2):
        await asked(through, hooks.url(host=NAME))
    assert ["cookie" in each.headers for each in hooks.received] == [False, False]


async def test_headers_of_the_connection_are_ours(hooks: Receiver) -> None:
    """A configured header cannot name another host or change how the message is framed."""
    await asked(
        door_to("127.0.0.1"),
        hooks.url(host=NAME),
        **{"Host": "evil.test", "Content-Length": "1", "Transfer-Encoding": "chunked"},
    )
    headers = hooks.received[0].headers
    assert headers["host"] == f"{NAME}:{hooks.port}"
    assert headers["content-length"] == "7"
    assert "transfer-encoding" not in headers


async def test_nobody_there() -> None:
    """A port where nobody listens, a name without an address and words that are not HTTP are told apart."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(OutboundUnreachable, match=f"no connection with {NAME}"):
        await asked(door_to("127.0.0.1"), f"https://{NAME}:{port}/")
    with pytest.raises(OutboundUnreachable, match="no address"):
        await asked(OutboundDoor(HERE, resolve=Names([])), f"https://{NAME}/")


async def test_unknown_name_of_the_real_resolver() -> None:
    """A name that the system's resolver does not know is told as such."""
    with pytest.raises(OutboundUnreachable, match="no address"):
        await asked(OutboundDoor(HERE), "https://nobody.invalid/")


async def test_plain_http_in_development() -> None:
    """On this machine http is spoken where the policy says so, and the system's resolver is asked."""
    dev = OutboundPolicy(networks=LOOPBACK, plain_loopback=True)
    with receiver() as made:
        assert (await asked(OutboundDoor(dev), made.url())).status == 204
        with pytest.raises(OutboundRefused):
            await asked(OutboundDoor(HERE), made.url())


def test_trust_asks_for_names_and_proof() -> None:
    """The certificate is demanded, and the name in it."""
    context = door.trusted()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


async def test_policy_of_the_settings(tmp_path: Path) -> None:
    """What ``GATEWRIGHT_OUTBOUND_ALLOW`` lists may be asked, and under ``dev`` this machine too."""
    rules = parse_outbound("10.0.0.0/8 directory.internal")
    dev = replace(settings_for(tmp_path), outbound=Outbound(allow=rules))
    served = replace(dev, dev=False)
    assert outbound_policy(served) == OutboundPolicy(networks=rules.networks, hosts=rules.hosts)
    assert outbound_policy(dev).networks == (*rules.networks, *LOOPBACK)
    with receiver() as made:
        request = OutboundRequest("GET", made.url())
        assert (await OnDemandDoor(outbound_policy(dev)).send(request)).status == 204
        with pytest.raises(OutboundRefused):
            await OnDemandDoor(outbound_policy(served)).send(request)


def test_client_library_is_imported_by_the_first_request() -> None:
    """The platform is wired without the library that sends."""
    code = "import sys, gatewright.app; print('httpx2' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
