"""Readers get where a page sends them, and find every page."""

import re
from pathlib import Path

import pytest
from tests.docs.pages import DOCS, ROOT, anchors, links, pages

PAGES = pages()
INDEX = DOCS / "README.md"


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_relative_link_leads_somewhere(page: Path) -> None:
    """Each relative link of a page leads to a file or folder of the repository."""
    assert [str(link) for link in links(page) if not link.target.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_each_link_to_a_heading_finds_it(page: Path) -> None:
    """Each link to a part of a page names a heading that is there."""
    to_parts = [link for link in links(page) if link.anchor and link.target.suffix == ".md"]
    assert [str(link) for link in to_parts if link.anchor not in anchors(link.target)] == []


def test_every_page_of_the_documentation_is_reachable() -> None:
    """Whoever follows links from docs/README.md comes by every page under docs/."""
    seen, waiting = set[Path](), [INDEX]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md" and page.is_file():
            seen.add(page)
            waiting += [link.target for link in links(page)]
    assert sorted(map(name_of, set(DOCS.rglob("*.md")) - seen)) == []


def test_the_readme_leads_to_the_documentation() -> None:
    """The newcomer's page links to the index of the documentation."""
    assert INDEX in {link.target for link in links(ROOT / "README.md")}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name in ("how-to", "concepts", "decisions")], ids=name_of
)
def test_each_page_is_listed_in_the_index(page: Path) -> None:
    """Each how-to page, concept and decision is named by docs/README.md itself."""
    assert page in {link.target for link in links(INDEX)}


def test_decisions_are_numbered_and_dated() -> None:
    """Decisions are numbered without a gap, and each says its date and its status."""
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(len(pages)))
    head = re.compile(
        r"# \d{4}: .+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: (proposed|accepted|refused|replaced by)"
    )
    assert [page.name for page in pages[1:] if not head.match(page.read_text())] == []


def test_decisions_follow_the_template() -> None:
    """Each decision has the sections of the template, in its order."""
    template, *written = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    wanted = re.findall(r"^## .+", template.read_text(), re.MULTILINE)
    assert [
        page.name for page in written if re.findall(r"^## .+", page.read_text(), re.MULTILINE) != wanted
    ] == []
