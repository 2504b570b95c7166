"""The shape of a tenant file: unknown fields, wrong types and missing values are found, all of them."""

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.provisioning import Document, InvalidFile, read_document
from gatewright.provisioning.document import NOT_YET, SECTIONS
from gatewright.provisioning.document import located as with_lines
from gatewright.provisioning.entry_kinds import NOT_FOR_PROFILE, UserEntry
from gatewright.provisioning.writing import yaml_text
from gatewright.users import User


def problems(text: str) -> list[str]:
    document = read_document(text.encode())
    return [str(problem) for problem in with_lines(document.problems, document.source)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tenant: {friendly_name: 5}", "tenant.friendly_name: read 5; wanted: text"),
        ("tenant: {session_lifetime: long}", "tenant.session_lifetime: read 'long'; wanted: a number"),
        ("tenant: {flags: {nonsense: true}}", "tenant.flags.nonsense: no such field"),
        ("tenant: {sesion_lifetime: 3}", "did you mean session_lifetime?"),
        ("tenant: []", "tenant: read a list; wanted: a mapping"),
        ("branding: {colors: {primary: 1}}", "branding.colors.primary: read 1"),
        ("clients: {}", "clients: read a mapping; wanted: a list"),
        ("clients: [text]", "clients[0]: read 'text'; wanted: a mapping"),
        ("clients: [{}]", "clients[0].name: missing; wanted: text"),
        ("clients: [{name: a, callbacks: x}]", "clients[0].callbacks: read 'x'; wanted: a list"),
        ("clients: [{name: a, callbacks: [1]}]", "clients[0].callbacks[0]: read 1"),
        ("clients: [{name: a, sso: 1}]", "clients[0].sso: read 1; wanted: true or false"),
        ("clients: [{name: a, app_type: web}]", "wanted: one of native, non_interactive, regular_web, spa"),
        ("clients: [{name: a, jwt_configuration: {alg: none}}]", "jwt_configuration.alg: read 'none'"),
        ("clients: [{name: a, refresh_token: {leeway: true}}]", "leeway: read true; wanted: a whole number"),
        ("clients: [{name: a, client_metadata: {k: 1}}]", "clients[0].client_metadata.k: read 1"),
        ("resourceServers: [{name: a}]", "resourceServers[0].identifier: missing"),
        ("resourceServers: [{name: a, identifier: b, scopes: [{}]}]", "scopes[0].value: missing"),
        (
            "databases: [{name: a, strategy: samlp}]",
            "databases[0].strategy: read 'samlp'; wanted: one of auth0",
        ),
        ("databases: [{name: a, options: {passwordPolicy: best}}]", "passwordPolicy: read 'best'"),
        ("roles: [{name: a, permissions: [{permission_name: x}]}]", "resource_server_identifier: missing"),
        ("clientGrants: [{client_id: a}]", "clientGrants[0].audience: missing"),
        ("clientGrants: [{client_id: a, audience: b, subject_type: user}]", "wanted: one of client"),
        ("users: [{email: a@b.example}]", "users[0].connection: missing"),
        ("users: [{connection: a, birthdate: 1990}]", "users[0].birthdate: read 1990; wanted: text"),
        ("users: [{connection: a, address: {street: 5}}]", "users[0].address.street: read 5"),
        ("rules: [{name: x}]", "rules: nothing of this kind exists yet"),
        (
            "connections: [{name: x, strategy: samlp}]",
            "connections[0].strategy: read 'samlp'; wanted: one of email",
        ),
        ("client: []", "client: no such section; did you mean clients?"),
    ],
)
def test_a_wrong_shape_is_refused_at_its_path(text: str, problem: str) -> None:
    """What does not fit is refused with its path, what was read and what is wanted."""
    (found,) = problems(text)
    assert problem in found


def test_all_problems_are_found_in_the_order_of_the_file() -> None:
    """One reading finds every problem, each with its line."""
    text = "tenant:\n  picture_url: 5\nclients:\n- name: 7\n  sso: x\n- name: b\n  nonsense: 1\nwhat: 1\n"
    assert [problem.split(";")[0] for problem in problems(text)] == [
        "line 2: tenant.picture_url: read 5",
        "line 4: clients[0].name: read 7",
        "line 5: clients[0].sso: read 'x'",
        "line 7: clients[1].nonsense: no such field",
        "line 8: what: no such section",
    ]


@pytest.mark.parametrize("field", ["client_secret: 12345678", "client_secret: [hunter2hunter2]"])
def test_a_secret_of_the_wrong_type_is_not_repeated(field: str) -> None:
    """A problem with a secret does not show it."""
    (found,) = problems(f"clients: [{{name: a, {field}}}]")
    assert "12345678" not in found
    assert "hunter2" not in found


@pytest.mark.parametrize("text", ["", "[]", "text", "5"])
def test_a_file_is_a_mapping_of_sections(text: str) -> None:
    """A file that is anything but a mapping is refused."""
    with pytest.raises(InvalidFile, match="wanted: a mapping of sections"):
        read_document(text.encode())


@pytest.mark.parametrize("section", sorted(NOT_YET))
@pytest.mark.parametrize("empty", ["[]", "{}", ""])
def test_empty_sections_of_the_deployment_tool_are_welcome(section: str, empty: str) -> None:
    """A section of a kind that does not exist yet may be there as long as it is empty."""
    assert problems(f"{section}: {empty}") == []


def test_the_example_of_the_contract_is_read() -> None:
    """Every kind of entity is read into frozen values."""
    document = read_document(Path(__file__).with_name("acme.yaml").read_bytes())
    assert document.problems == ()
    assert [
        len(getattr(document, attribute) or ())
        for name, attribute in SECTIONS.items()
        if name not in ("tenant", "branding", "prompts", "attackProtection")
    ] == [0, 0, 2, 4, 1, 1, 0, 1, 0, 0, 0, 0, 2]


def test_a_user_may_carry_every_standard_claim() -> None:
    """Each profile field of an entry is a field of a user (OpenID Connect Core §5.1)."""
    profile = set(UserEntry.__struct_fields__) - NOT_FOR_PROFILE
    assert profile <= set(User.__struct_fields__)
    standard = "given_name family_name middle_name nickname preferred_username profile picture website gender"
    assert {*standard.split(), "birthdate", "zoneinfo", "locale", "address", "email_verified"} <= profile


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 10**15), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(sorted({*SECTIONS, "name"})), inner)
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    sorted(
        {
            "client_id",
            "connection",
            "user_id",
            "callbacks",
            "identifier",
            "strategy",
            "options",
            "scope",
            "flags",
        }
        | {field.encode_name for field in msgspec.structs.fields(UserEntry)}
    )
)
ENTITIES = st.lists(st.dictionaries(FIELDS, ANYTHING, max_size=4), max_size=3)


@given(st.dictionaries(st.sampled_from(sorted({*SECTIONS, "rules"})), st.one_of(ANYTHING, ENTITIES)))
def test_any_values_are_read_or_refused(value: object) -> None:
    """Whatever stands in the sections, problems are told and nothing else is raised."""
    with suppress(InvalidFile):
        text = yaml_text(value).encode()
        assert isinstance(read_document(text), Document)
