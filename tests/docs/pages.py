"""The pages of the documentation, as the tests of this folder read them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Link:
    """A relative link: the page it stands on, and where it leads: a file and an anchor, or ''."""

    page: Path
    target: Path
    anchor: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)} -> {self.target}#{self.anchor}"


def pages() -> list[Path]:
    """Every page for readers: those at the root, those of docs/, of the samples and of other folders."""
    tops = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")]
    folders = ("docs", "samples", "bench", "guard", "changelog.d")
    return [*tops, *(page for folder in folders for page in sorted((ROOT / folder).rglob("*.md")))]


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return _FENCE.sub("", page.read_text())


def links(page: Path) -> Iterator[Link]:
    """The links of a page that stay inside the repository."""
    for target in _LINK.findall(_CODE.sub("", prose(page))):
        if not re.match(r"[a-z][a-z0-9+.-]*:", target):
            path, _, anchor = unquote(target).partition("#")
            yield Link(page, (page.parent / path).resolve() if path else page, anchor)


def anchors(page: Path) -> set[str]:
    """What a link to a heading of the page may name, by the rule of GitHub and others."""
    return {_slug(heading) for heading in _HEADING.findall(prose(page))}


def section(page: Path, title: str) -> str:
    """The text under a heading, up to the next heading of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} has no section {title!r}"
    return found[1]


def _slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")
