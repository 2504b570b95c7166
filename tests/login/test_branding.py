"""The tenant's name, logo and colours on every page and mail."""

import re

import pytest
from tests.support.world import World

from gatewright.tenants.branding import BrandingColors

from .visits import (
    NEW_PASSWORD,
    ask_for_reset,
    heading,
    last_mail,
    link_in,
    reset_page,
    sign_up,
    sign_up_page,
)

pytestmark = pytest.mark.anyio
LOGO = "https://cdn.example.test/logo.svg"


async def test_every_page_and_mail_wears_the_brand(world: World) -> None:
    """Each page has the tenant's name, logo and colour, and each mail has them too."""
    await world.change_tenant(friendly_name="Example & Sons", support_email="help@example.test")
    await world.change_branding(
        logo_url=LOGO, favicon_url=LOGO + "?icon", colors=BrandingColors(primary="#8b0000")
    )
    browser = world.browser()
    pages = [await browser.authorize(), await sign_up_page(browser), await sign_up(browser)]
    pages += [form := await browser.get(link_in(await last_mail(world))), await browser.submit(form)]
    pages += [await reset_page(browser), await ask_for_reset(browser)]
    pages += [form := await browser.get(link_in(await last_mail(world)))]
    pages += [await browser.submit(form, password=NEW_PASSWORD), await browser.submit(form, password="x")]
    await browser.sign_in(password=NEW_PASSWORD)
    pages += [await browser.authorize(prompt="select_account"), await browser.get("/u/login?state=x")]
    for page in pages:
        title = heading(page)
        assert f"<title>{title} | Example &amp; Sons</title>" in page.text, title
        assert "--primary:#8b0000" in page.text, title
        assert f'<link rel="icon" href="{LOGO}?icon">' in page.text, title
        assert "mailto:help@example.test" in page.text, title
        assert LOGO in page.text.partition("<main")[2] or "wide" in page.text, title
    mails = await world.mails()
    assert {mail["kind"] for mail in mails} == {"verify_email", "reset_password", "password_changed"}
    for mail in mails:
        assert LOGO in mail["html"]
        assert mail["from"].startswith("Example & Sons <")
        assert "#8b0000" in mail["html"] or "<a " not in mail["html"]


async def test_unreadable_colours_are_made_readable(world: World) -> None:
    """A pale brand colour gets dark text on its buttons."""
    await world.change_branding(colors=BrandingColors(primary="#ffee00"))
    page = await world.browser().authorize()
    assert "--primary:#ffee00" in page.text
    assert "--on-primary:#000000" in page.text


async def test_application_s_logo_stands_in_for_the_tenant_s(world: World) -> None:
    """Without a logo of the tenant the sign-in page shows the application's."""
    await world.change_client("web", logo_uri="https://app.example.test/logo.png")
    page = await world.browser().authorize()
    assert '<img src="https://app.example.test/logo.png" alt="Web App">' in page.text


async def test_name_of_the_application_is_in_the_mail(world: World) -> None:
    """The mail names the application that a person signed up for."""
    await sign_up(world.browser())
    assert "Web App" in (await last_mail(world))["subject"]


async def test_hostile_names_do_no_harm(world: World) -> None:
    """CVE class "stored XSS": a name or a logo address with markup in it stays text."""
    await world.change_tenant(friendly_name='"><script>alert(1)</script>')
    await world.change_client("web", name="<img src=x onerror=alert(1)>", logo_uri="javascript:alert(1)")
    page = await world.browser().authorize()
    assert "<script" not in page.text
    assert not re.search(r"<img[^>]*onerror", page.text)
    assert 'src="javascript' not in page.text
