"""``tenant.token_claims`` in a tenant file."""

import pytest
from tests.provisioning.conftest import TENANT, Room

from gatewright.tenants import ClaimRule

APP = "clients: [{name: App, client_id: app, app_type: non_interactive}, {name: Other, client_id: other}]\n"
APIS = "resourceServers: [{name: R, identifier: urn:r}]\n"


def rule(text: str) -> str:
    """A file with one rule."""
    return f"{APP}{APIS}tenant: {{token_claims: [{{{text}}}]}}"


WRONG = [
    (
        "claim: department, value: user.app_metadata.department",
        "tenant.token_claims[0].claim: read 'department'; wanted: an address of your own",
    ),
    ("claim: sub, value: user.email", "token_claims[0].claim: read 'sub'"),
    ("claim: email, value: user.name", "wanted: with this name the value user.email"),
    ("claim: user_id, value: user.user_id", "token_claims[0].claim: read 'user_id'"),
    ("claim: 'urn:x', value: user.email", "token_claims[0].claim: read 'urn:x'"),
    ("claim: 'javascript://x/', value: user.email", "token_claims[0].claim"),
    ("claim: 'https://a.example/x', value: email", "token_claims[0].value: read 'email'; wanted: user."),
    ("claim: 'https://a.example/x', value: user.password", "token_claims[0].value: read 'user.password'"),
    ("claim: 'https://a.example/x', value: user.app_metadata", "token_claims[0].value"),
    ("claim: 'https://a.example/x', value: user.app_metadata.a..b", "token_claims[0].value"),
    ("claim: 'https://a.example/x', value: user.email, tokens: []", "token_claims[0].tokens"),
    (
        "claim: 'https://a.example/x', value: user.email, tokens: [refresh_token]",
        "tenant.token_claims[0].tokens[0]: read 'refresh_token'; wanted: one of",
    ),
    (
        "claim: 'https://a.example/x', value: user.email, clients: [Ap]",
        "tenant.token_claims[0].clients[0]: no client 'Ap'; did you mean 'App'?",
    ),
    (
        "claim: 'https://a.example/x', value: user.email, audiences: [urn:s]",
        "tenant.token_claims[0].audiences[0]: no API 'urn:s'",
    ),
    ("value: user.email", "tenant.token_claims[0].claim: missing"),
    ("claim: 'https://a.example/x', value: user.email, when: always", "token_claims[0].when: no such field"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG, ids=range(len(WRONG)))
async def test_wrong_rule_is_refused_at_its_path(room: Room, text: str, problem: str) -> None:
    """What a rule cannot say is told with its path and what is wanted."""
    assert any(problem in found for found in await room.problems(rule(text)))


async def rules_of(room: Room, tenant_id: str = TENANT) -> tuple[ClaimRule, ...]:
    """The stored rules."""
    tenants = room.platform.stores.tenants
    found = await tenants.get(tenant_id)
    assert found is not None
    return found.settings.token_claims


FULL = rule(
    "claim: 'https://a.example/plan', value: user.app_metadata.plan, tokens: [access_token],"
    " clients: [App], audiences: [urn:r]"
)


async def test_names_of_clients_become_ids_and_come_back_as_names(room: Room) -> None:
    """A client is stored by its id, exported by its name, and an export applied changes nothing."""
    await room.apply(FULL)
    (stored,) = await rules_of(room)
    assert (stored.clients, stored.audiences, stored.tokens) == (("app",), ("urn:r",), ("access_token",))
    exported = await room.export()
    assert "clients:\n      - App" in exported or "- App" in exported
    assert (await room.apply(exported)).steps == ()


async def test_rule_for_a_client_that_goes_goes_too(room: Room) -> None:
    """A rule whose only client or API is deleted is deleted, and never becomes one for everybody."""
    await room.apply(FULL)
    await room.apply("clients: [{name: Other, client_id: other}]")
    assert await rules_of(room) == ()
    await room.apply(FULL)
    await room.apply("resourceServers: []")
    assert await rules_of(room) == ()


async def test_rule_loses_only_the_client_that_goes(room: Room) -> None:
    """A rule for two clients stays for the one that stays."""
    await room.apply(rule("claim: 'https://a.example/x', value: user.email, clients: [App, other]"))
    await room.apply("clients: [{name: Other, client_id: other}]")
    (kept,) = await rules_of(room)
    assert kept.clients == ("other",)


async def test_metadata_that_people_change_is_warned_of(room: Room) -> None:
    """Telling an API what people say of themselves is allowed, and apply says what that means."""
    plan = await room.plan(rule("claim: 'https://a.example/x', value: user.user_metadata.role"))
    assert any("tenant.token_claims[0].value: people may change" in warning for warning in plan.warnings)
    quiet = await room.plan(
        rule("claim: 'https://a.example/x', value: user.user_metadata.role, tokens: [id_token]")
    )
    assert not [warning for warning in quiet.warnings if "token_claims" in warning]
