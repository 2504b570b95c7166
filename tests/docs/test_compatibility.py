"""The table of compatibility: rows and tests do not contradict each other, and nothing is forgotten."""

import re

import pytest
from tests.docs.pages import DOCS
from tests.support.world import settings_for

from gatewright.app import Application, build_platform
from gatewright.storage.backends import open_database

PAGE = (DOCS / "reference" / "compatibility.md").read_text()
ROWS = re.findall(r"^\| (.+?) \| (yes|partly|no)\b(.*?) \| (.*) \|$", PAGE, re.MULTILINE)
NO_INTERFACE = {"/", "/authorize/resume"}


def ours(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Addresses that applications call, as opposed to pages and to what exists in development alone."""
    settings = settings_for(tmp_path_factory.mktemp("unopened"))
    platform = build_platform(settings, open_database(settings.database.url))
    paths = set(Application(platform).router.routes) - NO_INTERFACE
    platform.hasher.close()
    return {path.rstrip("/") for path in paths if not path.startswith(("/u/", "/dev/"))}


def test_every_address_is_in_a_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What applications can call stands in a row that says it is there."""
    there = " ".join(name for name, answer, _, _ in ROWS if answer != "no")
    named = set(re.findall(r"/[\w./{}-]*[\w}]", there))
    assert sorted(ours(tmp_path_factory) - named) == []


def test_what_is_there_has_tests_and_what_is_not_has_a_reason() -> None:
    """A row that says yes links to tests, and one that says no says why."""
    assert len(ROWS) > 60
    for name, answer, words, tests in ROWS:
        assert bool(tests) == (answer != "no"), name
        assert (len(words) > 5) == (answer != "yes"), name


@pytest.mark.parametrize("library", ["auth0.js 10", "auth0-spa-js", "auth0-python 4", "openid-client"])
def test_libraries_are_listed(library: str) -> None:
    """A library that tests drive is listed with the calls they make."""
    assert re.search(rf"^\| {re.escape(library)} \| `\w.*\| \[", PAGE, re.MULTILINE)
