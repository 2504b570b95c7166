"""Passwordless connections and their users in tenant files."""

import pytest
import yaml
from tests.provisioning.conftest import Room

pytestmark = pytest.mark.anyio

FILE = """
clients: [{name: A, client_id: a}]
databases: [{name: D, enabled_clients: [A]}]
connections:
- {name: email, strategy: email, enabled_clients: [A],
   options: {totp: {length: 8, time_step: 300}, disable_signup: true, authParams: {scope: openid}}}
users:
- {connection: email, user_id: "email|5f0000000000000000000001", email: Ada@Example.test}
- {connection: email, email: bob@example.test, roles: []}
"""


async def test_applied_file_changes_nothing_the_second_time(room: Room) -> None:
    """A file with a passwordless connection applies, and once applied it is what the tenant is."""
    await room.apply(FILE)
    (connection,) = [c for c in await room.connections() if c.name == "email"]
    assert (connection.strategy, connection.enabled_clients) == ("email", ("a",))
    assert (connection.passwordless.totp.length, connection.passwordless.totp.time_step) == (8, 300)
    assert connection.passwordless.disable_signup
    assert (await room.plan(FILE)).steps == ()


async def test_export_gives_it_back(room: Room) -> None:
    """What was exported names connection and users as the file did, and changes nothing when applied."""
    await room.apply(FILE)
    text = await room.export()
    written = yaml.safe_load(text)
    assert written["connections"] == [
        {
            "name": "email",
            "strategy": "email",
            "enabled_clients": ["A"],
            "options": {
                "totp": {"length": 8, "time_step": 300},
                "disable_signup": True,
                "authParams": {"scope": "openid"},
            },
        }
    ]
    assert [database["name"] for database in written["databases"]] == ["D"]
    assert "email|5f0000000000000000000001" in [user["user_id"] for user in written["users"]]
    assert (await room.plan(text)).steps == ()


async def test_users_are_of_the_connection(room: Room) -> None:
    """A user without an id gets one that begins with the strategy, and both are known by their address."""
    await room.apply(FILE)
    users = await room.users()
    assert {user.user_id.partition("|")[0] for user in users} == {"email"}
    assert {(identity.provider, identity.connection) for user in users for identity in user.identities} == {
        ("email", "email")
    }


async def test_each_section_leaves_the_other_alone(room: Room) -> None:
    """A file without ``connections`` keeps them, and one without ``databases`` keeps those."""
    await room.apply(FILE)
    await room.apply("databases: [{name: D, enabled_clients: [A]}]")
    await room.apply("connections: [{name: email, strategy: email, enabled_clients: [A]}]")
    assert sorted(connection.name for connection in await room.connections()) == ["D", "email"]


async def test_an_omission_costs_users_and_is_told(room: Room) -> None:
    """Whoever leaves a connection out of its section is warned that its users go with it."""
    await room.apply(FILE)
    plan = await room.plan("connections: []")
    assert [(step.kind, step.action, step.label) for step in plan.steps] == [
        ("connection", "delete", "email")
    ]
    assert any(
        warning.startswith("connections: email is deleted with all its users") for warning in plan.warnings
    )


async def test_what_has_no_effect_is_told(room: Room) -> None:
    """The texts of the vendor's mails are stored, and whoever sets them is told that they steer nothing."""
    plan = await room.plan("connections: [{name: email, strategy: email, options: {email: {subject: Hi}}}]")
    assert "connections[0].options.email: stored, has no effect yet" in plan.warnings


WRONG = [
    ("connections: [{name: email, strategy: sms}]", "connections[0].strategy: read 'sms'"),
    ("connections: [{name: e mail, strategy: email}]", "connections[0].name: read 'e mail'"),
    (
        "connections: [{name: email, strategy: email, options: {totp: {length: 4}}}]",
        "connections[0].options.totp.length: read 4; wanted: 6 to 12 digits",
    ),
    (
        "connections: [{name: email, strategy: email, options: {totp: {time_step: 5}}}]",
        "connections[0].options.totp.time_step: read 5",
    ),
    (
        "{databases: [{name: x}], connections: [{name: x, strategy: email}]}",
        "connections[0].name: 'x' is a database",
    ),
    ("connections: [{name: email, strategy: email, enabled_clients: [B]}]", "no client 'B'"),
    (
        "{connections: [{name: e, strategy: email}], users: [{connection: e, email: a@b.de, password: S}]}",
        "users[0].password: stands at a user without a password",
    ),
    (
        "{connections: [{name: e, strategy: email}], users: [{connection: e, user_id: x, email: a@b.test}]}",
        "users[0].user_id: read 'x'; wanted: letters, digits and . _ ~ @ + : = - after email|",
    ),
    (
        "{connections: [{name: e, strategy: email}], users: [{connection: e, username: ada}]}",
        "users[0].email: missing",
    ),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=range(len(WRONG)))
async def test_what_is_wrong_is_told_at_its_path(room: Room, text: str, problem: str) -> None:
    """A connection or user that cannot be is refused, with where and what is wanted."""
    assert any(problem in found for found in await room.problems(text))
