"""``gatewright users``, as an operator sees it."""

import csv
import json
import stat

import pytest
from tests.cli.terminal import Terminal

TENANT = """
databases:
  - name: db
    strategy: auth0
connections:
  - name: mail
    strategy: email
users: []
"""
PEOPLE = """{"email": "a@example.test"}
{"email": "b@example.test", "password_hash": "$2b$31$secretsecretsecret"}
{"email": "c@example.test"}
"""


@pytest.fixture
def filled(terminal: Terminal) -> Terminal:
    terminal.run("migrate")
    assert terminal.apply(TENANT) == 0, terminal.err
    return terminal


def test_import(filled: Terminal) -> None:
    """Users come in, progress is on standard error, the sum on standard output, and nothing else is left."""
    filled.write('[{"email": "a@example.test"}, {"email": "b@example.test"}]', "people.json")
    assert filled.run("users", "import", "people.json", "--connection", "db") == 0
    assert filled.out == "2 inserted, 0 updated, 0 failed\n"
    assert filled.err.startswith("100%  2 users, ")
    assert filled.rows("SELECT count(*) FROM users") == [(2,)]
    assert [path.name for path in filled.folder.glob("people*")] == ["people.json"]
    ((doc,),) = filled.rows("SELECT doc FROM logs WHERE type = 'sui'")
    assert json.loads(str(doc))["details"]["inserted"] == 2


def test_what_is_refused_is_written_down(filled: Terminal) -> None:
    """Users who are wrong end in exit code 1 and a private file with line, path and no secret."""
    filled.write(PEOPLE, "people.ndjson")
    assert filled.run("users", "import", "people.ndjson", "--connection", "db") == 1
    assert filled.out == (
        '2 inserted, 0 updated, 1 failed\nWhat is wrong with them stands in "people.ndjson.errors.ndjson".\n'
    )
    report = filled.folder / "people.ndjson.errors.ndjson"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    (refused,) = map(json.loads, report.read_text().splitlines())
    assert refused["number"] == 2
    assert refused["user"] == {"email": "b@example.test", "password_hash": "(not shown)"}
    assert refused["errors"][0]["path"] == "password_hash"
    assert "secretsecret" not in report.read_text()


def test_a_second_import_updates(filled: Terminal) -> None:
    """With --upsert the same file updates; the report of an earlier run is gone."""
    filled.write(PEOPLE, "people.ndjson")
    filled.run("users", "import", "people.ndjson", "--connection", "db", "--errors", "bad.ndjson")
    assert (filled.folder / "bad.ndjson").exists()
    filled.write('{"email": "a@example.test", "name": "Ada"}', "people.ndjson")
    words = ("users", "import", "people.ndjson", "--connection", "db", "--errors", "bad.ndjson")
    assert filled.run(*words, "--upsert") == 0
    assert filled.out == "0 inserted, 1 updated, 0 failed\n"
    assert not (filled.folder / "bad.ndjson").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("import", "nowhere.json", "--connection", "db"),
            2,
            'read "nowhere.json" (No such file or directory)',
        ),
        (("import", "p.json", "--connection", "x"), 2, "--connection: read 'x'; wanted: one of db, mail"),
        (("import", "p.json", "--connection", "mail"), 2, "mail is no database"),
        (("import", "p.json", "--connection", "db", "--tenant", "no"), 1, "no tenant 'no'"),
        (("import", "p.json"), 2, "--connection"),
        (("export", "--format", "xml"), 2, "--format: read 'xml'; wanted: ndjson, json, csv"),
        (("export", "--field", "a..b"), 2, "read 'a..b'; wanted: a field of the user"),
        (("export", "--connection", "x"), 2, "--connection: read 'x'"),
        (("export", "--tenant", "no"), 1, "no tenant 'no'"),
        (("export", "nowhere/x.csv"), 2, 'FILE: read "nowhere/x.csv" (No such file or directory)'),
    ],
)
def test_what_cannot_be_done_is_one_line(
    filled: Terminal, words: tuple[str, ...], code: int, said: str
) -> None:
    """A wrong word ends in one line that says what was read and what is wanted."""
    filled.write("{}", "p.json")
    assert filled.run("users", *words) == code
    assert said in filled.err
    assert len(filled.err.splitlines()) == 1


def test_export(filled: Terminal) -> None:
    """Users are written to a private file or to standard output, with the fields that were asked for."""
    filled.write('{"email": "a@example.test", "user_id": "a"}', "people.ndjson")
    filled.run("users", "import", "people.ndjson", "--connection", "db")
    assert filled.run("users", "export") == 0
    assert json.loads(filled.out)["user_id"] == "auth0|a"
    words = ("--format", "csv", "--field", "user_id=id", "--field", "email")
    assert filled.run("users", "export", "out.csv", *words) == 0
    file = filled.folder / "out.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(csv.reader(file.read_text().splitlines())) == [["id", "email"], ["auth0|a", "a@example.test"]]


def test_what_was_exported_is_imported_elsewhere(filled: Terminal) -> None:
    """An export with hashes, its read-only fields left out, is what an import takes."""
    brought = {"email": "a@example.test", "user_id": "a", "password_hash": "$2b$04$" + "." * 53}
    filled.write(json.dumps(brought), "people.ndjson")
    filled.run("users", "import", "people.ndjson", "--connection", "db")
    fields = ("--field", "user_id", "--field", "email", "--field", "name", "--with-hashes")
    assert filled.run("users", "export", "copy.ndjson", *fields) == 0
    before = filled.rows("SELECT * FROM passwords")
    assert filled.run("users", "import", "copy.ndjson", "--connection", "db", "--upsert") == 0
    assert filled.out == "0 inserted, 1 updated, 0 failed\n"
    assert filled.rows("SELECT * FROM passwords") == before


def test_foreign_hash_goes_through_a_tenant_file(filled: Terminal) -> None:
    """A hash that nobody signed in with yet is exported with the tenant, and applied without a change."""
    brought = {
        "email": "a@example.test",
        "custom_password_hash": {"algorithm": "md5", "hash": {"value": "00" * 16, "encoding": "hex"}},
    }
    filled.write(json.dumps(brought), "people.ndjson")
    filled.run("users", "import", "people.ndjson", "--connection", "db")
    assert filled.run("export", "copy.yaml", "--with-secrets") == 0
    assert filled.run("apply", "copy.yaml") == 0, filled.err
    assert "0 to create, 0 to update, 0 to delete" in filled.out
