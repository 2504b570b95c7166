"""auth0-python 4, a process of its own: how pages and mail look; what its calls gave, as JSON."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auth0.authentication import GetToken  # type: ignore[import-untyped, unused-ignore]
from auth0.exceptions import Auth0Error  # type: ignore[import-untyped, unused-ignore]
from auth0.management import Auth0  # type: ignore[import-untyped, unused-ignore]

GRADIENT = {"type": "linear-gradient", "start": "#112233", "end": "#445566", "angle_deg": 35}
told: dict[str, Any] = {}


def refusal(call: Callable[[], Any]) -> dict[str, Any]:
    """What the library raises."""
    try:
        call()
    except Auth0Error as error:
        return {"statusCode": error.status_code, "errorCode": error.error_code, "message": error.message}
    return {}


def branding(auth0: Any) -> None:
    """Logo, icon, colours and font."""
    colours = {"primary": "#8b0000", "page_background": GRADIENT}
    font = {"url": "https://fonts.example.test/a.woff2"}
    told["branding"] = auth0.branding.update({"colors": colours, "font": font})
    told["brandingRead"] = auth0.branding.get()
    told["brandingWrong"] = refusal(lambda: auth0.branding.update({"colors": {"primary": "red"}}))
    page = "<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>"
    auth0.branding.update_template_universal_login(page)
    told["page"] = auth0.branding.get_template_universal_login()
    told["pageWrong"] = refusal(lambda: auth0.branding.update_template_universal_login("<html></html>"))
    auth0.branding.delete_template_universal_login()
    told["pageGone"] = refusal(auth0.branding.get_template_universal_login)


def provider(auth0: Any) -> None:
    """The mail server."""
    smtp = {"smtp_host": "mail.example.test", "smtp_port": 587, "smtp_user": "acme"}
    told["providerNone"] = refusal(auth0.emails.get)
    sent = {"name": "smtp", "enabled": True, "default_from_address": "login@acme.example.test"}
    told["provider"] = auth0.emails.config({**sent, "credentials": {**smtp, "smtp_pass": "open sesame"}})
    told["providerRead"] = auth0.emails.get(fields=["name", "enabled", "credentials"])
    told["providerUpdated"] = auth0.emails.update({"enabled": False})
    moved = {"credentials": {**smtp, "smtp_host": "other.example.test"}}
    told["providerMoved"] = refusal(lambda: auth0.emails.update(moved))
    other = {"name": "sendgrid", "credentials": {"api_key": "key"}}
    told["providerKind"] = refusal(lambda: auth0.emails.update(other))
    auth0.emails.delete()


def templates(auth0: Any) -> None:
    """Words for mail; the library has no method that replaces a template."""
    name = "blocked_account"
    sent = {"template": name, "body": "<a href='{{ url }}'>{{ user.email }}</a>", "subject": "Hi"}
    sent |= {"from": "a@acme.example.test", "syntax": "liquid", "enabled": True}
    told["templateNone"] = refusal(lambda: auth0.email_templates.get("reset_email"))
    told["template"] = auth0.email_templates.create(sent)
    told["templateRead"] = auth0.email_templates.get(name)
    changed = {"subject": "Changed", "urlLifetimeInSeconds": 3600}
    told["templateUpdated"] = auth0.email_templates.update(name, changed)
    told["templateTwice"] = refusal(lambda: auth0.email_templates.create(sent))
    told["templateWrong"] = refusal(lambda: auth0.email_templates.update(name, {"body": "one\n{{ two"}))


def themes(auth0: Any) -> None:
    """The theme of the pages."""
    sent = json.loads((Path(__file__).with_name("apps") / "theme.json").read_text())
    wrong = {**sent, "colors": {**sent["colors"], "error": "red;"}}
    told["themeNone"] = refusal(auth0.branding.get_default_branding_theme)
    made = told["theme"] = auth0.branding.create_branding_theme(sent)
    id_ = made["themeId"]
    told["themeDefault"] = auth0.branding.get_default_branding_theme()
    told["themeRead"] = auth0.branding.get_branding_theme(id_)
    told["themeUpdated"] = auth0.branding.update_branding_theme(id_, {**sent, "displayName": "Changed"})
    told["themeWrong"] = refusal(lambda: auth0.branding.update_branding_theme(id_, wrong))
    auth0.branding.delete_branding_theme(id_)
    told["themeGone"] = refusal(lambda: auth0.branding.get_branding_theme(id_))


def prompts(auth0: Any) -> None:
    """The words of the pages."""
    told["prompts"] = auth0.prompts.get()
    told["promptsUpdated"] = auth0.prompts.update({"identifier_first": True})
    told["textNone"] = auth0.prompts.get_custom_text("login", "en")
    sent = {"login": {"title": "Welcome to ${companyName}", "buttonText": "Come in"}}
    auth0.prompts.update_custom_text("login", "en", sent)
    told["text"] = auth0.prompts.get_custom_text("login", "en")
    wrong = {"login": {"buttonTexts": "x"}}
    told["textWrong"] = refusal(lambda: auth0.prompts.update_custom_text("login", "en", wrong))
    auth0.prompts.update_custom_text("login", "en", {})


def main() -> None:
    """Everything that looks like something."""
    domain, client_id = os.environ["DOMAIN"], os.environ["CLIENT_ID"]
    tokens = GetToken(domain, client_id, client_secret=os.environ["CLIENT_SECRET"])
    auth0 = Auth0(domain, tokens.client_credentials(f"https://{domain}/api/v2/")["access_token"])
    branding(auth0)
    provider(auth0)
    templates(auth0)
    themes(auth0)
    prompts(auth0)
    json.dump(told, sys.stdout)


main()
