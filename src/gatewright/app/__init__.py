"""ROOF floor: settings and stores → the platform → the application. Wires everything, decides nothing."""

from gatewright.app.application import Application, create_app
from gatewright.app.platform import Platform, build_platform
from gatewright.app.preparing import prepare

__all__ = ["Application", "Platform", "build_platform", "create_app", "prepare"]
