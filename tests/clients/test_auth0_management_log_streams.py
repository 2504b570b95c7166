"""Log streams by auth0 4 and 7 for Node and auth0-python 4 and 6, and what arrives at a server over TLS."""

import json
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from auth0.management.types import CreateLogStreamHttpRequestBody, LogStreamHttpSink
from tests.clients.driving import access, driven_by_node, driven_by_python_4
from tests.clients.site import certificate
from tests.support.gatewright_dev import GatewrightDev
from tests.support.receiver import Received, Receiver, answered, receiver

from gatewright.log_streams import MASK

pytestmark = [
    pytest.mark.library("auth0 4 (Node)", "ManagementClient.logStreams"),
    pytest.mark.library("auth0 7 (Node)", "ManagementClient.logStreams"),
    pytest.mark.library("auth0-python 4", "Auth0.log_streams"),
    pytest.mark.library("auth0-python 6", "ManagementClient.log_streams"),
]

LIBRARIES = ("node-4", "node-7", "python-4")


@pytest.fixture(scope="module")
def hooks(server: GatewrightDev) -> Iterator[Receiver]:
    """A web server with a certificate that the platform believes."""
    with receiver(certificate(server.folder / "data")) as made:
        made.answer = lambda handler: answered(handler, 200)
        yield made


@pytest.fixture
def six(trusted: GatewrightDev) -> Iterator[ManagementClient]:
    """The newest management client of Python."""
    found = access(trusted)
    with httpx.Client(verify=ssl.create_default_context(cafile=str(trusted.authority))) as connections:
        yield ManagementClient(
            domain=found["domain"],
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            httpx_client=connections,
        )


def forget(server: GatewrightDev, stream_id: str) -> None:
    """Deletes a stream by hand."""
    found = access(server)
    asked = {name: found[name] for name in ("client_id", "client_secret", "audience")}
    with server.client() as client:
        answer = client.post("/oauth/token", data={"grant_type": "client_credentials", **asked})
        bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
        assert client.delete(f"/api/v2/log-streams/{stream_id}", headers=bearer).status_code == 204


@pytest.fixture(scope="module", params=LIBRARIES)
def told(request: pytest.FixtureRequest, server: GatewrightDev, hooks: Receiver) -> Iterator[dict[str, Any]]:
    """What the calls of a library gave; the stream that it keeps goes when its tests are over."""
    name = request.param
    hook = hooks.url(f"/{name}")
    if name == "python-4":
        script = "management_log_streams_by_auth0_python_4.py"
        found = driven_by_python_4(server, script, HOOK=hook)
    else:
        found = driven_by_node(server, f"management_log_streams_{name[-1]}.cjs", HOOK=hook)
    yield {**found, "name": name}
    forget(server, found["kept"]["id"])


def test_created_and_read(told: dict[str, Any]) -> None:
    """A created stream is answered whole, its secret masked, and is read and listed as it was created."""
    made = told["created"]
    assert made["id"].startswith("lst_")
    assert (made["type"], made["status"]) == ("http", "active")
    assert made["filters"] == [{"type": "category", "name": "auth.login.fail"}]
    assert made["sink"]["httpAuthorization"] == MASK
    assert told["read"] == made
    assert made in told["list"]
    assert told["kept"] in told["list"]


def test_updated_by_what_was_read(told: dict[str, Any]) -> None:
    """A sink that is sent back as it was read changes nothing; to another endpoint it is refused."""
    assert told["updated"] == {**told["created"], "status": "paused"}
    assert (told["moved"]["statusCode"], told["moved"]["errorCode"]) == (400, "invalid_body")
    assert "httpAuthorization" in told["moved"]["message"]


def test_refusals(told: dict[str, Any]) -> None:
    """A type that is not there, and a stream that is gone, become the library's errors."""
    assert (told["other"]["statusCode"], told["other"]["errorCode"]) == (403, "operation_not_supported")
    assert told["deleted"] == 204
    assert (told["gone"]["statusCode"], told["gone"]["errorCode"]) == (404, "inexistent_log_stream")


def entries(received: list[Received], path: str) -> list[dict[str, Any]]:
    """The entries that came to a path."""
    ours = (each for each in received if each.path == path)
    return [json.loads(line) for each in ours for line in each.content.splitlines()]


def test_entries_arrive(told: dict[str, Any], hooks: Receiver) -> None:
    """What a library did arrives over TLS, with the secret, as the management API shows it."""
    path = f"/{told['name']}"

    def is_there(received: list[Received]) -> bool:
        found = [each["data"].get("description") for each in entries(received, path)]
        return found.count("Create a log stream") >= 2 and "Delete a log stream" in found

    received = hooks.wait_for(is_there)
    found = entries(received, path)
    ids = [each["log_id"] for each in found]
    assert ids == sorted(set(ids))
    assert {each["data"]["log_id"] for each in found} == set(ids)
    first = next(each for each in received if each.path == path)
    assert first.headers["authorization"] == f"Bearer {told['name']}"
    assert first.headers["content-type"] == "application/json"


def test_newest_python(six: ManagementClient, hooks: Receiver) -> None:
    """The newest library for Python creates, reads, lists, updates and deletes, and what it did arrives."""
    sink = LogStreamHttpSink(http_endpoint=hooks.url("/python-6"), http_content_format="JSONLINES")
    body = CreateLogStreamHttpRequestBody(name="Python 6", type="http", sink=sink)
    made = six.log_streams.create(request=body)
    id_ = str(made.id)
    assert six.log_streams.get(id_).name == "Python 6"
    assert id_ in [each.id for each in six.log_streams.list()]
    updated = six.log_streams.update(id_, filters=[{"type": "category", "name": "management.success"}])  # type: ignore[list-item]
    assert updated.filters is not None
    assert [each.name for each in updated.filters] == ["management.success"]
    hooks.wait_for(lambda received: len(entries(received, "/python-6")) >= 2)
    six.log_streams.delete(id_)
    with pytest.raises(ApiError) as refused:
        six.log_streams.get(id_)
    assert refused.value.status_code == 404
