"""Browser bundles of the libraries whose npm packages hold none."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "node_modules"
RECIPE = Path(__file__).with_name("bundle.mjs")


def bundles() -> Path:
    """The folder of the bundles. They are made once for a lock and a recipe, and kept beside the packages."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes() + RECIPE.read_bytes()).hexdigest()
    folder = PACKAGES / ".cache" / "client-bundles" / digest[:16]
    if not folder.is_dir():
        _make(folder)
    return folder


def _make(folder: Path) -> None:
    """Makes them beside the folder and moves them in, so that nobody finds half of them."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        done = subprocess.run(["node", RECIPE, made], capture_output=True, text=True)
        assert done.returncode == 0, f"{RECIPE.name} ended with {done.returncode}: {done.stderr}"
        _move(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _move(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another run was faster.
        if not folder.is_dir():
            raise
