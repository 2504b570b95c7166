"""`make test`: all tests are shared among processes, and those that measure run alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = "[pytest]\nmarkers = alone\n"

NEIGHBOURS = """
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def seen(request):
    mark = HERE / f"{request.node.name}.running"
    mark.touch()
    yield
    mark.unlink()


@pytest.mark.parametrize("number", range(200))
def test_short(number):
    time.sleep(0.005)
"""

MEASURING = """
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_has_company():
    end = time.monotonic() + 20
    while not list(HERE.glob("*.running")):
        assert time.monotonic() < end


@pytest.mark.alone
@pytest.mark.parametrize("time_", range(3))
def test_is_alone(time_):
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        assert list(HERE.glob("*.running")) == []


def test_has_company_again():
    test_has_company()
"""


def script(folder: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """`scripts/test` in a checkout whose pytest prints its arguments, one a line."""
    pytest_there = folder / ".venv" / "bin" / "pytest"
    for target in (folder / "scripts" / "test", pytest_there):
        target.parent.mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "test", folder / "scripts" / "test")
    pytest_there.write_text(f'#!/bin/sh\nfor each; do echo "$each"; done\nexit {status}\n')
    pytest_there.chmod(0o755)
    command = [folder / "scripts" / "test", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_tests_are_shared(tmp_path: Path) -> None:
    """Without arguments the files with tests are shared among as many processes as there are cores."""
    assert script(tmp_path).stdout.split() == ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"]


def test_arguments_are_handed_on(tmp_path: Path) -> None:
    """Whoever names tests gets them in one process, and every argument arrives as it was given."""
    run = script(tmp_path, "tests/oauth", "-k", "pkce or scopes")
    assert run.stdout.splitlines() == ["tests/oauth", "-k", "pkce or scopes"]


@pytest.mark.parametrize("status", [0, 1, 2])
def test_failure_is_told(tmp_path: Path, status: int) -> None:
    """The exit status is the one of pytest."""
    assert script(tmp_path, status=status).returncode == status


def test_measuring_tests_run_alone(tmp_path: Path) -> None:
    """While a test marked ``alone`` runs no other process has a test under way, and afterwards all go on."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "test_measuring.py").write_text(MEASURING)
    (tmp_path / "test_neighbours.py").write_text(NEIGHBOURS)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist=loadfile", "-p", "no:cacheprovider"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    run = subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "205 passed" in run.stdout
