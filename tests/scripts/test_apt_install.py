"""`scripts/apt-install`: Debian packages as root, through sudo, or a message that says what to do."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "apt-install"


class Machine:
    """A search path that holds only what a test puts on it, and the calls its programs saw."""

    def __init__(self, root: Path) -> None:
        self.programs = root / "bin"
        self.calls = root / "calls"
        self.programs.mkdir()
        self.calls.touch()
        for name in ("env", "sh"):
            (self.programs / name).symlink_to(str(shutil.which(name)))

    def program(self, name: str, text: str) -> None:
        file = self.programs / name
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def user(self, number: int) -> None:
        self.program("id", f"echo {number}")

    def apt(self, code: int = 0) -> None:
        self.program("apt-get", f'echo "$DEBIAN_FRONTEND apt-get $*" >>"{self.calls}"; exit {code}')

    def sudo(self) -> None:
        self.program("sudo", f'echo "sudo" >>"{self.calls}"; exec "$@"')

    def install(self, *packages: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.programs)}
        return subprocess.run(
            [SCRIPT, *packages], env=environment, capture_output=True, text=True, check=False
        )

    def seen(self) -> list[str]:
        return self.calls.read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_root_updates_then_installs(machine: Machine) -> None:
    """Root calls apt-get without sudo: first update, for a fresh image has no lists, then install."""
    machine.user(0)
    machine.apt()
    assert machine.install("nodejs", "npm").returncode == 0
    update, install = machine.seen()
    assert update.endswith(" update")
    assert install.endswith(" install --no-install-recommends nodejs npm")


def test_never_asks(machine: Machine) -> None:
    """Packages are installed without a question on the terminal."""
    machine.user(0)
    machine.apt()
    machine.install("nodejs")
    assert all(call.startswith("noninteractive ") and " -y " in call for call in machine.seen())


def test_others_use_sudo(machine: Machine) -> None:
    """Whoever is not root installs through sudo."""
    machine.user(1000)
    machine.apt()
    machine.sudo()
    assert machine.install("nodejs").returncode == 0
    assert machine.seen()[::2] == ["sudo", "sudo"]


def test_without_sudo_names_the_command(machine: Machine) -> None:
    """Whoever is not root and has no sudo is told what is missing and what to ask for."""
    machine.user(1000)
    machine.apt()
    run = machine.install("nodejs", "npm")
    assert run.returncode == 1
    assert "missing on this machine: nodejs npm" in run.stderr
    assert "ask for 'apt-get install nodejs npm'" in run.stderr
    assert machine.seen() == []


def test_without_apt_names_the_packages(machine: Machine) -> None:
    """On a system that is not Debian's kind the missing packages are named."""
    machine.user(0)
    run = machine.install("postgresql")
    assert run.returncode == 1
    assert "missing on this machine: postgresql" in run.stderr


def test_a_refused_update_ends_it(machine: Machine) -> None:
    """When apt-get fails, so does the script, and nothing further is tried."""
    machine.user(0)
    machine.apt(code=100)
    assert machine.install("nodejs").returncode == 100
    assert len(machine.seen()) == 1
