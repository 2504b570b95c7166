"""Programs under test, and what they leave."""

from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from tests.cli.process import Running


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
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets GATEWRIGHT_* variables of this very process, all others of that name taken away."""
    import os

    for name in [name for name in os.environ if name.startswith("GATEWRIGHT_")]:
        monkeypatch.delenv(name)

    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"GATEWRIGHT_{name}", value)

    return set_all
