"""The generated reference pages tell what the code tells."""

import subprocess
import sys
from pathlib import Path

import pytest

from gatewright.settings import SUBJECTS, Description, describe

DOCS = Path(__file__).parents[2] / "docs"
SETTINGS = [described for subject in SUBJECTS for described in describe(subject)]


def test_generated_pages_are_current() -> None:
    """Each generated page is what `make docs` would write now."""
    run = subprocess.run(
        [sys.executable, DOCS / "build.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 0)


def test_an_outdated_page_is_named(tmp_path: Path) -> None:
    """With --check a page that differs is named, the exit code is 1 and the page is left as it is."""
    copy = tmp_path / "build.py"
    copy.write_text((DOCS / "build.py").read_text())
    page = tmp_path / "reference" / "settings.md"
    page.parent.mkdir()
    page.write_text("old")
    run = subprocess.run([sys.executable, copy, "--check"], capture_output=True, text=True, check=False)
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
