"""Fields without effect are stored, exported, and told."""

import msgspec
import pytest
import yaml
from tests.provisioning.conftest import Room

from gatewright.apis import ApiSettings
from gatewright.clients import ClientSettings, JwtConfiguration, RefreshTokenSettings
from gatewright.connections import ConnectionSettings, DatabaseOptions, EmailOptions, PasswordlessSettings
from gatewright.log_streams import StreamSettings
from gatewright.provisioning.document import EmailProviderEntry
from gatewright.provisioning.organization_entry import (
    OrganizationEntry,
)
from gatewright.provisioning.stored_only import STORED_ONLY
from gatewright.tenants import CustomDomainSettings, PromptSettings, TenantFlags, TenantSettings

STRUCTS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "tenant": (TenantSettings,),
    "flags": (TenantFlags,),
    "resourceServers": (ApiSettings,),
    "clients": (ClientSettings,),
    "jwt_configuration": (JwtConfiguration,),
    "refresh_token": (RefreshTokenSettings,),
    "organizations": (OrganizationEntry,),
    "customDomains": (CustomDomainSettings,),
    "databases": (ConnectionSettings,),
    "connections": (PasswordlessSettings,),
    "emailProvider": (EmailProviderEntry,),
    "prompts": (PromptSettings,),
    "logStreams": (StreamSettings,),
    "options": (DatabaseOptions, EmailOptions),
}


@pytest.mark.parametrize("entity", sorted(STORED_ONLY))
def test_each_line_of_the_table_is_a_field(entity: str) -> None:
    """The table names fields that exist."""
    fields = {field.encode_name for kind in STRUCTS[entity] for field in msgspec.structs.fields(kind)}
    assert set(STORED_ONLY[entity]) <= fields


@pytest.mark.parametrize("entity", sorted(STRUCTS))
def test_each_optional_switch_without_a_meaning_is_in_the_table(entity: str) -> None:
    """A field that may be null is one that nothing reads; those that something reads are listed here."""
    obeyed = {
        "default_max_age",
        "min_length",
        "cross_origin_authentication",
        "cross_origin_loc",
        "allow_organization_name_in_authentication_api",
        "default_organization",
        "organization_require_behavior",
        "organization_usage",
    }
    nullable = {
        field.encode_name
        for kind in STRUCTS[entity]
        for field in msgspec.structs.fields(kind)
        if field.default is None and field.encode_name not in obeyed
    }
    assert nullable <= set(STORED_ONLY.get(entity, {}))


FILE = """
tenant: {sandbox_version: "18", flags: {enable_sso: true, enable_pipeline2: false}}
resourceServers: [{name: R, identifier: urn:r, proof_of_possession: {mechanism: dpop, required: true}}]
clients:
- {name: A, client_id: a, sso_disabled: true, cross_origin_authentication: false, mobile: {android: {}},
   addons: {}, organization_usage: deny, native_social_login: {apple: {enabled: true}},
   jwt_configuration: {scopes: {x: 1}}}
databases: [{name: D, is_domain_connection: false, options: {mfa: {active: true}, import_mode: true}}]
"""


async def test_the_plan_says_what_has_no_effect(room: Room) -> None:
    """Each field that asks for something and gets nothing is told by its path; a demand, in capitals."""
    plan = await room.plan(FILE)
    assert [warning for warning in plan.warnings if "stored" in warning] == [
        "tenant.sandbox_version: stored, has no effect yet",
        "tenant.flags.enable_sso: stored, has no effect yet",
        "resourceServers[0].proof_of_possession: stored, NOT ENFORCED yet",
        "clients[0].sso_disabled: stored, has no effect yet",
        "clients[0].mobile: stored, has no effect yet",
        "clients[0].native_social_login: stored, has no effect yet",
        "clients[0].jwt_configuration.scopes: stored, has no effect yet",
        "databases[0].options.mfa: stored, NOT ENFORCED yet",
        "databases[0].options.import_mode: stored, has no effect yet",
    ]


@pytest.mark.parametrize("is_off", [False, True])
async def test_the_plan_warns_of_pages_that_can_be_framed(room: Room, is_off: bool) -> None:
    """Whoever gives up the protection of the login pages is told what that means, and nobody else is."""
    flag = "disable_clickjack_protection_headers"
    plan = await room.plan(f"tenant: {{flags: {{{flag}: {str(is_off).lower()}}}}}")
    words = f"tenant.flags.{flag}: any site can frame the login pages and trick people into clicks"
    assert [warning.startswith(words) for warning in plan.warnings] == [True] * is_off


async def test_they_are_exported_as_they_came(room: Room) -> None:
    """What is stored without effect is given back."""
    await room.apply(FILE)
    exported = yaml.safe_load(await room.export())
    assert exported["tenant"] == {
        "sandbox_version": "18",
        "flags": {"enable_sso": True, "enable_pipeline2": False},
    }
    assert exported["clients"][0]["native_social_login"] == {"apple": {"enabled": True}}
    assert exported["databases"][0]["options"] == {"import_mode": True, "mfa": {"active": True}}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("client_secret: twelve-chars", "has less than 16 characters"),
        (
            "client_secret: twenty-characters-xx, jwt_configuration: {alg: HS256}",
            "signs id_tokens (HS256) and has less than 32 bytes (RFC 7518 §3.2)",
        ),
        ("description: no secret", "gets a secret; gatewright export --with-secrets shows it"),
    ],
)
async def test_weak_and_made_secrets_are_told(room: Room, fields: str, words: str) -> None:
    """A short secret, and one that nobody knows yet, are worth a word."""
    plan = await room.plan(f"clients: [{{name: A, {fields}}}]")
    assert words in " ".join(plan.warnings)
