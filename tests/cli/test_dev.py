"""gatewright dev: one command, everything made, the same again at the second start."""

import base64
import json
import os
import signal
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Start
from tests.cli.process import KEY, Running, fetch, port_of
from tests.support.ports import free_port


def dev(start: Start, data: Path, *arguments: str, **environment: str) -> Running:
    return start("dev", "--port", "0", "--data", str(data), *arguments, **environment)


def test_serves_https_that_python_trusts(start: Start, tmp_path: Path) -> None:
    """The first start ends in HTTPS on localhost, good for whoever trusts DIR/ca.pem."""
    running = dev(start, tmp_path / "data")
    issuer = running.ready()
    assert issuer == f"https://localhost:{port_of(issuer)}/"
    answer = fetch(port_of(issuer), host="localhost", authority=tmp_path / "data" / "ca.pem")
    assert answer["dev"] is True
    assert running.stop() == 0


def test_plain_http_when_asked(start: Start, tmp_path: Path) -> None:
    """With --http there is plain HTTP, an http issuer and no certificate."""
    running = dev(start, tmp_path / "data", "--http")
    issuer = running.ready()
    assert issuer.startswith("http://localhost:")
    assert fetch(port_of(issuer))["dev"] is True
    assert not (tmp_path / "data" / "cert.pem").exists()


def test_directory_is_for_the_owner_alone(start: Start, tmp_path: Path) -> None:
    """The directory, the master key and the management secret can be read by their owner only."""
    data = tmp_path / "deep" / "data"
    dev(start, data, "--http").ready()
    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (data, data / "master.key", data / "management.json")
    ]
    assert modes == [0o700, 0o600, 0o600]


def test_management_access_is_written_and_printed(start: Start, tmp_path: Path) -> None:
    """DIR/management.json and standard output carry the management client's id and secret."""
    running = dev(start, tmp_path / "data")
    issuer = running.ready()
    assert json.loads((tmp_path / "data" / "management.json").read_bytes()) == {
        "domain": f"localhost:{port_of(issuer)}",
        "client_id": "applied-demo",
        "client_secret": "s3cret",
        "audience": f"{issuer}api/v2/",
    }
    assert any("applied-demo" in line and "s3cret" in line for line in running.lines)


def test_ready_is_the_last_word(start: Start, tmp_path: Path) -> None:
    """Addresses and instructions for browser, Node and Python come before the ready line."""
    running = dev(start, tmp_path / "data")
    running.ready()
    said = "\n".join(running.lines)
    assert running.lines[-1].startswith("ready: ")
    authority = tmp_path / "data" / "ca.pem"
    for part in ("dev/messages", "browser", f"NODE_EXTRA_CA_CERTS={authority}", f"SSL_CERT_FILE={authority}"):
        assert part in said


def test_second_start_continues(start: Start, tmp_path: Path) -> None:
    """A second start on the same directory has the same master key and the same authority."""
    data = tmp_path / "data"
    first = dev(start, data)
    port = port_of(first.ready())
    key = fetch(port, host="localhost", authority=data / "ca.pem")["key"]
    authority = (data / "ca.pem").read_bytes()
    assert first.stop() == 0
    second = dev(start, data)
    port = port_of(second.ready())
    assert fetch(port, host="localhost", authority=data / "ca.pem")["key"] == key
    assert (data / "ca.pem").read_bytes() == authority


def test_own_database_and_key_by_default(start: Start, tmp_path: Path) -> None:
    """Without settings the database and the master key are those of the directory."""
    data = tmp_path / "data"
    answer = fetch(port_of(dev(start, data, "--http").ready()))
    written = base64.urlsafe_b64decode((data / "master.key").read_text().strip() + "=")
    assert (answer["database"], answer["key"]) == (f"sqlite:///{data / 'gatewright.db'}", written.hex())


def test_database_and_key_may_be_set(start: Start, tmp_path: Path) -> None:
    """GATEWRIGHT_DATABASE and GATEWRIGHT_MASTER_KEY come before the directory's."""
    url = "postgresql://app@127.0.0.1/app"
    running = dev(start, tmp_path / "data", "--http", GATEWRIGHT_DATABASE=url, GATEWRIGHT_MASTER_KEY=KEY)
    answer = fetch(port_of(running.ready()))
    assert (answer["database"], answer["key"]) == (url, bytes(range(32)).hex())


def test_tenant_file_is_applied(start: Start, tmp_path: Path) -> None:
    """--config names the tenant file that is applied."""
    tenant = tmp_path / "tenant.yaml"
    tenant.write_text("{}")
    running = dev(start, tmp_path / "data", "--http", "--config", str(tenant))
    running.ready()
    assert any("applied-tenant.yaml" in line for line in running.lines)


def test_migrates_by_itself(start: Start, tmp_path: Path) -> None:
    """dev migrates a database that is behind, where serve refuses it."""
    assert dev(start, tmp_path / "data", "--http", TINY_BEHIND="1").ready()


@pytest.mark.parametrize(
    ("host", "in_issuer"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("0.0.0.0", "localhost")]
)
def test_host_is_in_the_issuer(start: Start, tmp_path: Path, host: str, in_issuer: str) -> None:
    """The issuer carries the host listened on, in brackets for IPv6; localhost when that is every address."""
    running = dev(start, tmp_path / "data", "--host", host)
    issuer = running.ready()
    assert issuer == f"https://{in_issuer}:{port_of(issuer)}/"
    name = in_issuer.strip("[]")
    assert fetch(port_of(issuer), host=name, authority=tmp_path / "data" / "ca.pem")["dev"] is True


def refusal(running: Running) -> str:
    """The one line a refused start says; its exit status is 2."""
    assert running.end() == 2
    assert len(running.errors) == 1, running.errors
    return running.errors[0]


def test_port_in_use(start: Start, tmp_path: Path) -> None:
    """A port in use, even by another gatewright with many workers, is refused with the option to change."""
    port = str(port_of(dev(start, tmp_path / "one", "--http", "--workers", "2").ready()))
    second = start("dev", "--http", "--port", port, "--workers", "2", "--data", str(tmp_path / "two"))
    line = refusal(second)
    assert (
        line
        == f"gatewright: --port: read {port}, which another program uses on localhost; wanted: a free port"
    )


def test_directory_in_use(start: Start, tmp_path: Path) -> None:
    """A second server on the same directory is refused, and told which process holds it."""
    first = dev(start, tmp_path / "data", "--http")
    first.ready()
    line = refusal(dev(start, tmp_path / "data", "--http"))
    assert line.startswith("gatewright: --data: ")
    assert f"(process {first.process.pid})" in line


def test_directory_is_free_after_a_crash(start: Start, tmp_path: Path) -> None:
    """After kill -9 the directory can be used again as soon as the workers are gone."""
    first = dev(start, tmp_path / "data", "--http")
    port = port_of(first.ready())
    worker = fetch(port)["pid"]
    os.kill(worker, signal.SIGSTOP)  # cannot notice that its supervisor is gone
    first.process.kill()
    first.process.wait()
    assert "another gatewright" in refusal(dev(start, tmp_path / "data", "--http"))
    os.kill(worker, signal.SIGKILL)
    assert dev(start, tmp_path / "data", "--http").ready()


@pytest.mark.parametrize("kind", ["file", "below a file"])
def test_directory_that_cannot_be(start: Start, tmp_path: Path, kind: str) -> None:
    """A --data that cannot be a directory is refused by name."""
    file = tmp_path / "file"
    file.write_text("")
    line = refusal(dev(start, file if kind == "file" else file / "data", "--http"))
    assert line.startswith("gatewright: --data: read '")
    assert "wanted: a directory that can be written" in line


def test_host_that_is_not_ours(start: Start, tmp_path: Path) -> None:
    """A --host this machine does not have is refused by name."""
    line = refusal(dev(start, tmp_path / "data", "--http", "--host", "192.0.2.1"))
    assert line == "gatewright: --host: read '192.0.2.1'; wanted: an address of this machine"


def test_tenant_file_that_is_not_there(start: Start, tmp_path: Path) -> None:
    """A --config that is not a file is refused before anything is made."""
    line = refusal(dev(start, tmp_path / "data", "--config", "nowhere.yaml"))
    assert line == "gatewright: --config: read 'nowhere.yaml'; wanted: a tenant file"
    assert not (tmp_path / "data").exists()


def test_wrong_master_key_file(start: Start, tmp_path: Path) -> None:
    """A damaged master.key is refused without showing it, and kept: the database needs what it was."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "master.key").write_text("hunter2")
    line = refusal(dev(start, data, "--http"))
    assert line.startswith("gatewright: GATEWRIGHT_MASTER_KEY: read 7 characters")
    assert (data / "master.key").read_text() == "hunter2"


def test_stopping_while_starting(start: Start, tmp_path: Path) -> None:
    """SIGTERM before the server is ready ends it with status 0."""
    running = dev(start, tmp_path / "data", "--http", TINY_HANG="1")
    running.wait_for("hanging")
    assert running.stop() == 0


def test_localhost_answers_on_both_families(start: Start, tmp_path: Path) -> None:
    """localhost is served on 127.0.0.1 and on ::1, for clients try them in either order."""
    port = port_of(dev(start, tmp_path / "data", "--http").ready())
    assert [fetch(port, host=host)["client"] for host in ("127.0.0.1", "::1")] == ["127.0.0.1", "::1"]


def test_unused_port_is_taken_as_given(start: Start, tmp_path: Path) -> None:
    """--port is the port."""
    port = free_port()
    running = start("dev", "--http", "--port", str(port), "--data", str(tmp_path / "data"))
    assert running.ready() == f"http://localhost:{port}/"
