"""Names that strangers chose."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatewright.messages.names import LONGEST, harmless

# What mail programs make links of: schemes, and dots inside words.
CLICKABLE = re.compile(
    r"[^\W\d_][\w+.-]*:[/\\]{1,2}|www[.．。｡]\w|[\w\u200c\u200d][.．。｡](?:[A-Za-z0-9][A-Za-z0-9-]+|\d)",
    re.UNICODE,
)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Example",
        "J.R.R. Tolkien",
        "Dr. Jürgen Müller-Lüdenscheidt",
        "O'Brien & Söhne",
        "李小龙",
        "می‌خواهم",
        "Smith, John Jr.",
        "👩‍💻 Grace",
        "",
    ],
)
def test_ordinary_names_stay(name: str) -> None:
    """A name that people really have is shown as it is."""
    assert harmless(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("click http://evil.example/x", "click evil·example/x"),
        ("click HTTPS://evil.example", "click evil·example"),
        ("http://evil", "evil"),
        ("hthttp://tp://evil", "evil"),
        ("www.evil.example", "www·evil·example"),
        ("www.a", "www·a"),
        ("evil。example", "evil·example"),
        ("ftp:\\\\evil", "ftp: evil"),
        ("1.2.3.4", "1·2·3·4"),
        ("Timesheets.io", "Timesheets·io"),
        ("evil.भारत", "evil·भारत"),
    ],
)
def test_links_are_defused(name: str, shown: str) -> None:
    """A name that looks like an address keeps its words and cannot be clicked."""
    assert harmless(name) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada\r\nBcc: bob@example.test", "Ada Bcc: bob@example·test"),
        ("Ada\u2028Bob", "Ada Bob"),
        ("Ada\u202egnp.exe", "Ada gnp·exe"),
        ("Ada\x00\x1b[31m", "Ada [31m"),
        ("ev\u200bil", "ev il"),
        ("\ud800", ""),
        ('"Ada" <b>', "Ada b"),
    ],
)
def test_unseen_characters_go(name: str, shown: str) -> None:
    """Line ends, control characters, direction marks and quotes become spaces."""
    assert harmless(name) == shown


def test_long_names_are_cut() -> None:
    """A name of more than 64 characters ends in an ellipsis."""
    assert harmless("a" * 200) == "a" * (LONGEST - 1) + "…"


@given(st.text(max_size=200) | st.text(alphabet="a.b:/\\ w\u200d1。\n<", max_size=40))
@example("a.\u200dcom")
def test_nothing_clickable_is_left(name: str) -> None:
    """Whatever a name contains, it ends up on one line of at most 64 characters with no link in it."""
    shown = harmless(name)
    assert len(shown) <= LONGEST
    assert not CLICKABLE.search(shown)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert harmless(shown) == shown
