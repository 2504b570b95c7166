"""The repository keeps the promises that CONTRIBUTING.md makes about it."""

import ast
import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GUARD = tomllib.loads((ROOT / "guard" / "pyproject.toml").read_text())

WORDS = ["setup", "run", "test", "check", "bench", "docs"]
GENERATED = {
    ".git",
    ".venv",
    "node_modules",
    "__pycache__",
    ".gatewright",
    "dist",
    "build",
    "results",
    "htmlcov",
}
CACHES = re.compile(r"\.(?:\w+_cache|hypothesis|coverage.*)|.*\.egg-info")
LOCKS = ("runtime.txt", "development.txt", "auth0-python-4.txt")
UNNAMED = {"utils", "helpers", "common", "base", "manager", "misc"}
LONGEST_FILE = 330

# Written so that this file does not match itself.
REGISTRIES = re.compile(
    r"registry\.npmjs[.]org|registry\.yarnpkg[.]com|pypi[.]org/simple|files\.pythonhosted[.]org"
)
MACHINE_PATHS = re.compile(r"(?<![\w.*~}-])/(?:work|root|Users)/\w|(?<![\w.*~}-])/home/(?!user\b)\w")

# The floor of each row of the contract in pyproject.toml, from the roof down.
FLOORS = ["ROOF", "ROOF", "ROOF", "DOOR", "FLOW", "FLOW", "FLOW", "POWER", "NOUN", "GROUND", "GROUND"]


def own(folder: str) -> bool:
    return folder not in GENERATED and not CACHES.fullmatch(folder)


def files(under: Path = ROOT) -> Iterator[Path]:
    """Every file of the project, without what tools make and Git ignores."""
    for folder, folders, names in os.walk(under):
        folders[:] = sorted(filter(own, folders))
        yield from (Path(folder, name) for name in sorted(names) if own(name))


def texts() -> Iterator[tuple[Path, str]]:
    for file in files():
        content = file.read_bytes()
        if b"\0" not in content:
            yield file.relative_to(ROOT), content.decode()


def production() -> list[Path]:
    return [f for top in ("src", "guard/src") for f in files(ROOT / top) if f.suffix == ".py"]


def rooms() -> dict[str, str]:
    """Room → floor, as the contract of the floors tells."""
    floors = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["name"] == "Floors")
    rows = zip(floors["layers"], FLOORS, strict=True)
    return {room: floor for row, floor in rows for room in re.findall(r"\w+", row)}


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / lock).read_text().splitlines()
    found = [re.match(r"([\w.-]+)==([^ ;]+)", line) for line in lines]
    return {canonicalize_name(m[1]): m[2] for m in found if m}


def wanted(*lists: list[str]) -> list[Requirement]:
    """The requirements of the lists, but for the guard, which is not locked because it lives here."""
    every = [Requirement(text) for requirements in lists for text in requirements]
    return [r for r in every if canonicalize_name(r.name) != "gatewright-guard"]


def test_make_offers_six_words() -> None:
    """The Makefile has exactly the targets that the documentation names."""
    rules = re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert rules == WORDS


def test_plain_make_prints_the_words() -> None:
    """`make` without a target prints each word with a line of help and does nothing else."""
    # These tests may themselves run under make, which hands its own flags on.
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    run = subprocess.run(["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True)
    lines = [line.split(maxsplit=2) for line in run.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["make", word] for word in WORDS]
    assert all(len(line) == 3 for line in lines)


@pytest.mark.parametrize(
    "name",
    [
        ".ci/run",
        "scripts/apt-install",
        "scripts/check",
        "scripts/lock",
        "scripts/run",
        "scripts/setup",
        "scripts/test",
    ],
)
def test_scripts_can_be_executed(name: str) -> None:
    """Each script carries the right to execute, without which a fresh clone does not start."""
    assert os.access(ROOT / name, os.X_OK)


def test_ci_runs_the_two_words() -> None:
    """The gate of every change is `make check`, then `make test`."""
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make ")] == ["make check", "make test"]


def test_no_registry_is_named() -> None:
    """No file names the host of a package registry: each machine has its own."""
    assert [str(path) for path, text in texts() if REGISTRIES.search(text)] == []


def test_python_locks_hold_no_address() -> None:
    """The Python locks hold versions and hashes, no URL, no index and no path."""
    text = "".join((ROOT / "requirements" / name).read_text() for name in LOCKS)
    assert re.findall(r"^(?:-|.*(?:://|file:|@ )).*", text, re.MULTILINE) == []


def test_npm_lock_holds_no_address() -> None:
    """The npm lock holds a hash and no download address for every package."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages.pop("")
    assert [
        name for name, package in packages.items() if "resolved" in package or "integrity" not in package
    ] == []


def test_npm_dependencies_are_exact() -> None:
    """Every npm dependency is pinned to one version, also where it has another name than its package."""
    dependencies = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    exact = re.compile(r"(?:npm:(?:@[\w-]+/)?[\w-]+@)?\d+\.\d+\.\d+")
    assert [name for name, version in dependencies.items() if not exact.fullmatch(version)] == []


def test_npm_lock_needs_no_repository() -> None:
    """No locked package wants one from a Git repository or an address: CONTRIBUTING.md tells what to do."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wants = [
        f"{name} wants {wanted} {version}"
        for name, package in packages.items()
        for wanted, version in package.get("dependencies", {}).items()
        if re.search(r"[:/]", version) and not version.startswith("npm:")
    ]
    assert wants == []


def test_no_machine_path_is_named() -> None:
    """No file names a path that exists on one machine only."""
    assert [f"{path}: {m[0]}" for path, text in texts() if (m := MACHINE_PATHS.search(text))] == []


@pytest.mark.parametrize("lock", ["runtime.txt", "development.txt"])
def test_runtime_is_locked(lock: str) -> None:
    """Each lock pins every runtime dependency of both distributions to a version they accept."""
    pinned = pins(lock)
    requirements = wanted(PROJECT["project"]["dependencies"], GUARD["project"]["dependencies"])
    assert [
        str(r) for r in requirements if pinned.get(canonicalize_name(r.name), "") not in r.specifier
    ] == []


def test_development_is_locked() -> None:
    """The lock of the developers pins what tests, checks and builds need."""
    pinned = pins("development.txt")
    groups = PROJECT["dependency-groups"]
    requirements = wanted(groups["dev"], groups["build"], PROJECT["build-system"]["requires"])
    assert [
        str(r) for r in requirements if pinned.get(canonicalize_name(r.name), "") not in r.specifier
    ] == []


def test_older_library_is_locked() -> None:
    """auth0-python 4, which stands beside the newest for tests, has a lock of its own."""
    (requirement,) = wanted(PROJECT["dependency-groups"]["auth0-python-4"])
    (pinned,) = pins("auth0-python-4.txt").items()
    assert pinned[0] == requirement.name
    assert pinned[1] in requirement.specifier


def test_locks_agree() -> None:
    """Operators run the very versions that the tests ran with."""
    assert pins("runtime.txt").items() <= pins("development.txt").items()


def test_both_distributions_carry_the_licence() -> None:
    """The guard is published by itself and carries the same licence text."""
    assert (ROOT / "LICENSE").read_text() == (ROOT / "guard" / "LICENSE").read_text()


def test_each_room_names_its_floor() -> None:
    """The docstring of each room's `__init__.py` begins with the floor that the contract gives it."""
    wrong = {}
    for room, floor in rooms().items():
        file = ROOT / "src" / "gatewright" / room / "__init__.py"
        if file.exists():
            first = (ast.get_docstring(ast.parse(file.read_text())) or "").split("\n")[0]
            if not first.startswith(f"{floor} floor:"):
                wrong[room] = f"{first!r}, wanted: '{floor} floor: ...'"
    assert wrong == {}


def test_each_package_has_a_docstring() -> None:
    """Every `__init__.py` says what its folder owns."""
    silent = [
        f for f in production() if f.name == "__init__.py" and not ast.get_docstring(ast.parse(f.read_text()))
    ]
    assert silent == []


def test_every_name_says_something() -> None:
    """No file or folder has a name under which anything could be kept."""
    names = {part.removesuffix(".py") for file in files() for part in file.relative_to(ROOT).parts}
    assert names & UNNAMED == set()


def test_files_are_short() -> None:
    """No production file is longer than 330 lines."""
    lengths = {f.relative_to(ROOT): len(f.read_text().splitlines()) for f in production()}
    assert {str(f): length for f, length in lengths.items() if length > LONGEST_FILE} == {}


def test_fragments_are_named_for_a_known_kind() -> None:
    """Each changelog fragment is `<issue or +words>.<kind>.md` with a kind that the release knows."""
    kinds = "|".join(kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"])
    shape = re.compile(rf"(?:\d+|\+[a-z0-9-]+)\.(?:{kinds})(?:\.\d+)?\.md|README\.md")
    assert [f.name for f in files(ROOT / "changelog.d") if not shape.fullmatch(f.name)] == []


def test_fragments_are_sentences() -> None:
    """Each line of a changelog fragment is a sentence, not a heading and not a list."""
    lines = [
        (f.name, line)
        for f in files(ROOT / "changelog.d")
        if f.name != "README.md"
        for line in f.read_text().splitlines() or [""]
    ]
    assert [entry for entry in lines if not re.fullmatch(r"[A-Z`].*[.!?]", entry[1])] == []


def test_release_can_gather_the_fragments() -> None:
    """The changelog names the place where a release is put in."""
    assert PROJECT["tool"]["towncrier"]["start_string"] in (ROOT / "CHANGELOG.md").read_text()


def links(page: Path) -> Iterator[str]:
    """The targets of a page's links to files beside it; code blocks hold examples, not links."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:|#", target):
            yield target.partition("#")[0]


def test_links_lead_somewhere() -> None:
    """Each relative link in a Markdown page leads to a file."""
    pages = [f for f in files() if f.suffix == ".md"]
    assert [
        f"{p.relative_to(ROOT)}: {t}" for p in pages for t in links(p) if not (p.parent / t).exists()
    ] == []


def test_documentation_has_an_index() -> None:
    """Every page of the documentation is linked from its first page."""
    docs = ROOT / "docs"
    listed = {(docs / target).resolve() for target in links(docs / "README.md")}
    assert [
        str(f.relative_to(docs))
        for f in files(docs)
        if f.suffix == ".md" and f.resolve() not in listed | {docs / "README.md"}
    ] == []
