"""Our own server as a target: `gatewright serve`, two workers, plain HTTP on loopback, own tenant."""

import base64
import secrets
import sys
from pathlib import Path

from bench.servers import free_port, shell_words
from bench.targets import CodeRequest, Credentials, Target

TENANT_FILE = Path(__file__).resolve().parent / "tenant.yaml"
PROGRAM = Path(sys.executable).parent / "gatewright"
WORKERS = 2
OURS, ON_POSTGRES = "gatewright", "gatewright-postgres"

# The names below are those of tenant.yaml; a test holds the two together.
AUDIENCE = "https://api.bench.example/records"
CLIENT = Credentials("bench_client", "bench_client_secret_0123456789abcdef", "http://127.0.0.1:9/callback")
USER = "ada@bench.example"
PASSWORD = "Correct-Horse-1"
API_SCOPE = "read:records"


def settings(port: int, database: str) -> dict[str, str]:
    """The environment of one server; a fresh master key each time."""
    return {
        "GATEWRIGHT_ISSUER": f"http://127.0.0.1:{port}/",
        "GATEWRIGHT_HOST": "127.0.0.1",
        "GATEWRIGHT_PORT": str(port),
        "GATEWRIGHT_DATABASE": database,
        "GATEWRIGHT_MASTER_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("="),
        "GATEWRIGHT_WORKERS": str(WORKERS),
    }


def our_target(name: str, title: str, *, folder: Path, database: str, pidfile: str = "") -> Target:
    """Describe our server on `database` (a GATEWRIGHT_DATABASE URL); `folder` is its working directory."""
    port = free_port()
    with_api = {"audience": AUDIENCE}
    plain = CodeRequest("openid profile email")
    return Target(
        name=name,
        title=title,
        base_url=f"http://127.0.0.1:{port}",
        folder=folder,
        prepare=f"{shell_words(PROGRAM, 'migrate')} && {shell_words(PROGRAM, 'apply', TENANT_FILE)}",
        start=shell_words(PROGRAM, "serve"),
        version=shell_words(PROGRAM, "--version"),
        env=settings(port, database),
        pidfile=pidfile,
        client=CLIENT,
        machine_client=CLIENT,
        introspecting_client=CLIENT,
        user=USER,
        password=PASSWORD,
        client_credentials=with_api,
        code=CodeRequest(f"openid profile email offline_access {API_SCOPE}", with_api),
        refresh={},
        userinfo=plain,
        introspect=plain,
        endpoints={"introspect": "/oauth/introspect"},
    )
