"""Whether other sites may frame the login pages: the flag ``disable_clickjack_protection_headers``."""

import httpx2
import pytest
from tests.support.world import Browser, World

from gatewright.tenants.model import TenantFlags

from .visits import (
    ask_for_reset,
    heading,
    last_mail,
    link_in,
    reset_page,
    sign_up,
    sign_up_page,
)

pytestmark = pytest.mark.anyio


async def pages_of_login(world: World, browser: Browser) -> list[httpx2.Response]:
    """The pages a person meets on the way in, errors and mailed links included."""
    pages = [await browser.authorize(), await browser.sign_in(password="wrong")]
    pages += [await sign_up_page(browser), await sign_up(browser)]
    pages += [await browser.get(link_in(await last_mail(world)))]
    pages += [await reset_page(browser), await ask_for_reset(browser)]
    pages += [await browser.get(link_in(await last_mail(world)))]
    await browser.sign_in()
    pages += [await browser.authorize(prompt="consent"), await browser.authorize(prompt="select_account")]
    return [*pages, await browser.get("/u/login?state=x"), await browser.authorize(client_id="nobody")]


def is_protected(page: httpx2.Response) -> bool:
    """Whether the headers forbid framing; old browsers read the one, new ones the other."""
    old = page.headers.get("x-frame-options") == "DENY"
    new = "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert old == new, heading(page)
    return new


@pytest.mark.parametrize("is_off", [False, True])
async def test_protection_of_the_login_pages(world: World, is_off: bool) -> None:
    """Login pages cannot be framed, unless the tenant switches that protection off."""
    await world.change_tenant(flags=TenantFlags(disable_clickjack_protection_headers=is_off))
    pages = await pages_of_login(world, world.browser())
    assert len({heading(page) for page in pages}) >= 8
    assert [heading(page) for page in pages if is_protected(page) == is_off] == []


async def test_framed_pages_say_nothing_about_frames(world: World) -> None:
    """Without the protection neither header speaks of frames, in any words."""
    await world.change_tenant(flags=TenantFlags(disable_clickjack_protection_headers=True))
    for page in await pages_of_login(world, world.browser()):
        assert "x-frame-options" not in page.headers
        assert "frame" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("is_off", [False, True])
@pytest.mark.parametrize("address", ["/", "/oidc/logout", "/dev/messages"])
async def test_other_pages_stay_protected(world: World, address: str, is_off: bool) -> None:
    """The question whether to sign out, the front page and captured mail are never framed."""
    await world.change_tenant(flags=TenantFlags(disable_clickjack_protection_headers=is_off))
    browser = world.browser()
    await browser.sign_in()
    page = await browser.get(address)
    assert page.status_code == 200
    assert is_protected(page)
