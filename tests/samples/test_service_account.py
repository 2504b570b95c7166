"""The script that acts for itself, as a process, against a real server and the Timesheets API."""

import json
import time
from pathlib import Path

import pytest
from tests.samples.script import Script, kept, replace
from tests.support.gatewright_dev import GatewrightDev
from tests.support.ports import free_port
from tests.support.world import claims_of

SECRET = "demo-job-secret-for-development-only-0001"


@pytest.fixture
def job(server: GatewrightDev, timesheets_api: str, tmp_path: Path) -> Script:
    """The script, with no token from before."""
    settings = {"ISSUER_BASE_URL": server.issuer, "API_URL": timesheets_api}
    return Script(
        "service_account/job", {**server.trust, **settings, "TOKEN_CACHE": str(tmp_path / "tokens")}
    )


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


def test_in_its_own_name(job: Script) -> None:
    """The token is of the script itself: of no user, and without an address."""
    job("--list")
    claims = claims_of(kept(job))
    assert (claims["sub"], claims["gty"]) == ("demo_job@clients", "client-credentials")
    assert "https://timesheets.example/email" not in claims


def test_token_is_kept(job: Script) -> None:
    """The second run uses the token of the first, so the provider is not asked."""
    job("--list")
    token = kept(job)
    done = job("--list", CLIENT_SECRET="wrong-secret")
    assert done.returncode == 0
    assert kept(job) == token


def test_token_is_kept_privately(job: Script) -> None:
    """Nobody else may read the token that is kept."""
    job("--list")
    assert (job.cached.stat().st_mode & 0o777, job.cached.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_no_cache(job: Script) -> None:
    """With --no-cache no token is used or kept."""
    job("--list")
    token = kept(job)
    assert job("--list", "--no-cache", CLIENT_SECRET="wrong-secret").returncode == 3
    assert job("--list", "--no-cache").returncode == 0
    assert kept(job) == token


def test_renewed_shortly_before_the_end(job: Script) -> None:
    """A token is kept until a minute before it expires, and then replaced."""
    job("--list")
    first = kept(job)
    renew_at = json.loads(job.cached.read_text())["renew_at"]
    assert claims_of(first)["exp"] - 62 <= renew_at <= claims_of(first)["exp"] - 58
    replace(job, renew_at=time.time() - 1)
    assert job("--list").returncode == 0
    assert kept(job) != first


def test_token_that_the_api_refuses(job: Script) -> None:
    """When the API refuses the token that was kept, the script gets a new one and asks once more."""
    job("--list")
    replace(job, value="ey.not.good")
    assert job("--list").returncode == 0
    assert kept(job) != "ey.not.good"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"value": "x"}', '{"value": "x", "renew_at": "soon"}']
)
def test_broken_cache(job: Script, text: str) -> None:
    """A file that makes no sense is replaced."""
    job("--list")
    job.cached.write_text(text)
    assert job("--list").returncode == 0
    assert kept(job).startswith("ey")


def test_another_scope_another_token(job: Script) -> None:
    """A token that was got for one scope is not used for another."""
    job("--list")
    done = job("--scope", "read:timesheets")
    assert done.returncode == 5


def test_no_secret_in_the_output(job: Script, server: GatewrightDev) -> None:
    """Neither the secret nor the token is shown, whatever happens."""
    shown = ""
    for changed in ({}, {"AUDIENCE": "https://nowhere.example"}, {"API_URL": server.issuer}):
        done = job(**changed)
        shown += done.stdout + done.stderr
    assert "added" in shown
    assert SECRET not in shown
    assert "eyJ" not in shown


@pytest.mark.parametrize("changed", [{"CLIENT_SECRET": "wrong-secret"}, {"CLIENT_ID": "nobody"}], ids=str)
def test_wrong_credentials(job: Script, changed: dict[str, str]) -> None:
    """Wrong credentials end with exit code 3 and name the settings, without repeating the secret."""
    done = job("--list", **changed)
    assert (done.returncode, done.stdout) == (3, "")
    assert "invalid_client" in done.stderr
    assert "CLIENT_SECRET" in done.stderr
    assert "wrong-secret" not in done.stderr


def test_client_of_another_kind(job: Script) -> None:
    """A client that may not use client credentials ends with exit code 3 and names the grant."""
    secret = "demo-web-app-secret-for-development-only"
    done = job("--list", CLIENT_ID="demo_web_app", CLIENT_SECRET=secret)
    assert done.returncode == 3
    assert "client_credentials" in done.stderr


def test_scope_missing(job: Script) -> None:
    """A token without the scope ends with exit code 5 and the words of the API."""
    done = job("--scope", "read:timesheets")
    assert (done.returncode, done.stdout) == (5, "")
    assert "create:timesheets" in done.stderr
    assert "--scope" in done.stderr


def test_scope_not_granted(job: Script) -> None:
    """A scope that the script was never granted ends with exit code 5."""
    done = job("--list", "--scope", "approve:timesheets")
    assert done.returncode == 5
    assert "timesheets" in done.stderr


def test_api_not_granted(job: Script) -> None:
    """An API that the script may not use ends with exit code 5 and names clientGrants."""
    done = job("--list", AUDIENCE="https://nowhere.example/api")
    assert done.returncode == 5
    assert "clientGrants" in done.stderr


def test_provider_away(job: Script) -> None:
    """While the provider is away, the script ends with exit code 4 and says which address does not answer."""
    nowhere = f"https://localhost:{free_port()}/"
    done = job("--list", ISSUER_BASE_URL=nowhere)
    assert (done.returncode, done.stdout) == (4, "")
    assert nowhere in done.stderr
    assert "make run" in done.stderr


def test_api_away(job: Script) -> None:
    """While the API is away, the script ends with exit code 4 and says which address does not answer."""
    nowhere = f"http://localhost:{free_port()}"
    done = job("--list", API_URL=nowhere)
    assert done.returncode == 4
    assert nowhere in done.stderr


def test_untrusted(job: Script) -> None:
    """A certificate that is not trusted ends with exit code 4 and names SSL_CERT_FILE."""
    done = job("--list", SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt")
    assert done.returncode == 4
    assert "SSL_CERT_FILE" in done.stderr


def test_no_authority(job: Script, tmp_path: Path) -> None:
    """An authority's file that is not there ends with exit code 2 and its name."""
    missing = str(tmp_path / "missing.pem")
    done = job("--list", SSL_CERT_FILE=missing)
    assert done.returncode == 2
    assert missing in done.stderr


def test_not_an_api(job: Script, server: GatewrightDev) -> None:
    """A server that answers with something else ends with exit code 1 and a sentence."""
    done = job("--list", API_URL=server.issuer + "u/login")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "timesheets" in done.stderr


def test_cache_that_cannot_be_written(job: Script, tmp_path: Path) -> None:
    """A cache that cannot be written ends with exit code 2 and a way out."""
    file = tmp_path / "file"
    file.touch()
    done = job("--list", TOKEN_CACHE=str(file / "tokens"))
    assert done.returncode == 2
    assert "--no-cache" in done.stderr


def test_api_of_others(job: Script, angular_api: str) -> None:
    """An API that believes no token of this kind ends with exit code 1, its words and what to compare."""
    done = job("--list", API_URL=angular_api)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Missing or invalid token" in done.stderr
    assert "compare the API's settings" in done.stderr


def test_bad_timesheet(job: Script) -> None:
    """What the API finds wrong with a timesheet is told in its words, with exit code 1."""
    done = job("--hours", "25")
    assert (done.returncode, done.stdout) == (1, "")
    assert "hours: " in done.stderr


@pytest.mark.parametrize("arguments", [["--hours", "many"], ["--what"], ["more"]], ids=str)
def test_usage(job: Script, arguments: list[str]) -> None:
    """Arguments that make no sense end with exit code 2 and the usage."""
    done = job(*arguments)
    assert done.returncode == 2
    assert "usage: samples/service_account/job" in done.stderr


def test_help(job: Script) -> None:
    """--help tells the options and the exit codes."""
    done = job("--help")
    assert done.returncode == 0
    assert all(text in done.stdout for text in ("--list", "--no-cache", "exit codes:", "  5  "))
