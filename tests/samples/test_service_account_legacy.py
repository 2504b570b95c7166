"""The script that signs in with a user's password, as a process, against a real server and a real API."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.samples.program import Ports, sample
from tests.samples.script import Script, kept, replace
from tests.samples.tenant import ADA, demo_tenant
from tests.support.gatewright_dev import GatewrightDev
from tests.support.ports import free_port
from tests.support.world import claims_of

USER = "job@example.com"
PASSWORD = "Try-Gatewright-3"
SECRET = "demo-angular-secret-for-development-only-1"
SUBJECT = "auth0|00000000000000000000c0de"
GRANT = "http://auth0.com/oauth/legacy/grant-type/ro"
GUESSES = 10
"""As many wrong passwords as one account may see from one address."""


@pytest.fixture
def job(server: GatewrightDev, angular_api: str, tmp_path: Path) -> Script:
    """The script, with no token from before."""
    settings = {"ISSUER_BASE_URL": server.issuer, "API_URL": angular_api}
    return Script(
        "service_account_legacy/job", {**server.trust, **settings, "TOKEN_CACHE": str(tmp_path / "tokens")}
    )


@pytest.fixture
def tenant(server: GatewrightDev, ports: Ports) -> Iterator[dict[str, Any]]:
    """The tenant file, for the test to change and apply; afterwards the server has the usual one again."""
    yield demo_tenant(ports)
    server.apply(demo_tenant(ports))


@pytest.fixture
def api_of_another_secret(server: GatewrightDev) -> Iterator[str]:
    """The address of an API that shares another secret with the provider."""
    port = free_port()
    settings = {
        "ISSUER_BASE_URL": server.issuer,
        "CLIENT_SECRET": "another-secret-of-somebody-else-0123456789",
        "PORT": str(free_port()),
        "API_PORT": str(port),
    }
    with sample("angular", settings):
        yield f"http://localhost:{port}"


def test_add(job: Script) -> None:
    """One run adds a timesheet and shows it."""
    done = job("--project", "Bridge", "--hours", "7.5", "--date", "2026-11-20")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2026-11-20 Bridge 7.5 h" in done.stdout
    assert "2026-11-20    7.5 h  Bridge\n" in done.stdout


def test_list(job: Script) -> None:
    """With --list nothing is added."""
    job("--project", "Once")
    before = job("--list").stdout
    assert job("--list").stdout == before
    assert "Once" in before


def test_id_token(job: Script) -> None:
    """The token is an id_token of the user, signed with the client's secret, with an address and no more."""
    job("--list")
    token = jwt.decode(kept(job), OctKey.import_key(SECRET), algorithms=["HS256"])
    assert token.header["alg"] == "HS256"
    assert (token.claims["sub"], token.claims["aud"]) == (SUBJECT, "demo_angular")
    assert set(token.claims) == {"iss", "sub", "aud", "iat", "exp", "email"}


def test_own_timesheets_only(job: Script) -> None:
    """Another user's run does not see what this one's added."""
    job("--project", "Mine alone")
    done = job("--list", JOB_USERNAME=ADA, JOB_PASSWORD="Try-Gatewright-1")
    assert done.returncode == 0
    assert "Mine alone" not in done.stdout


def test_scope(job: Script) -> None:
    """--scope names the attributes in the token."""
    assert job("--list", "--scope", "openid nickname").returncode == 0
    claims = claims_of(kept(job))
    assert claims["nickname"] == "job"
    assert "email" not in claims


def test_scope_without_openid(job: Script) -> None:
    """A scope without openid gets no id_token, and ends with exit code 2 and the word that is missing."""
    done = job("--list", "--scope", "email")
    assert (done.returncode, done.stdout) == (2, "")
    assert "openid" in done.stderr


def test_token_is_kept(job: Script) -> None:
    """The second run uses the token of the first, so no password is sent."""
    job("--list")
    token = kept(job)
    assert job("--list", JOB_PASSWORD="wrong-password").returncode == 0
    assert kept(job) == token


def test_kept_until_the_id_token_ends(job: Script) -> None:
    """The id_token's own end counts, and not that of the access token beside it, which lives longer."""
    job("--list")
    renew_at = json.loads(job.cached.read_text())["renew_at"]
    end = claims_of(kept(job))["exp"]
    assert end - 62 <= renew_at <= end - 58


def test_token_that_the_api_refuses(job: Script) -> None:
    """When the API refuses the token that was kept, the script gets a new one and asks once more."""
    job("--list")
    replace(job, value="ey.not.good")
    assert job("--list").returncode == 0
    assert kept(job) != "ey.not.good"


def test_no_secret_in_the_output(job: Script, server: GatewrightDev) -> None:
    """Neither the password nor the token is shown, whatever happens."""
    shown = ""
    for changed in ({}, {"CLIENT_ID": "demo_payroll"}, {"API_URL": server.issuer}):
        done = job(**changed)
        shown += done.stdout + done.stderr
    assert "added" in shown
    assert PASSWORD not in shown
    assert "eyJ" not in shown


@pytest.mark.parametrize("changed", [{"JOB_PASSWORD": "wrong-password"}, {"JOB_USERNAME": "nobody"}], ids=str)
def test_wrong_password(job: Script, changed: dict[str, str]) -> None:
    """A wrong password or user ends with exit code 3 and names the settings, without repeating it."""
    done = job("--list", **changed)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Wrong email or password" in done.stderr
    assert "JOB_PASSWORD" in done.stderr
    assert "wrong-password" not in done.stderr


def test_too_many_wrong_passwords(job: Script, server: GatewrightDev) -> None:
    """A job that went on guessing ends with exit code 1 and is told to wait."""
    guess = {
        "client_id": "demo_angular",
        "grant_type": "password",
        "connection": "Username-Password-Authentication",
        "username": "guessed@example.com",
        "password": "wrong-password",
    }
    with server.client() as client:
        answers = [client.post("oauth/ro", data=guess).status_code for _ in range(GUESSES)]
    assert answers == [401] * GUESSES
    done = job("--list", JOB_USERNAME=guess["username"])
    assert (done.returncode, done.stdout) == (1, "")
    assert "too_many_attempts" in done.stderr
    assert "Wait" in done.stderr


def test_blocked(job: Script, server: GatewrightDev, tenant: dict[str, Any]) -> None:
    """A blocked user whose password is right ends with exit code 3 and the reason."""
    user = next(one for one in tenant["users"] if one["email"] == USER)
    other = {"email": "blocked@example.com", "user_id": "b10c", "blocked": True}
    tenant["users"].append({**user, **other})
    server.apply(tenant)
    done = job("--list", JOB_USERNAME="blocked@example.com")
    assert (done.returncode, done.stdout) == (3, "")
    assert "user is blocked" in done.stderr
    assert "unblock" in done.stderr


def test_grant_not_listed(job: Script, server: GatewrightDev, tenant: dict[str, Any]) -> None:
    """A client that does not list the grant ends with exit code 3 and the line that is missing."""
    client = next(one for one in tenant["clients"] if one["client_id"] == "demo_angular")
    client["grant_types"].remove(GRANT)
    server.apply(tenant)
    done = job("--list")
    assert (done.returncode, done.stdout) == (3, "")
    assert f"The client needs {GRANT} in its grant_types" in done.stderr


@pytest.mark.parametrize("client_id", ["nobody", "demo_spa", "demo_payroll"])
def test_client_of_another_kind(job: Script, client_id: str) -> None:
    """A client that is unknown, conformant or without the grant ends with exit code 3 and its name."""
    done = job("--list", CLIENT_ID=client_id)
    assert (done.returncode, done.stdout) == (3, "")
    assert client_id in done.stderr
    assert "oidc_conformant: false" in done.stderr


def test_endpoint_switched_off(job: Script, server: GatewrightDev, tenant: dict[str, Any]) -> None:
    """A tenant without the endpoint ends with exit code 1 and names the flag."""
    tenant["tenant"]["flags"] = {"allow_legacy_ro_grant_types": False}
    server.apply(tenant)
    done = job("--list")
    assert (done.returncode, done.stdout) == (1, "")
    assert "allow_legacy_ro_grant_types: false" in done.stderr


@pytest.mark.parametrize("name", ["CONNECTION", "JOB_USERNAME", "JOB_PASSWORD"])
def test_setting_that_is_empty(job: Script, name: str) -> None:
    """An empty setting ends with exit code 2 and its name."""
    done = job("--list", **{name: ""})
    assert (done.returncode, done.stdout) == (2, "")
    assert f"missing {name.removeprefix('JOB_').lower()} parameter" in done.stderr
    assert name in done.stderr


def test_connection_not_found(job: Script) -> None:
    """A connection that is not there ends with exit code 2 and names the setting."""
    done = job("--list", CONNECTION="nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "the connection was not found" in done.stderr
    assert "CONNECTION" in done.stderr


def test_provider_away(job: Script) -> None:
    """While the provider is away, the script ends with exit code 4 and says which address does not answer."""
    nowhere = f"https://localhost:{free_port()}/"
    done = job("--list", ISSUER_BASE_URL=nowhere)
    assert (done.returncode, done.stdout) == (4, "")
    assert f"{nowhere}oauth/ro" in done.stderr


def test_api_away(job: Script) -> None:
    """While the API is away, the script ends with exit code 4 and says which address does not answer."""
    nowhere = f"http://localhost:{free_port()}"
    done = job("--list", API_URL=nowhere)
    assert (done.returncode, done.stdout) == (4, "")
    assert f"{nowhere}/timesheets" in done.stderr


def test_api_of_another_secret(job: Script, api_of_another_secret: str) -> None:
    """An API with another secret ends with exit code 1, its reason and what to compare."""
    done = job("--list", API_URL=api_of_another_secret)
    assert (done.returncode, done.stdout) == (1, "")
    assert "invalid signature" in done.stderr
    assert "compare the API's settings" in done.stderr


def test_bad_timesheet(job: Script) -> None:
    """What the API finds wrong with a timesheet is told in its words, with exit code 1."""
    done = job("--hours", "25")
    assert (done.returncode, done.stdout) == (1, "")
    assert "hours: " in done.stderr


def test_usage(job: Script) -> None:
    """Arguments that make no sense end with exit code 2 and the usage of this script."""
    done = job("--what")
    assert done.returncode == 2
    assert "usage: samples/service_account_legacy/job" in done.stderr


def test_help(job: Script) -> None:
    """--help tells the options and the exit codes."""
    done = job("--help")
    assert done.returncode == 0
    assert all(text in done.stdout for text in ("--list", "--no-cache", "exit codes:", "  3  "))
