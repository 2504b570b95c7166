"""``gatewright apply``, as an operator sees it."""

from pathlib import Path

import pytest
from tests.cli.terminal import ISSUER, Terminal

ACME = (Path(__file__).parents[1] / "provisioning" / "acme.yaml").read_text()


def test_a_database_behind_is_refused(terminal: Terminal) -> None:
    """Before the first migration apply says what to run, with exit code 2."""
    assert terminal.apply(ACME) == 2
    assert terminal.err == (
        "gatewright: the database lacks 0001 The first schema, "
        "0002 Fewer indexes on what every sign-in and refresh writes, "
        "0003 Tickets of embedded login, "
        "0004 Mailed codes and links that sign a person in, "
        "0005 Users are found by more than their ids, and may have several identities, "
        "0006 Jobs, and what goes into them and comes out, "
        "0007 Permissions that users have without a role, "
        "0008 Sessions, refresh tokens, blocks and the log, for whoever looks after users, "
        "0009 Log streams, and how far they got, "
        "0010 Organizations, their members and invitations, "
        "0011 How a tenant's pages and mail look, and its mail server; wanted: gatewright migrate first\n"
    )
    assert not terminal.database.exists()


def test_a_file_is_applied(terminal: Terminal) -> None:
    """Apply prints what it does and the sum, and does it."""
    terminal.run("migrate")
    assert terminal.apply(ACME) == 0
    lines = terminal.out.splitlines()
    assert lines[0] == f"Tenant main ({ISSUER})"
    assert "  + client Regular Web App" in lines
    assert lines[-2:] == ["14 to create, 0 to update, 0 to delete (0 unchanged)", "Applied."]
    assert len(terminal.rows("SELECT 1 FROM clients")) == 4


def test_a_second_application_changes_nothing(terminal: Terminal) -> None:
    """Applied again the file changes not one row."""
    terminal.run("migrate")
    terminal.apply(ACME)
    before = [terminal.rows(f"SELECT * FROM {table}") for table in ("clients", "apis", "users", "logs")]
    assert terminal.apply(ACME) == 0
    assert terminal.out == (f"Tenant main ({ISSUER})\n0 to create, 0 to update, 0 to delete (13 unchanged)\n")
    assert before == [
        terminal.rows(f"SELECT * FROM {table}") for table in ("clients", "apis", "users", "logs")
    ]


def test_a_dry_run_changes_nothing(terminal: Terminal) -> None:
    """With --dry-run the plan is printed and no row is written."""
    terminal.run("migrate")
    assert terminal.apply(ACME, "--dry-run") == 0
    assert "14 to create" in terminal.out
    assert terminal.out.endswith("Nothing was changed (--dry-run).\n")
    for table in ("tenants", "clients", "users", "signing_keys", "logs"):
        assert terminal.rows(f"SELECT * FROM {table}") == []


def test_a_note_is_told_in_full(terminal: Terminal) -> None:
    """What a plan warns of is wrapped to the width of a terminal, and no word of it is cut."""
    terminal.run("migrate")
    flag = "disable_clickjack_protection_headers"
    assert terminal.apply(f"tenant: {{flags: {{{flag}: true}}}}", "--dry-run") == 0
    lines = terminal.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert (
        f"note: tenant.flags.{flag}: any site can frame the login pages and trick people into clicks "
        "(clickjacking)"
    ) in " ".join(" ".join(lines).split())


def test_a_database_goes_with_its_users(terminal: Terminal) -> None:
    """A dry run says that users go with a database; applying removes them."""
    terminal.run("migrate")
    terminal.apply(ACME)
    assert terminal.apply("databases: []", "--dry-run") == 0
    assert "is deleted with all its users" in " ".join(terminal.out.split())
    assert len(terminal.rows("SELECT 1 FROM users")) == 2
    assert terminal.apply("databases: []") == 0
    for table in ("users", "identities", "identifiers", "passwords", "user_roles"):
        assert terminal.rows(f"SELECT * FROM {table}") == []


def test_every_problem_is_a_line(terminal: Terminal) -> None:
    """All problems are told with file, line and path, the exit code is 2, and nothing is applied."""
    terminal.run("migrate")
    clients = "clients:\n- name: A\n  sso: 5\n- name: B\n  callbacks: [x]\n"
    text = clients + "databases:\n- name: D\n  enabled_clients: [C]\n"
    assert terminal.apply(text) == 2
    assert terminal.err.splitlines() == [
        "tenant.yaml:3: clients[0].sso: read 5; wanted: true or false",
        "tenant.yaml:5: clients[1].callbacks[0]: read 'x'; wanted: an absolute address without #fragment, "
        "user name, space or script scheme",
        "tenant.yaml:8: databases[0].enabled_clients[0]: no client 'C'",
        "gatewright: tenant.yaml: 3 problems, nothing was applied",
    ]
    assert terminal.rows("SELECT 1 FROM clients") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [", "tenant.yaml:2: not YAML"),
        ("- a", "tenant.yaml:1: read a list; wanted: a mapping of sections"),
        ("clients: [{name: A}, {name: A}]", "tenant.yaml:1: clients[1].name: 'A' is clients[0] already"),
    ],
)
def test_an_unreadable_file_is_refused(terminal: Terminal, text: str, line: str) -> None:
    """What is not a tenant file is refused in a line, with exit code 2."""
    terminal.run("migrate")
    assert terminal.apply(text) == 2
    assert terminal.err.splitlines()[0].startswith(line)
    assert terminal.err.splitlines()[-1] == "gatewright: tenant.yaml: 1 problem, nothing was applied"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["apply"], "Missing argument 'FILE'"),
        (["apply", "missing.yaml"], 'read "missing.yaml" (No such file or directory); wanted: a tenant file'),
        (["apply", "."], 'read "." (Is a directory); wanted: a tenant file'),
        (["apply", "tenant.yaml", "--tenant", "A B"], "--tenant: read 'A B'; wanted: letters a-z"),
        (
            ["apply", "tenant.yaml", "--issuer", "nonsense"],
            "--issuer: read 'nonsense'; wanted: an https address",
        ),
        (["apply", "tenant.yaml", "--tenant", "new"], "--issuer: tenant 'new' does not exist yet"),
        (
            ["apply", "tenant.yaml", "--tenant", "new", "--issuer", ISSUER],
            f"{ISSUER} belongs to tenant 'main'; wanted: an issuer of its own",
        ),
    ],
)
def test_mistakes_on_the_command_line_are_one_line(terminal: Terminal, words: list[str], said: str) -> None:
    """A wrong argument ends with exit code 2 and one line that says what is wanted."""
    terminal.run("migrate")
    terminal.apply("roles: []")
    assert terminal.run(*words) == 2
    assert len(terminal.err.splitlines()) == 1
    assert said in terminal.err


def test_a_missing_setting_is_named(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a master key nothing can be sealed, and the setting is named."""
    monkeypatch.delenv("GATEWRIGHT_MASTER_KEY")
    assert terminal.apply(ACME) == 2
    assert terminal.err.startswith("gatewright: GATEWRIGHT_MASTER_KEY: not set")


def test_another_tenant_gets_its_own_issuer(terminal: Terminal) -> None:
    """--tenant with --issuer makes a tenant; later its issuer is known."""
    terminal.run("migrate")
    assert terminal.apply(ACME, "--tenant", "acme", "--issuer", "https://acme.example.test") == 0
    assert terminal.out.startswith("Tenant acme (https://acme.example.test/)\n")
    assert terminal.apply(ACME, "--tenant", "acme") == 0
    assert "0 to create, 0 to update, 0 to delete" in terminal.out


def test_changes_are_told_field_by_field(terminal: Terminal) -> None:
    """An update tells fields, list items and secrets, without showing a secret."""
    terminal.run("migrate")
    terminal.apply(ACME)
    changed = ACME.replace('"http://localhost:3010/callback"', '"http://localhost:3011/callback"')
    changed = changed.replace("web_client_secret_0123", "web_client_secret_9876")
    assert terminal.apply(changed.replace("friendly_name: Acme", 'friendly_name: "Acme & Söhne"')) == 0
    assert terminal.out.splitlines()[1:-2] == [
        "  ~ tenant main",
        '      friendly_name: "Acme" → "Acme & Söhne"',
        "  ~ client Regular Web App",
        "      callbacks:",
        '        - "http://localhost:3010/callback"',
        '        + "http://localhost:3011/callback"',
        "      client_secret: (secret) → (another secret)",
    ]


def test_the_plan_fits_80_columns(terminal: Terminal) -> None:
    """Long names and values are shortened, and control characters never reach the terminal."""
    terminal.run("migrate")
    long, name = "https://a.example/" + "x" * 200, "N" * 120
    terminal.apply(f"clients: [{{name: A, client_id: a, tos_uri: '{long}'}}, {{name: {name}}}]")
    assert max(map(len, terminal.out.splitlines())) <= 80
    terminal.apply(
        f'clients: [{{name: A, client_id: a, tos_uri: "{long}y", description: "a\\x1b[31mb\\u202e"}}]'
    )
    assert max(map(len, terminal.out.splitlines())) <= 80
    assert "\x1b" not in terminal.out
    assert "\u202e" not in terminal.out


def test_another_order_is_told(terminal: Terminal) -> None:
    """A list with the same items in another order says so."""
    terminal.run("migrate")
    terminal.apply(
        "clients: [{name: A, client_id: a, callbacks: ['http://x.example/', 'http://y.example/']}]"
    )
    terminal.apply(
        "clients: [{name: A, client_id: a, callbacks: ['http://y.example/', 'http://x.example/']}]"
    )
    assert "        (another order)" in terminal.out.splitlines()


def test_no_secret_is_printed(terminal: Terminal) -> None:
    """Neither plan nor dry run nor audit log shows a secret of the file."""
    terminal.run("migrate")
    said = ""
    for text in (ACME, ACME.replace("0123456789abcdef", "fedcba9876543210").replace("Horse", "Mouse")):
        terminal.apply(text, "--dry-run")
        said += terminal.out + terminal.err
        terminal.apply(text)
        said += terminal.out + terminal.err
    said += repr(terminal.rows("SELECT doc FROM logs"))
    for secret in ("web_client_secret", "invoices-api-shared", "Correct-", "argon2"):
        assert secret not in said
