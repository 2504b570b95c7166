"""docs/architecture.md tells of the house as it stands."""

import re
import tomllib

import pytest
from tests.docs.pages import DOCS, ROOT, section

PAGE = DOCS / "architecture.md"
HOUSE = ROOT / "src" / "gatewright"
FOLDERS = {file.parent.name for file in HOUSE.glob("*/__init__.py")}
TABLE = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section(PAGE, "Rooms"), re.MULTILINE))

# A floor as the page calls it, and as the first line of a room's docstring does.
FLOORS = {
    "roof": "ROOF",
    "doors": "DOOR",
    "flows": "FLOW",
    "powers": "POWER",
    "nouns": "NOUN",
    "ground": "GROUND",
}


def planned() -> set[str]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = next(contract for contract in contracts if contract["name"] == "Floors")
    return {room for layer in floors["layers"] for room in re.findall(r"\((\w+)\)", layer)}


def test_the_rooms_are_the_folders() -> None:
    """The page's table of rooms names the folders of the platform and no others."""
    assert set(TABLE) == FOLDERS


@pytest.mark.parametrize("room", sorted(FOLDERS))
def test_each_room_stands_on_the_floor_it_says(room: str) -> None:
    """The floor of a room in the table is the one that its docstring begins with."""
    first_line = (HOUSE / room / "__init__.py").read_text().partition("\n")[0]
    assert first_line.startswith(f'"""{FLOORS[TABLE[room]]}')


def test_planned_rooms_are_told_apart() -> None:
    """The rooms that the contract keeps a place for, and that are not there yet, are named as planned."""
    sentence = re.search(r"^Planned and not there yet: (.+)$", PAGE.read_text(), re.MULTILINE)
    assert sentence
    assert set(re.findall(r"`(\w+)`", sentence[1])) == planned() - FOLDERS


def test_named_modules_exist() -> None:
    """Each module or folder of a room that the page names by its path is there."""
    rooms = "|".join(sorted(FOLDERS))
    named = set(re.findall(rf"\b(?:{rooms})/[\w/]+(?:\.py|/)?", PAGE.read_text()))
    missing = [path for path in named if not (HOUSE / path).exists() and not (HOUSE / f"{path}.py").exists()]
    assert sorted(missing) == []
