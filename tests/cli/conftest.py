"""Programs under test, and what they leave."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from tests.cli.process import Running
from tests.cli.terminal import Terminal


class Start(Protocol):
    def __call__(self, *arguments: str, **environment: str) -> Running: ...


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs; ends those that still run after the test."""
    started: list[Running] = []

    def begin(*arguments: str, **environment: str) -> Running:
        started.append(Running(*arguments, environment=environment))
        return started[-1]

    yield begin
    for running in started:
        running.clean_up()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    """A terminal whose environment names an installation in a fresh folder, not yet migrated."""
    return Terminal(tmp_path, monkeypatch, capsys)
