"""Browser bundles are made when they are missing, and only then."""

import subprocess
from pathlib import Path

import pytest
from tests.clients import bundles as module
from tests.clients.bundles import bundles

NAMES = {"auth0-4.js", "auth0-6.js", "auth0-7.js", "auth0-8.js", "lock.js"}


def test_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are none, each library without a bundle of its own gets one, and nothing else is left."""
    monkeypatch.setattr(module, "PACKAGES", tmp_path)
    folder = bundles()
    assert {file.name for file in folder.iterdir()} == NAMES
    assert list(folder.parent.iterdir()) == [folder]


def test_they_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bundles that are there are taken as they are."""
    first = bundles()
    monkeypatch.setattr(subprocess, "run", None)
    assert bundles() == first


def test_a_recipe_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe that fails is reported with its own words and leaves no half of a bundle."""
    recipe = tmp_path / "recipe.mjs"
    recipe.write_text('throw new Error("no such library")')
    monkeypatch.setattr(module, "RECIPE", recipe)
    monkeypatch.setattr(module, "PACKAGES", tmp_path)
    with pytest.raises(AssertionError, match="no such library"):
        bundles()
    assert list((tmp_path / ".cache" / "client-bundles").iterdir()) == []
