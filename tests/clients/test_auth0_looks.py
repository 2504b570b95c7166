"""How pages and mail look, by Node's auth0 4 and 7 and by auth0-python 4 and 6."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients.driving import driven_by_node, driven_by_python_4
from tests.clients.looks_by_auth0_python_6 import GRADIENT, PAGE, THEME, looks_by_six
from tests.support.gatewright_dev import GatewrightDev, gatewright_dev

pytestmark = [
    pytest.mark.library(
        "auth0 4 (Node)", "ManagementClient.branding", ".emails", ".emailTemplates", ".prompts"
    ),
    pytest.mark.library(
        "auth0 7 (Node)", "ManagementClient.branding", ".emails.provider", ".emailTemplates", ".prompts"
    ),
    pytest.mark.library(
        "auth0-python 4", "Auth0.branding", "Auth0.emails", "Auth0.email_templates", "Auth0.prompts"
    ),
    pytest.mark.library(
        "auth0-python 6",
        "ManagementClient.branding",
        "ManagementClient.emails.provider",
        "ManagementClient.email_templates",
        "ManagementClient.prompts",
    ),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewrightDev]:
    """A server of our own: others would wonder at its pages, and at where its mail goes."""
    with gatewright_dev(tmp_path_factory.mktemp("looks"), {}) as running:
        yield running


@pytest.fixture(scope="module")
def node4(own: GatewrightDev) -> dict[str, Any]:
    """What auth0 4 was given."""
    return driven_by_node(own, "management_looks_4.cjs")


@pytest.fixture(scope="module")
def node7(own: GatewrightDev) -> dict[str, Any]:
    """What auth0 7 was given."""
    return driven_by_node(own, "management_looks_7.cjs")


@pytest.fixture(scope="module")
def python4(own: GatewrightDev) -> dict[str, Any]:
    """What auth0-python 4 was given."""
    return driven_by_python_4(own, "management_looks_by_auth0_python_4.py")


@pytest.fixture(scope="module")
def python6(own: GatewrightDev) -> Iterator[dict[str, Any]]:
    """What auth0-python 6 was given, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own.trust.items():
            patch.setitem(os.environ, name, value)
        yield looks_by_six(own)


@pytest.fixture(params=["node4", "node7", "python4", "python6"])
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What each was given."""
    found: dict[str, Any] = request.getfixturevalue(request.param)
    return found


def test_page_template(told: dict[str, Any]) -> None:
    """A page template is set, read as it was sent and deleted; one without our places is refused."""
    assert told["page"] == {"body": PAGE}
    assert (told["pageWrong"]["statusCode"], told["pageWrong"]["errorCode"]) == (400, "invalid_body")
    assert told["pageGone"]["statusCode"] == 404


def test_branding(told: dict[str, Any]) -> None:
    """Branding is changed and read, a gradient and a font among it; what is no colour is refused."""
    assert told["branding"] == told["brandingRead"]
    assert told["brandingRead"]["colors"] == {"primary": "#8b0000", "page_background": GRADIENT}
    assert told["brandingRead"]["font"]["url"].endswith("a.woff2")
    assert (told["brandingWrong"]["statusCode"], told["brandingWrong"]["errorCode"]) == (400, "invalid_body")
    assert "colors.primary" in told["brandingWrong"]["message"]


def test_email_provider(told: dict[str, Any]) -> None:
    """A mail server is given, read without its password, switched off, and not moved without the password."""
    smtp = {"smtp_host": "mail.example.test", "smtp_port": 587, "smtp_user": "acme"}
    assert told["providerNone"]["errorCode"] == "inexistent_email_provider"
    assert told["provider"]["default_from_address"] == "login@acme.example.test"
    assert told["providerRead"] == {"name": "smtp", "enabled": True, "credentials": smtp}
    assert told["providerUpdated"]["enabled"] is False
    assert "smtp_pass: missing" in told["providerMoved"]["message"]
    assert told["providerKind"]["errorCode"] == "operation_not_supported"
    assert "sesame" not in str(told)


def test_email_templates(told: dict[str, Any]) -> None:
    """Words for mail are given, read, changed and replaced; what is no Liquid is refused with its line."""
    assert told["templateNone"]["errorCode"] == "inexistent_email_template"
    assert told["template"] == told["templateRead"]
    assert told["template"]["from"] == "a@acme.example.test"
    assert told["templateUpdated"]["subject"] == "Changed"
    assert told["templateUpdated"]["urlLifetimeInSeconds"] == 3600
    if "templatePut" in told:
        assert told["templatePut"]["subject"] == "Put"
        assert "urlLifetimeInSeconds" not in told["templatePut"]
    assert told["templateTwice"]["statusCode"] == 409
    assert "body: line 2" in told["templateWrong"]["message"]


def test_theme(told: dict[str, Any]) -> None:
    """A theme is given, read as the default and by its id, changed and removed; no colour, no theme."""
    assert told["themeNone"]["errorCode"] == told["themeGone"]["errorCode"] == "inexistent_theme"
    sent = json.loads(THEME.read_text())
    assert told["theme"] == told["themeDefault"] == told["themeRead"]
    assert {name: told["theme"][name] for name in sent} == sent
    assert told["themeUpdated"] == {**told["theme"], "displayName": "Changed"}
    assert "colors.error" in told["themeWrong"]["message"]


def test_prompts(told: dict[str, Any]) -> None:
    """Words of the pages are given and read in a language; a name that is none is refused with a near one."""
    assert told["prompts"]["universal_login_experience"] == "new"
    assert told["promptsUpdated"]["identifier_first"] is True
    assert told["textNone"] == {}
    assert told["text"] == {"login": {"title": "Welcome to ${companyName}", "buttonText": "Come in"}}
    assert "login.buttonTexts: no such text; did you mean buttonText?" in told["textWrong"]["message"]
