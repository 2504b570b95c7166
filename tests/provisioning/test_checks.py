"""The rules of a tenant file, each with the entry that breaks it."""

import pytest
from tests.provisioning.conftest import ISSUER, Room

DATABASE = "databases: [{name: Users}]\n"


def client(fields: str) -> str:
    return f"clients: [{{name: App, {fields}}}]"


def api(fields: str) -> str:
    return f"resourceServers: [{{name: API, identifier: urn:api, {fields}}}]"


def user(fields: str) -> str:
    return f"{DATABASE}users: [{{connection: Users, {fields}}}]"


BROKEN = [
    (client("callbacks: ['https://*.example.com/cb']"), "clients[0].callbacks[0]", "an exact address"),
    (client("callbacks: ['https://a.example/cb#x']"), "clients[0].callbacks[0]", "without #fragment"),
    (client("callbacks: [/relative]"), "clients[0].callbacks[0]", "an absolute address"),
    (client("callbacks: ['javascript:alert(1)']"), "clients[0].callbacks[0]", "script scheme"),
    (client("callbacks: ['https://u:p@a.example/']"), "clients[0].callbacks[0]", "user name"),
    (
        client("allowed_logout_urls: ['not a url']"),
        "clients[0].allowed_logout_urls[0]",
        "an absolute address",
    ),
    (client("web_origins: ['https://a.example/path']"), "clients[0].web_origins[0]", "an origin like"),
    (client("web_origins: ['https://*.example']"), "clients[0].web_origins[0]", "no wildcard"),
    (client("allowed_origins: ['com.example.app://x']"), "clients[0].allowed_origins[0]", "an origin like"),
    (
        client("initiate_login_uri: 'http://a.example/login'"),
        "clients[0].initiate_login_uri",
        "an https address",
    ),
    *(
        (client(f"cross_origin_loc: '{url}'"), "clients[0].cross_origin_loc", "an https address")
        for url in ("http://a.example/vouch", "com.example.app://vouch", "https://a.example/#x", "vouch")
    ),
    (client("logo_uri: 'javascript:1'"), "clients[0].logo_uri", "https://"),
    (client("grant_types: [telepathy]"), "clients[0].grant_types[0]", "a grant type"),
    (
        client("app_type: spa, grant_types: [client_credentials]"),
        "clients[0].grant_types[0]",
        "keeps a secret",
    ),
    (client("client_secret: short"), "clients[0].client_secret", "5 characters, not shown"),
    (client("client_id: 'a b'"), "clients[0].client_id", "without spaces"),
    (client("client_id: gatewright_dev_management"), "clients[0].client_id", "belongs to the system"),
    (client("description: " + "x" * 141), "clients[0].description", "at most 140"),
    (client("jwt_configuration: {lifetime_in_seconds: 0}"), "lifetime_in_seconds", "1 to 2592000 seconds"),
    (client("refresh_token: {leeway: 61}"), "clients[0].refresh_token.leeway", "0 to 60 seconds"),
    (client("refresh_token: {token_lifetime: 0}"), "clients[0].refresh_token.token_lifetime", "wanted: 1 to"),
    (
        client("refresh_token: {token_lifetime: 60, idle_token_lifetime: 61}"),
        "clients[0].refresh_token.idle_token_lifetime",
        "at most token_lifetime, 60",
    ),
    (client("default_max_age: -1"), "clients[0].default_max_age", "wanted: 0 to"),
    (
        client("client_secret: 'no/base64url!', jwt_configuration: {alg: HS256, secret_encoded: true}"),
        "clients[0].client_secret",
        "not base64url",
    ),
    (
        client("client_metadata: {" + ", ".join(f"k{n}: v" for n in range(11)) + "}"),
        "clients[0].client_metadata",
        "at most 10 pairs",
    ),
    ("clients: [{name: ' '}]", "clients[0].name", "not only spaces"),
    ('clients: [{name: "A\\e[31m"}]', "clients[0].name", "without control characters"),
    ("clients: [{name: A}, {name: A}]", "clients[1].name", "'A' is clients[0] already"),
    (
        "clients: [{name: A, client_id: x}, {name: B, client_id: x}]",
        "clients[1].client_id",
        "'x' is clients[0] already",
    ),
    (api("signing_alg: HS256"), "resourceServers[0].signing_secret", "missing"),
    (api("signing_alg: HS256, signing_secret: " + "x" * 31), "signing_secret", "at least 32 (RFC 7518 §3.2)"),
    (api("signing_secret: " + "x" * 32), "resourceServers[0].signing_secret", "wanted: signing_alg HS256"),
    (api("scopes: [{value: 'two words'}]"), "resourceServers[0].scopes[0].value", "RFC 6749 §3.3"),
    (api("scopes: [{value: a}, {value: a}]"), "resourceServers[0].scopes[1].value", "already"),
    (api("token_lifetime: 2592001"), "resourceServers[0].token_lifetime", "1 to 2592000 seconds"),
    (api("token_lifetime: 60, token_lifetime_for_web: 61"), "token_lifetime_for_web", "1 to 60 seconds"),
    ("resourceServers: [{name: A, identifier: 'a b'}]", "resourceServers[0].identifier", "without spaces"),
    (
        f"resourceServers: [{{name: A, identifier: '{ISSUER}api/v2/'}}]",
        "resourceServers[0].identifier",
        "belongs to the system",
    ),
    (
        f"resourceServers: [{{name: A, identifier: '{ISSUER}userinfo'}}]",
        "resourceServers[0].identifier",
        "belongs to the system",
    ),
    (
        "resourceServers: [{name: A, identifier: x}, {name: B, identifier: x}]",
        "resourceServers[1].identifier",
        "'x' is resourceServers[0] already",
    ),
    ("databases: [{name: no spaces}]", "databases[0].name", "letters, digits and single hyphens"),
    ("databases: [{name: A}, {name: A}]", "databases[1].name", "already"),
    (
        "databases: [{name: A, options: {validation: {username: {min: 5, max: 4}}}}]",
        "databases[0].options.validation.username.max",
        "5 to 128 characters",
    ),
    (
        "databases: [{name: A, options: {password_complexity_options: {min_length: 0}}}]",
        "password_complexity_options.min_length",
        "1 to 128",
    ),
    ("roles: [{name: A}, {name: A}]", "roles[1].name", "already"),
    ("roles: [{name: ''}]", "roles[0].name", "1 to 255"),
    ("tenant: {session_lifetime: 0}", "tenant.session_lifetime", "hours"),
    (
        "tenant: {session_lifetime: 10, idle_session_lifetime: 11}",
        "tenant.idle_session_lifetime",
        "0.01 to 10",
    ),
    ("tenant: {session_cookie: {mode: sticky}}", "tenant.session_cookie.mode", "non-persistent"),
    ("tenant: {enabled_locales: ['not a tag']}", "tenant.enabled_locales[0]", "RFC 5646"),
    ("tenant: {picture_url: 'ftp://x.example'}", "tenant.picture_url", "https://"),
    ("tenant: {allowed_logout_urls: ['*']}", "tenant.allowed_logout_urls[0]", "an exact address"),
    ("branding: {colors: {primary: blue}}", "branding.colors.primary", "not a colour"),
    ("branding: {logo_url: 'http://a.example/x.png'}", "branding.logo_url", "not an https address"),
    (user("email: nonsense"), "users[0].email", "not an e-mail address"),
    (user("name: Nobody"), "users[0]", "wanted: email or username"),
    (user("username: 'a b'"), "users[0].username", "letters, digits"),
    (user("username: " + "x" * 16), "users[0].username", "1 to 15 characters"),
    (user("email: a@b.example, user_id: 'x y'"), "users[0].user_id", "after auth0|"),
    (user("email: a@b.example, user_id: 'google-oauth2|1'"), "users[0].user_id", "after auth0|"),
    (user("email: a@b.example, password: weak"), "users[0].password", "At least 8 characters"),
    (user("email: a@b.example, password: ''"), "users[0].password", "1 to 256"),
    (user("email: a@b.example, password_hash: '$2b$10$abc'"), "users[0].password_hash", "an argon2id hash"),
    (user("email: a@b.example, birthdate: '1990-13-01'"), "users[0].birthdate", "YYYY-MM-DD"),
    (user("email: a@b.example, picture: 'javascript:1'"), "users[0].picture", "https://"),
    (user("email: a@b.example, name: " + "x" * 301), "users[0].name", "at most 300"),
    (
        "databases: [{name: Users, options: {requires_username: true}}]\n"
        "users: [{connection: Users, email: a@b.example}]",
        "users[0].username",
        "which the database requires",
    ),
    (
        DATABASE
        + "users: [{connection: Users, email: a@b.example}, {connection: Users, email: A@B.example}]",
        "users[1].email",
        "is users[0] already",
    ),
    (
        DATABASE + "users: [{connection: Users, username: a, user_id: x}, "
        "{connection: Users, username: b, user_id: auth0|x}]",
        "users[1].user_id",
        "is users[0] already",
    ),
]


@pytest.mark.parametrize(
    ("text", "path", "words"), BROKEN, ids=[f"{n}-{row[1]}" for n, row in enumerate(BROKEN)]
)
async def test_a_broken_rule_is_told_at_its_path(room: Room, text: str, path: str, words: str) -> None:
    """A value that breaks a rule is refused with its path, and nothing else is."""
    (problem,) = await room.problems(text)
    assert path in problem
    assert words in problem


FINE = [
    client("callbacks: ['com.example.app://callback', 'http://127.0.0.1/cb', 'https://a.example/cb?x=1']"),
    client("app_type: native, grant_types: ['urn:ietf:params:oauth:grant-type:device_code']"),
    client("web_origins: ['http://localhost:3000/']"),
    client("initiate_login_uri: 'http://localhost:3000/login'"),
    client("cross_origin_authentication: true, cross_origin_loc: 'https://a.example/vouch?x=1'"),
    client("cross_origin_loc: 'http://localhost:3000/vouch'"),
    client("cross_origin_authentication: null, cross_origin_loc: null"),
    client("refresh_token: {token_lifetime: 60}"),
    client("refresh_token: {infinite_token_lifetime: true, token_lifetime: 1, idle_token_lifetime: 61}"),
    client(
        "client_secret: c2VjcmV0LXNlY3JldC1zZWNyZXQ, jwt_configuration: {alg: HS256, secret_encoded: true}"
    ),
    api("token_lifetime: 60"),
    "tenant: {session_lifetime: 10}",
    "branding: {logo_url: 'https://a.example/x.png', colors: {primary: '#0059d6', page_background: '#fff'}}",
    user("email: a@b.example, birthdate: '0000-12-31', website: 'https://a.example'"),
    user("username: ada, password: Correct-Horse-1"),
]


@pytest.mark.parametrize("text", FINE, ids=range(len(FINE)))
async def test_what_keeps_the_rules_is_planned(room: Room, text: str) -> None:
    """A file that keeps the rules has a plan."""
    assert (await room.plan(text)).steps


DANGLING = [
    ("clientGrants: [{client_id: Nobody, audience: x}]", "clientGrants[0].client_id: no client 'Nobody'"),
    ("clientGrants: [{client_id: Nobody, audience: x}]", "clientGrants[0].audience: no API 'x'"),
    (
        "clients: [{name: A}]\nresourceServers: [{name: R, identifier: urn:r, scopes: [{value: read}]}]\n"
        "clientGrants: [{client_id: A, audience: urn:r, scope: [reed]}]",
        "clientGrants[0].scope[0]: 'urn:r' has no scope 'reed'; did you mean 'read'?",
    ),
    (
        "databases: [{name: D, enabled_clients: [Nobody]}]",
        "databases[0].enabled_clients[0]: no client 'Nobody'",
    ),
    (
        "clients: [{name: Nightly Job}]\ndatabases: [{name: D, enabled_clients: [Nightly job]}]",
        "did you mean 'Nightly Job'?",
    ),
    (
        "roles: [{name: r, permissions: [{permission_name: p, resource_server_identifier: urn:no}]}]",
        "roles[0].permissions[0].resource_server_identifier: no API 'urn:no'",
    ),
    (
        "resourceServers: [{name: R, identifier: urn:r}]\n"
        "roles: [{name: r, permissions: [{permission_name: p, resource_server_identifier: urn:r}]}]",
        "roles[0].permissions[0].permission_name: 'urn:r' has no scope 'p'",
    ),
    ("tenant: {default_directory: D}", "tenant.default_directory: no database 'D'"),
    ("tenant: {default_audience: urn:no}", "tenant.default_audience: no API 'urn:no'"),
    ("users: [{connection: D, email: a@b.example}]", "users[0].connection: no connection 'D'"),
    (
        DATABASE + "users: [{connection: Users, email: a@b.example, roles: [boss]}]",
        "users[0].roles[0]: no role 'boss'",
    ),
]


@pytest.mark.parametrize(("text", "problem"), DANGLING, ids=range(len(DANGLING)))
async def test_a_name_that_leads_nowhere_is_told(room: Room, text: str, problem: str) -> None:
    """A name that stands for nothing is refused at its path."""
    assert any(problem in found for found in await room.problems(text))


async def test_names_may_stand_for_what_the_tenant_has(room: Room) -> None:
    """A section that is not in the file counts as the tenant has it."""
    await room.apply("clients: [{name: A, app_type: non_interactive}]\nroles: [{name: r}]\n" + DATABASE)
    plan = await room.plan(
        "databases: [{name: Users, enabled_clients: [A]}]\n"
        "users: [{connection: Users, email: a@b.example, roles: [r]}]"
    )
    assert [step.kind for step in plan.steps] == ["database", "user"]


async def test_an_unreadable_entry_does_not_make_its_name_dangle(room: Room) -> None:
    """Who refers to an entry that is wrong in itself is not told that it does not exist."""
    problems = await room.problems(
        "clients: [{name: A, sso: 5}]\nresourceServers: [{name: R, identifier: urn:r, scopes: 5}]\n"
        "clientGrants: [{client_id: A, audience: urn:r, scope: [x]}]"
    )
    assert [problem.split(": ")[1] for problem in problems] == ["clients[0].sso", "resourceServers[0].scopes"]


async def test_rules_and_shape_are_told_together(room: Room) -> None:
    """One run tells wrong shapes, broken rules and dangling names, in the order of the file."""
    problems = await room.problems(
        "clients:\n- name: A\n  sso: 5\n  callbacks: [x]\ndatabases:\n- name: D\n  enabled_clients: [B]\n"
    )
    assert [problem.split(": ")[0] for problem in problems] == ["line 3", "line 4", "line 7"]


async def test_every_weak_password_is_told_without_showing_it(room: Room) -> None:
    """Passwords are judged by their database's policy and never shown."""
    problems = await room.problems(
        "databases: [{name: Users, options: {passwordPolicy: excellent}}]\n"
        "users:\n- {connection: Users, email: a@b.example, password: hunter2}\n"
        "- {connection: Users, email: b@b.example, password: aaaBBB111!}\n"
    )
    assert [problem.split(": ")[1] for problem in problems] == ["users[0].password", "users[1].password"]
    assert "hunter2" not in "".join(problems)
