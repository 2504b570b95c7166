"""The parts of the platform that commands start, found when a command needs them.

``gatewright COMMAND --help`` then costs no import of the platform.
"""

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from starlette.types import ASGIApp

from gatewright.settings import Settings


@dataclass(frozen=True, slots=True)
class ManagementClient:
    """The machine-to-machine application through which scripts manage a development server."""

    client_id: str
    client_secret: str = field(repr=False)


CreateApp = Callable[[Settings], ASGIApp]
"""Builds the application; opens nothing. Its lifespan opens the database in the worker, and closes it."""

Apply = Callable[[Settings, Path | None], Awaitable[ManagementClient]]
"""Applies a tenant file, or the built-in demo tenant for ``None``; returns its management client."""


class Prepare(Protocol):
    """What makes the database fit for use."""

    async def __call__(self, settings: Settings, *, migrate: bool) -> None:
        """Brings the schema to this version, or raises ``GatewrightError`` when it may not and is behind."""
        ...


@dataclass(frozen=True, slots=True)
class Program:
    """What ``app`` offers to commands."""

    create_app: CreateApp
    prepare: Prepare


def load_program() -> Program:
    """Imports the platform."""
    app: Any = importlib.import_module("gatewright.app")
    return Program(create_app=app.create_app, prepare=app.prepare)


def load_apply() -> Apply:
    """Imports what reads tenant files."""
    tenant_file: Any = importlib.import_module("gatewright.cli.tenant_file")
    apply: Apply = tenant_file.apply_file
    return apply
