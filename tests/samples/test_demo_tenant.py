"""The samples' defaults and the built-in demo tenant fit together."""

import json
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml
from tests.samples.program import SAMPLES
from tests.samples.tenant import DEMO

from service_account.settings import Settings as JobSettings
from service_account_legacy.settings import Settings as LegacyJobSettings
from timesheets.api.app import EMAIL
from timesheets.settings import Settings as TimesheetsSettings
from timesheets_implicit.application import settings_from as implicit_settings_from
from web_app.settings import Settings as WebAppSettings

Tenant = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def tenant() -> Tenant:
    found: Tenant = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    return found


def client(tenant: Tenant, client_id: str) -> dict[str, Any]:
    return next(one for one in tenant["clients"] if one["client_id"] == client_id)


def test_web_app(tenant: Tenant) -> None:
    """The web application's defaults are registered."""
    settings = WebAppSettings.from_environment({})
    registered = client(tenant, settings.client_id)
    assert settings.client_secret == registered["client_secret"]
    assert settings.url("/callback") in registered["callbacks"]
    assert settings.url("/") in registered["allowed_logout_urls"]


@pytest.mark.parametrize("settings_from", [TimesheetsSettings.from_environment, implicit_settings_from])
def test_single_page_application(
    tenant: Tenant, settings_from: Callable[[Mapping[str, str]], TimesheetsSettings]
) -> None:
    """The defaults of the single-page applications are registered."""
    settings = settings_from({})
    registered = client(tenant, settings.client_id)
    assert f"{settings.origin}/" in registered["callbacks"]
    assert f"{settings.origin}/" in registered["allowed_logout_urls"]
    assert settings.origin in registered["web_origins"]


@pytest.fixture(scope="module")
def angular() -> dict[str, Any]:
    """The defaults of the AngularJS sample."""
    script = "import('./settings.mjs').then((m) => console.log(JSON.stringify(m.settingsFrom({}))))"
    told = subprocess.check_output(["node", "--eval", script], cwd=SAMPLES / "angular")
    found: dict[str, Any] = json.loads(told)
    return found


def test_angular(tenant: Tenant, angular: dict[str, Any]) -> None:
    """The defaults of the AngularJS application are registered, in the legacy pipeline."""
    registered = client(tenant, angular["application"]["clientId"])
    assert registered["client_secret"] == angular["application"]["secret"]
    assert f"{angular['origin']}/" in registered["callbacks"]
    assert f"{angular['origin']}/" in registered["allowed_logout_urls"]
    assert angular["origin"] in registered["web_origins"]
    assert registered["oidc_conformant"] is False


def test_payroll(tenant: Tenant, angular: dict[str, Any]) -> None:
    """The AngularJS application, and nobody else, may trade its token for one of payroll."""
    registered = client(tenant, angular["payroll"]["clientId"])
    assert registered["client_secret"] == angular["payroll"]["secret"]
    assert registered["allowed_clients"] == [angular["application"]["clientId"]]


def test_api(tenant: Tenant) -> None:
    """The API is registered with both scopes that it guards."""
    audience = TimesheetsSettings.from_environment({}).audience
    api = next(one for one in tenant["resourceServers"] if one["identifier"] == audience)
    assert {"read:timesheets", "create:timesheets"} <= {scope["value"] for scope in api["scopes"]}
    assert api["token_lifetime_for_web"] == 7200


def test_service_account(tenant: Tenant) -> None:
    """The defaults of the script are registered with both scopes, and lead to the API of the timesheets."""
    settings, timesheets = JobSettings.from_environment({}), TimesheetsSettings.from_environment({})
    registered = client(tenant, settings.client_id)
    assert settings.client_secret == registered["client_secret"]
    (grant,) = (one for one in tenant["clientGrants"] if one["client_id"] == registered["name"])
    assert grant["audience"] == settings.audience == timesheets.audience
    assert set(grant["scope"]) == {"read:timesheets", "create:timesheets"}
    assert settings.api == timesheets.api_url


def test_service_account_legacy(tenant: Tenant, angular: dict[str, Any]) -> None:
    """The defaults of the legacy script are a user, and the client that the AngularJS sample's API is."""
    settings = LegacyJobSettings.from_environment({})
    assert (settings.client_id, settings.api) == (angular["application"]["clientId"], angular["api"])
    registered = client(tenant, settings.client_id)
    assert "http://auth0.com/oauth/legacy/grant-type/ro" in registered["grant_types"]
    (database,) = (one for one in tenant["databases"] if one["name"] == settings.connection)
    assert registered["name"] in database["enabled_clients"]
    (user,) = (one for one in tenant["users"] if one["email"] == settings.username)
    assert (user["connection"], user["password"]) == (settings.connection, settings.password)


def test_claim(tenant: dict[str, Any]) -> None:
    """The claim that the API reads is added to its access tokens."""
    (rule,) = (rule for rule in tenant["tenant"]["token_claims"] if rule["claim"] == EMAIL)
    assert rule["audiences"] == [TimesheetsSettings.from_environment({}).audience]


def test_ports(angular: dict[str, Any]) -> None:
    """No two samples want the same port."""
    pages = [TimesheetsSettings.from_environment({}), implicit_settings_from({})]
    ports = [WebAppSettings.from_environment({}).port, angular["port"], angular["apiPort"]]
    for page in pages:
        ports += [page.port, page.api_port]
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("given", ["https://id.example", "https://id.example/"])
def test_issuer(given: str) -> None:
    """The issuer may be given with or without the slash at its end."""
    environment = {"ISSUER_BASE_URL": given}
    assert WebAppSettings.from_environment(environment).issuer == "https://id.example/"
    assert TimesheetsSettings.from_environment(environment).issuer == "https://id.example/"
    assert JobSettings.from_environment(environment).issuer == "https://id.example/"
    assert LegacyJobSettings.from_environment(environment).issuer == "https://id.example/"
