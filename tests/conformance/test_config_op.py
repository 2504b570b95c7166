"""The module of the Config OP certification plan."""

import re

import pytest
from tests.conformance import rules
from tests.conformance.provider import Provider
from tests.support.world import ISSUER

pytestmark = pytest.mark.anyio

KNOWN = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "registration_endpoint",
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "acr_values_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "userinfo_signing_alg_values_supported",
    "request_object_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "display_values_supported",
    "claim_types_supported",
    "claims_supported",
    "claims_locales_supported",
    "ui_locales_supported",
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "prompt_values_supported",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "code_challenge_methods_supported",
    "authorization_response_iss_parameter_supported",
    "end_session_endpoint",
}
LISTS = {name for name in KNOWN if name.endswith("_supported")} - {
    "claims_parameter_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "authorization_response_iss_parameter_supported",
}


async def test_oidcc_discovery_endpoint_verification(provider: Provider) -> None:
    """The metadata document has every member demanded, of the right type, and none unknown."""
    found = await provider.metadata()
    assert found["issuer"] == ISSUER
    assert set(found) <= KNOWN
    for name, value in found.items():
        if name.endswith("_endpoint") or name == "jwks_uri":
            rules.check_https(name, value)
        elif name in LISTS:
            assert value, name
            assert all(isinstance(item, str) for item in value), name
            assert len(set(value)) == len(value), name
        else:
            assert isinstance(value, str | bool), name


async def test_what_must_be_there(provider: Provider) -> None:
    """No member is missing whose absence would fail the module or warn."""
    needed = {
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "claims_supported",
        "scopes_supported",
        "end_session_endpoint",
    }
    assert needed <= set(await provider.metadata())


async def test_values_that_are_demanded(provider: Provider) -> None:
    """The lists hold what certification wants in them."""
    found = await provider.metadata()
    assert "code" in found["response_types_supported"]
    assert set(found["subject_types_supported"]) & {"public", "pairwise"}
    assert "RS256" in found["id_token_signing_alg_values_supported"]
    assert "none" not in found["id_token_signing_alg_values_supported"]
    assert {"authorization_code", "refresh_token"} <= set(found["grant_types_supported"])
    assert {"openid", "profile", "email", "address", "phone"} <= set(found["scopes_supported"])
    assert {"client_secret_basic", "client_secret_post"} <= set(
        found["token_endpoint_auth_methods_supported"]
    )


async def test_request_objects_are_declined_aloud(provider: Provider) -> None:
    """Since silence would mean that request_uri is supported, the document says that it is not."""
    found = await provider.metadata()
    assert found["request_parameter_supported"] is False
    assert found["request_uri_parameter_supported"] is False
    assert found["claims_parameter_supported"] is True


async def test_scopes_are_legal(provider: Provider) -> None:
    """Every scope listed is a legal scope token (RFC 6749 §3.3)."""
    for scope in (await provider.metadata())["scopes_supported"]:
        assert re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope)


async def test_locales_are_canonical(provider: Provider) -> None:
    """Every language listed is a BCP 47 tag in its canonical case."""
    for tag in (await provider.metadata())["ui_locales_supported"]:
        assert re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", tag)


async def test_key_set(provider: Provider) -> None:
    """The key set is well formed, holds no private part, and its kids differ."""
    await provider.key_set()
