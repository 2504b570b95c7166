"""What a page tells readers to type is understood."""

import re
from collections.abc import Iterator

import pytest
from tests.docs.pages import ROOT, pages

from gatewright.cli.commands import COMMANDS
from gatewright.provisioning import read_document
from gatewright.settings import SUBJECTS, describe

SETTINGS = {described.name: described for subject in SUBJECTS for described in describe(subject)}
WORDS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
CODE = re.compile(r"^ *```\w*\n(.*?)^ *```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


def typed() -> Iterator[tuple[str, str]]:
    """Every piece of code on every page, with the page's name."""
    for page in pages():
        for block, inline in CODE.findall(page.read_text()):
            yield str(page.relative_to(ROOT)), block or inline


def tenant_files() -> Iterator[tuple[str, str]]:
    for page in pages():
        for block in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            if re.search(r"^(?:clients|resourceServers|tenant):", block, re.MULTILINE):
                yield str(page.relative_to(ROOT)), block


def test_each_command_that_pages_name_exists() -> None:
    """`gatewright WORD` on a page is a command of the program."""
    named = {
        (page, word)
        for page, code in typed()
        for word in re.findall(r"(?:^|bin/|[\s`])gatewright +(?!COMMAND)([a-z]+)\b(?! *\|)", code)
    }
    assert named
    assert sorted((page, word) for page, word in named if word not in COMMANDS) == []


def test_each_variable_that_pages_name_is_a_setting() -> None:
    """`GATEWRIGHT_NAME` on a page is a setting, or the file of one that may hold a secret."""
    known = {*SETTINGS, *(f"{name}_FILE" for name, described in SETTINGS.items() if described.secret)}
    named = {
        (page, name) for page, code in typed() for name in re.findall(r"\bGATEWRIGHT_[A-Z][A-Z_]*\b", code)
    }
    assert named
    assert sorted((page, name) for page, name in named if name not in known) == []


def test_each_word_of_make_that_pages_name_exists() -> None:
    """`make WORD` on a page is one of the words of the Makefile."""
    named = {(page, word) for page, code in typed() for word in re.findall(r"\bmake ([a-z]+)\b", code)}
    assert named
    assert sorted((page, word) for page, word in named if word not in WORDS) == []


@pytest.mark.parametrize(("page", "content"), list(tenant_files()))
def test_each_tenant_file_on_a_page_is_well_formed(page: str, content: str) -> None:
    """Each tenant file shown on a page has fields that exist, with values of their types."""
    assert read_document(content.encode()).problems == ()
