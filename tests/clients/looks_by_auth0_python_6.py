"""auth0-python 6: how pages and mail look; what its calls gave, by the names that all libraries share."""

import json
import ssl
from collections.abc import Callable
from typing import Any

import httpx
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError
from tests.clients.driving import APPS, access
from tests.support.gatewright_dev import GatewrightDev

THEME = APPS / "theme.json"
PAGE = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>"
GRADIENT = {"type": "linear-gradient", "start": "#112233", "end": "#445566", "angle_deg": 35}


def looks_by_six(server: GatewrightDev) -> dict[str, Any]:
    """Makes every call."""
    found = access(server)
    trust = ssl.create_default_context(cafile=str(server.authority))
    with httpx.Client(verify=trust) as connections:
        auth0 = ManagementClient(
            domain=found["domain"],
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            httpx_client=connections,
        )
        return {
            **_branding(auth0),
            **_provider(auth0),
            **_templates(auth0),
            **_themes(auth0),
            **_prompts(auth0),
        }


def _branding(auth0: Any) -> dict[str, Any]:
    colours = {"primary": "#8b0000", "page_background": GRADIENT}
    font = {"url": "https://fonts.example.test/a.woff2"}
    return {
        "branding": _plain(auth0.branding.update(colors=colours, font=font)),
        "brandingRead": _plain(auth0.branding.get()),
        "brandingWrong": _refusal(lambda: auth0.branding.update(colors={"primary": "red"})),
        **_page(auth0.branding.templates),
    }


def _page(templates: Any) -> dict[str, Any]:
    templates.update_universal_login(request=PAGE)
    told = {
        "page": _plain(templates.get_universal_login()),
        "pageWrong": _refusal(lambda: templates.update_universal_login(request="<html></html>")),
    }
    templates.delete_universal_login()
    return {**told, "pageGone": _refusal(templates.get_universal_login)}


def _provider(auth0: Any) -> dict[str, Any]:
    smtp = {"smtp_host": "mail.example.test", "smtp_port": 587, "smtp_user": "acme"}
    mail = auth0.emails.provider
    sent = {"name": "smtp", "enabled": True, "default_from_address": "login@acme.example.test"}
    moved = {**smtp, "smtp_host": "other.example.test"}
    told = {
        "providerNone": _refusal(mail.get),
        "provider": _plain(mail.create(**sent, credentials={**smtp, "smtp_pass": "open sesame"})),
        "providerRead": _plain(mail.get(fields="name,enabled,credentials")),
        "providerUpdated": _plain(mail.update(enabled=False)),
        "providerMoved": _refusal(lambda: mail.update(credentials=moved)),
        "providerKind": _refusal(lambda: mail.update(name="sendgrid", credentials={"api_key": "key"})),
    }
    mail.delete()
    return told


def _templates(auth0: Any) -> dict[str, Any]:
    name, mail = "user_invitation", auth0.email_templates
    sent = {"body": "<a href='{{ url }}'>{{ user.email }}</a>", "subject": "Hi", "syntax": "liquid"}
    sent |= {"template": name, "from_": "a@acme.example.test", "enabled": True}
    changed = {"subject": "Changed", "url_lifetime_in_seconds": 3600}
    return {
        "templateNone": _refusal(lambda: mail.get("reset_email")),
        "template": _plain(mail.create(**sent)),
        "templateRead": _plain(mail.get(name)),
        "templateUpdated": _plain(mail.update(name, **changed)),
        "templatePut": _plain(mail.set(name, **{**sent, "subject": "Put"})),
        "templateTwice": _refusal(lambda: mail.create(**sent)),
        "templateWrong": _refusal(lambda: mail.update(name, body="one\n{{ two")),
    }


def _themes(auth0: Any) -> dict[str, Any]:
    sent, themes = json.loads(THEME.read_text()), auth0.branding.themes
    sent["display_name"] = sent.pop("displayName")
    wrong = {**sent, "colors": {**sent["colors"], "error": "red;"}}
    told = {"themeNone": _refusal(themes.get_default)}
    made = themes.create(**sent)
    told |= {
        "theme": _plain(made),
        "themeDefault": _plain(themes.get_default()),
        "themeRead": _plain(themes.get(made.theme_id)),
        "themeUpdated": _plain(themes.update(made.theme_id, **{**sent, "display_name": "Changed"})),
        "themeWrong": _refusal(lambda: themes.update(made.theme_id, **wrong)),
    }
    themes.delete(made.theme_id)
    return {**told, "themeGone": _refusal(lambda: themes.get(made.theme_id))}


def _prompts(auth0: Any) -> dict[str, Any]:
    prompts = auth0.prompts
    own = prompts.custom_text
    sent = {"login": {"title": "Welcome to ${companyName}", "buttonText": "Come in"}}
    told = {
        "prompts": _plain(prompts.get_settings()),
        "promptsUpdated": _plain(prompts.update_settings(identifier_first=True)),
        "textNone": own.get("login", "en"),
    }
    own.set("login", "en", request=sent)
    told["text"] = own.get("login", "en")
    told["textWrong"] = _refusal(lambda: own.set("login", "en", request={"login": {"buttonTexts": "x"}}))
    own.set("login", "en", request={})
    return told


def _plain(model: Any) -> Any:
    return json.loads(model.model_dump_json(by_alias=True, exclude_none=True))


def _refusal(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        call()
    except ApiError as error:
        body: Any = error.body
        return dict(body) if isinstance(body, dict) else dict(json.loads(body.json()))
    return {}
