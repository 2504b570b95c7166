"""What differs from the sample `timesheets`: the library, the script that uses it, the client, the ports."""

from collections.abc import Mapping
from pathlib import Path

from timesheets.settings import Settings
from timesheets.spa.server import PACKAGES, Library

AUTH0_JS = Library(
    "auth0.js",
    PACKAGES / "auth0-js/dist/auth0.min.esm.js",
    Path(__file__).with_name("session.js"),
)
"""Implicit grant: tokens in the fragment of the address."""


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings; the variables are those of the sample `timesheets`."""
    return Settings.from_environment(environment, client_id="demo_spa_implicit", port=3020)
