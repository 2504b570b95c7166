"""Commands as an operator types them, in this process."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from tests.cli.process import KEY

from gatewright.cli import main
from gatewright.jose.keys import generate_private

_GENERATE = cache(generate_private)
ISSUER = "https://id.example.test/"


class Terminal:
    """Runs ``gatewright`` and keeps what it said last: ``out`` and ``err``."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.database = folder / "gatewright.db"
        self.out = self.err = ""
        self._capsys = capsys
        monkeypatch.setenv("GATEWRIGHT_ISSUER", ISSUER)
        monkeypatch.setenv("GATEWRIGHT_DATABASE", f"sqlite:///{self.database}")
        monkeypatch.setenv("GATEWRIGHT_MASTER_KEY", KEY)
        monkeypatch.chdir(folder)
        # RSA keys take long to find, and which one it is matters to no test here.
        monkeypatch.setattr("gatewright.jose.rotation.generate_private", _GENERATE)

    def run(self, *words: str) -> int:
        """The exit code of ``gatewright`` followed by ``words``."""
        code = main(words)
        self.out, self.err = self._capsys.readouterr()
        return code

    def write(self, text: str, name: str = "tenant.yaml") -> str:
        """Writes a file into the folder and returns its name."""
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def apply(self, text: str, *options: str) -> int:
        """Applies a file with this text."""
        return self.run("apply", self.write(text), *options)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the database."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()
