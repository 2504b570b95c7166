"""The generated reference pages tell what the code tells."""

import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from tests.docs.pages import DOCS, section
from tests.support.world import settings_for

import gatewright
from gatewright.apis.model import ApiSettings
from gatewright.app import Application, build_platform
from gatewright.cli.commands import COMMANDS
from gatewright.clients import ClientSettings
from gatewright.connections import DatabaseOptions
from gatewright.kernel.events import Event
from gatewright.oauth.errors import OAuthError
from gatewright.provisioning.stored_only import STORED_ONLY
from gatewright.selfservice.errors import DatabaseRefusal
from gatewright.settings import SUBJECTS, Description, describe
from gatewright.storage.backends import open_database
from gatewright.tenants import TenantFlags, TenantSettings
from gatewright.web.routing import Route
from gatewright_guard import GuardError

REFERENCE = DOCS / "reference"
SETTINGS = [described for subject in SUBJECTS for described in describe(subject)]

for module in pkgutil.walk_packages(gatewright.__path__, "gatewright."):
    if not module.name.endswith("__main__") and ".migrations" not in module.name:
        importlib.import_module(module.name)


def family(root: type) -> list[type]:
    return [found for child in root.__subclasses__() for found in (child, *family(child))]


def real(kinds: list[type]) -> list[type]:
    """Classes of the project itself; other tests may have made some of their own."""
    return [kind for kind in kinds if kind.__module__.startswith("gatewright")]


def row(page: str, *cells: str) -> str:
    """The row of a table that begins with the cells."""
    lines = (REFERENCE / page).read_text().splitlines()
    found = [line for line in lines if line.startswith("".join(f"| {cell} " for cell in cells) + "|")]
    assert len(found) == 1, f"{page} has {len(found)} rows for {cells}"
    return found[0]


def name_of(kind: type) -> str:
    return kind.__name__


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    """The routes of a development server, which has them all."""
    settings = settings_for(tmp_path_factory.mktemp("unopened"))
    platform = build_platform(settings, open_database(settings.database.url))
    found = list(Application(platform).router.routes.values())
    platform.hasher.close()
    return found


def test_generated_pages_are_current() -> None:
    """Each generated page is what `make docs` would write now."""
    run = subprocess.run(
        [sys.executable, DOCS / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_an_outdated_page_is_named(tmp_path: Path) -> None:
    """With --check a page that differs is named, the exit code is 1 and the page is left as it is."""
    copy = tmp_path / "docs"
    shutil.copytree(DOCS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("tests", "guard"):
        (tmp_path / folder).symlink_to(DOCS.parent / folder)
    subprocess.run([sys.executable, copy / "build.py"], check=True, capture_output=True)
    page = copy / "reference" / "settings.md"
    page.write_text("old")
    run = subprocess.run(
        [sys.executable, copy / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.returncode) == (
        "docs/reference/settings.md: out of date, run `make docs`\n",
        1,
    )
    assert page.read_text() == "old"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_has_its_words(setting: Description) -> None:
    """Each setting says what it is and what is wanted, so that its section has something to tell."""
    assert setting.description.endswith(".")
    assert setting.wanted


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_has_its_section(setting: Description) -> None:
    """Each setting has a section that says what is wanted and what the default is."""
    text = section(REFERENCE / "settings.md", f"`{setting.name}`")
    assert "- Wanted: " in text
    assert "- Default: " in text


@pytest.mark.parametrize("kind", real(family(Event)), ids=name_of)
def test_each_event_is_documented(kind: type[Event]) -> None:
    """Each kind of event stands on the page with its log code and what it means."""
    assert row("events.md", f"`{kind.__name__}`", f"`{kind.code}`").count("|") == 4
    assert kind.code
    assert kind.__doc__
    assert kind.__doc__ != Event.__doc__


@pytest.mark.parametrize("kind", real(family(OAuthError)), ids=name_of)
def test_each_protocol_error_is_documented(kind: type[OAuthError]) -> None:
    """Each error of the protocol stands on the page with its code, its status and what it means."""
    meaning = " ".join((kind.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")
    assert meaning.endswith(".")
    assert row("errors.md", f"`{kind.code}`", str(kind.status), meaning)


@pytest.mark.parametrize("kind", real(family(DatabaseRefusal)), ids=name_of)
def test_each_error_of_own_forms_is_documented(kind: type[DatabaseRefusal]) -> None:
    """Each refusal of own forms stands on the page with its code, its status and what it means."""
    lines = (REFERENCE / "errors.md").read_text().splitlines()
    begins = f"| `{kind.name}` | `{kind.code}` | {kind.status} | "
    assert [line for line in lines if line.startswith(begins) and line.endswith(". |")]


@pytest.mark.parametrize("kind", real(family(GuardError)), ids=name_of)
def test_each_guard_error_is_documented(kind: type[GuardError]) -> None:
    """Each refusal of the guard stands on the page with its code, its wire code, its status and meaning."""
    error = f"`{kind.error}`" if kind.error else "none"
    assert row("errors.md", f"`{kind.code}`", error, str(kind.status)).split("|")[4].strip()


def test_each_endpoint_is_documented(routes: list[Route]) -> None:
    """Each address has a section that names every method it answers, with words about the answer."""
    for route in routes:
        text = section(REFERENCE / "endpoints.md", f"`{route.path}`")
        for method in route.methods:
            assert re.search(rf"^- (`\w+`, )*`{method}`.*: \S", text, re.MULTILINE), (route.path, method)


def test_what_can_be_guessed_is_documented(routes: list[Route]) -> None:
    """The section of an address where a secret is checked says which one."""
    guessable = [route for route in routes if route.checks_secret]
    assert guessable
    for route in guessable:
        text = section(REFERENCE / "endpoints.md", f"`{route.path}`")
        assert f"- Guessable: {route.checks_secret}" in text


def test_no_address_is_documented_that_is_not_there(routes: list[Route]) -> None:
    """The page has no section for an address that nothing answers."""
    sections = re.findall(r"^### `(.+)`$", (REFERENCE / "endpoints.md").read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(route.path for route in routes)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented(command: str) -> None:
    """Each command has a section with its own help."""
    assert f"Usage: gatewright {command}" in section(REFERENCE / "commands.md", f"`gatewright {command}`")


@pytest.mark.parametrize(
    ("title", "kind", "silent"),
    [
        ("`tenant`", TenantSettings, "tenant"),
        ("`tenant.flags`", TenantFlags, "flags"),
        ("`resourceServers`", ApiSettings, "resourceServers"),
        ("`clients`", ClientSettings, "clients"),
        ("`databases.options`", DatabaseOptions, "options"),
    ],
)
def test_each_field_of_the_tenant_file_is_documented(
    title: str, kind: type[msgspec.Struct], silent: str
) -> None:
    """Each field stands in the table of its section, or among those that have no effect."""
    text = section(REFERENCE / "tenant-file.md", title)
    rows, without_effect = text[: text.find(" yet: ")], text[text.find(" yet: ") :]
    for field in msgspec.structs.fields(kind):
        where = without_effect if field.encode_name in STORED_ONLY[silent] else rows
        assert f"`{field.encode_name}`" in where, field.encode_name
