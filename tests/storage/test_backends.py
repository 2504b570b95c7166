"""Which URLs name a database, and what is said about those that do not."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.errors import Invalid
from gatewright.storage.backends import open_database


class TestGoodUrls:
    @pytest.mark.parametrize(
        ("url", "dialect"),
        [
            ("sqlite:///gatewright.db", "sqlite"),
            ("sqlite:////var/lib/gatewright/gatewright.db", "sqlite"),
            ("postgresql://gatewright@localhost:5432/gatewright", "postgresql"),
            ("postgresql://gatewright:pw@db.example.com/gatewright?sslmode=require", "postgresql"),
            ("postgresql:///gatewright?host=/run/postgresql", "postgresql"),
            ("postgres://localhost/gatewright", "postgresql"),
        ],
    )
    def test_the_scheme_chooses_the_driver(self, url: str, dialect: str) -> None:
        """Each scheme gives its driver, not yet opened."""
        assert open_database(url).dialect == dialect

    async def test_a_relative_path_is_relative(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Three slashes begin a path relative to the working directory."""
        monkeypatch.chdir(tmp_path)
        database = open_database("sqlite:///here.db")
        await database.open()
        await database.close()
        assert (tmp_path / "here.db").exists()

    async def test_an_absolute_path_is_absolute(self, tmp_path: Path) -> None:
        """Four slashes begin an absolute path, and spaces are spaces."""
        path = tmp_path / "with space.db"
        database = open_database(f"sqlite:///{path}")
        await database.open()
        await database.close()
        assert path.exists()


class TestWrongUrls:
    @pytest.mark.parametrize(
        ("url", "seen"),
        [
            ("", "a value without ://"),
            ("gatewright.db", "a value without ://"),
            ("mysql://root@db/gatewright", "mysql://…@db/gatewright"),
            ("postgresql+asyncpg://db/gatewright", "postgresql+asyncpg://db/gatewright"),
            ("sqlite://gatewright.db", "a path follows three slashes"),
            ("sqlite:gatewright.db", "a value without ://"),
            ("sqlite:///", "the path of a file is needed"),
            ("sqlite:///folder/", "the path of a file is needed"),
            ("sqlite:///:memory:", "the path of a file is needed"),
            ("sqlite:///x.db?mode=ro", "? and # have no meaning"),
            ("postgresql://db", "the name of the database is missing"),
            ("postgresql://db:port/x", "postgresql://db:port/x"),
            ("postgresql://[db/x", "postgresql://[db/x"),
        ],
    )
    def test_it_says_what_it_saw_and_wants(self, url: str, seen: str) -> None:
        """A wrong URL is Invalid with what was seen and the forms that are wanted."""
        with pytest.raises(Invalid) as caught:
            open_database(url)
        assert seen in caught.value.message
        assert (
            "wanted: sqlite:///relative/path, sqlite:////absolute/path or postgresql://"
            in caught.value.message
        )

    @given(
        st.sampled_from(["mysql", "postgresql", "sqlite", "postgresql+asyncpg"]),
        st.text(string.ascii_letters + string.digits + "/:?#@!%[] ", min_size=1),
        st.sampled_from(["", "://"]),
    )
    def test_no_password_is_shown(self, scheme: str, padding: str, separator: str) -> None:
        """Whatever is wrong with the URL, the message holds nothing of its password."""
        password = f"{padding}correcthorse{padding}"
        with pytest.raises(Invalid) as caught:
            open_database(f"{scheme}{separator}user:{password}@db:nonsense")
        assert "correcthorse" not in f"{caught.value.message}{caught.value.detail}{caught.value.__cause__}"

    def test_an_unencoded_password_is_explained(self) -> None:
        """A slash in a password gets the advice to encode it."""
        with pytest.raises(Invalid, match="must be percent-encoded"):
            open_database("postgresql://user:/secret@db/gatewright")

    def test_a_password_in_the_query_is_not_shown(self) -> None:
        """A password given as a query parameter is left out of the message."""
        with pytest.raises(Invalid) as caught:
            open_database("postgresql://db:nonsense/x?password=correcthorse")
        assert "correcthorse" not in caught.value.message
