"""A running server against its own OpenAPI document: thousands of calls that fit it and that do not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.support.gatewright_dev import GatewrightDev, gatewright_dev

PROGRAM = Path(sys.executable).with_name("schemathesis")
HOOKS = Path(__file__).with_name("hooks.py")
SECONDS = 120
EXAMPLES = 8
PARTS = 4
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)

pytestmark = pytest.mark.wire("/api/v2/*")


@dataclass(frozen=True)
class Robot:
    """A client that may do everything, so that the calls of one part are not counted with another's."""

    client_id: str
    grant_id: str
    token: str


class Management:
    """The management API of a server, called by the client that every development server has."""

    def __init__(self, client: httpx2.Client, token: str) -> None:
        self._client = client
        self._token = token

    def call(self, method: str, path: str, **body: Any) -> Any:
        """One call that is answered with JSON."""
        headers = {"authorization": f"Bearer {self._token}"}
        response = self._client.request(method, f"/api/v2{path}", json=body or None, headers=headers)
        assert response.status_code in (200, 201), response.text
        return response.json()


def token_of(client: httpx2.Client, management: dict[str, str]) -> str:
    """A token of a client that is described like the development server's own."""
    asked = {name: management[name] for name in ("client_id", "client_secret", "audience")}
    response = client.post("/oauth/token", data={"grant_type": "client_credentials", **asked})
    assert response.status_code == 200, response.text
    return str(response.json()["access_token"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewrightDev]:
    """A server with a tenant of nothing but a name."""
    with gatewright_dev(tmp_path_factory.mktemp("document"), {"tenant": {"friendly_name": "Fuzzed"}}) as made:
        yield made


@pytest.fixture(scope="module")
def administrator(server: GatewrightDev) -> Iterator[Management]:
    """Whoever makes robots."""
    kept = server.management()
    with server.client() as client:
        yield Management(client, token_of(client, kept))


@pytest.fixture
def robot(server: GatewrightDev, administrator: Management) -> Robot:
    """A new robot."""
    audience = server.management()["audience"]
    made = administrator.call("POST", "/clients", name="Robot", app_type="non_interactive")
    scopes = administrator.call("GET", "/client-grants")[0]["scope"]
    grant = administrator.call(
        "POST", "/client-grants", client_id=made["client_id"], audience=audience, scope=scopes
    )
    with server.client() as client:
        asked = {"client_id": made["client_id"], "client_secret": made["client_secret"], "audience": audience}
        return Robot(made["client_id"], grant["id"], token_of(client, asked))


def operations(administrator: Management) -> list[str]:
    """Names of all operations, but for those that end every token: keys have tests of their own."""
    paths = administrator.call("GET", "/openapi.json")["paths"]
    return [
        f"{method.upper()} {path}"
        for path, methods in sorted(paths.items())
        for method in sorted(methods)
        if not (path.startswith("/keys/signing") and method != "get")
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_document_says_what_happens(
    server: GatewrightDev, administrator: Management, robot: Robot, part: int, tmp_path: Path
) -> None:
    """No call ends in a 5xx or in another answer than the document says, and nothing it excludes is done."""
    chosen = operations(administrator)[part::PARTS]
    command = [
        PROGRAM,
        "run",
        f"{server.issuer}api/v2/openapi.json",
        f"--header=Authorization: Bearer {robot.token}",
        f"--tls-verify={server.authority}",
        "--phases=fuzzing",
        f"--max-examples={EXAMPLES}",
        "--seed=1",
        "--generation-deterministic",
        # a body of one switch leaves little to generate: few examples are no fault of the document
        "--suppress-health-check=filter_too_much",
        "--continue-on-failure",
        "--no-color",
        "--suppress-health-check=filter_too_much",  # ids found in answers are often those that are kept
        f"--checks={','.join(CHECKS)}",
        *(f"--include-name={name}" for name in chosen),
    ]
    environment = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HOOKS.parent),
        "KEPT_IDS": f"{robot.client_id} {robot.grant_id} {server.management()['client_id']}",
    }
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tested = re.search(r"Tested: (\d+)", done.stdout)
    assert tested, done.stdout
    assert int(tested[1]) == len(chosen)
    with server.client() as client:
        assert Management(client, robot.token).call("GET", "/tenants/settings"), (
            "the token was good to the end"
        )
