"""`make run`: the server and the samples live and end together."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "run"
SERVER = "#!/bin/sh\necho $$ >server.pid\necho ready: https://localhost:8443/\nexec sleep 60\n"
SAMPLE = "#!/bin/sh\necho $$ >sample.pid\necho ready: http://localhost:3000/\nexec sleep 60\n"


class Tree:
    """A checkout with a pretended server and samples."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.running: list[subprocess.Popen[str]] = []
        (root / "scripts").mkdir()
        shutil.copy(SCRIPT, root / "scripts" / "run")
        self.program(".venv/bin/gatewright", SERVER)

    def program(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(self.root / "scripts" / "run")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def lives(self, pid_file: str) -> bool:
        state = Path("/proc", (self.root / pid_file).read_text().strip(), "stat")
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    tree = Tree(tmp_path)
    yield tree
    for process in tree.running:
        process.terminate()
        process.communicate(timeout=30)


def lines_until(process: subprocess.Popen[str], last: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(last):
            return lines
    raise AssertionError(f"the output ended without {last!r}: {lines}")


def test_prints_the_addresses_when_all_are_ready(tree: Tree) -> None:
    """The last lines name the issuer and the address of each sample."""
    tree.program("samples/web_app/run", SAMPLE)
    lines = lines_until(tree.start(), "Ctrl-C")
    assert lines[-3:-1] == ["ready: https://localhost:8443/", "web_app: http://localhost:3000/"]


def test_prefixes_output_with_the_name(tree: Tree) -> None:
    """Each line of a program carries the program's name."""
    tree.program("samples/web_app/run", SAMPLE)
    lines = lines_until(tree.start(), "Ctrl-C")
    assert "web_app     | ready: http://localhost:3000/" in lines


def test_runs_the_server_alone(tree: Tree) -> None:
    """Without samples the server runs by itself."""
    assert "ready: https://localhost:8443/" in lines_until(tree.start(), "Ctrl-C")


@pytest.mark.parametrize("name", ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])
def test_samples_trust_the_local_authority(tree: Tree, name: str) -> None:
    """A sample's environment points at the certificate authority of the server."""
    tree.program("samples/api/run", f'#!/bin/sh\necho "ready: ${name}"\nexec sleep 60\n')
    lines = lines_until(tree.start(), "Ctrl-C")
    assert f"api: {tree.root / '.gatewright' / 'ca.pem'}" in lines


def test_samples_know_the_issuer(tree: Tree) -> None:
    """A sample's environment names the issuer that the server announced."""
    tree.program("samples/api/run", '#!/bin/sh\necho "ready: $ISSUER_BASE_URL"\nexec sleep 60\n')
    assert "api: https://localhost:8443/" in lines_until(tree.start(), "Ctrl-C")


def test_samples_run_in_their_own_folder(tree: Tree) -> None:
    """A sample's working directory is its folder."""
    tree.program("samples/api/run", '#!/bin/sh\necho "ready: $PWD"\nexec sleep 60\n')
    assert f"api: {tree.root / 'samples' / 'api'}" in lines_until(tree.start(), "Ctrl-C")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(tree: Tree, number: signal.Signals) -> None:
    """A signal ends server and samples, and the exit code is 0."""
    tree.program("samples/web_app/run", SAMPLE)
    process = tree.start()
    lines_until(process, "Ctrl-C")
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert not tree.lives("server.pid")
    assert not tree.lives("samples/web_app/sample.pid")


def test_a_signal_during_the_start_stops_the_server(tree: Tree) -> None:
    """A signal before everything is ready ends what runs already."""
    tree.program("samples/slow/run", "#!/bin/sh\necho starting\nexec sleep 60\n")
    process = tree.start()
    lines_until(process, "slow ")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert not tree.lives("server.pid")


def test_the_children_of_a_shell_are_stopped(tree: Tree) -> None:
    """A sample that is a shell script takes its own child along."""
    tree.program("samples/api/run", "#!/bin/sh\nsleep 60 &\necho $! >child.pid\necho ready: x\nwait\n")
    process = tree.start()
    lines_until(process, "Ctrl-C")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    deadline = time.monotonic() + 10
    while tree.lives("samples/api/child.pid"):
        assert time.monotonic() < deadline, "the child of the sample's shell is still there"
        time.sleep(0.02)


def test_a_sample_that_ends_is_named(tree: Tree) -> None:
    """A sample that ends by itself is named with its exit code, and the server is stopped."""
    tree.program("samples/web_app/run", "#!/bin/sh\necho no such module\nexit 3\n")
    process = tree.start()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "web_app     | no such module" in output
    assert errors == "web_app ended by itself with exit code 3; everything else was stopped.\n"
    assert not tree.lives("server.pid")


def test_a_sample_that_ends_later_is_named(tree: Tree) -> None:
    """A sample that was ready and then ends is named, and the server is stopped."""
    tree.program("samples/api/run", "#!/bin/sh\necho $$ >sample.pid\necho ready: x\nexec sleep 60\n")
    process = tree.start()
    lines_until(process, "Ctrl-C")
    os.kill(int((tree.root / "samples/api/sample.pid").read_text()), signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("api ended by itself")
    assert not tree.lives("server.pid")


def test_a_server_that_cannot_start_is_named(tree: Tree) -> None:
    """When the server ends before it is ready, no sample is started and the exit code is 1."""
    tree.program(".venv/bin/gatewright", "#!/bin/sh\necho port 8443 is in use\nexit 2\n")
    tree.program("samples/web_app/run", SAMPLE)
    process = tree.start()
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "gatewright  | port 8443 is in use" in output
    assert errors.startswith("gatewright ended by itself with exit code 2")
    assert not (tree.root / "samples" / "web_app" / "sample.pid").exists()


def test_a_sample_that_cannot_be_executed_is_named(tree: Tree) -> None:
    """A `run` file without the right to execute ends the start with the sample's name."""
    tree.program("samples/web_app/run", SAMPLE)
    (tree.root / "samples" / "web_app" / "run").chmod(0o644)
    process = tree.start()
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.startswith("web_app cannot be executed: ")
    assert not tree.lives("server.pid")
