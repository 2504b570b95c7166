"""What people do at the door, in words: open, sign up, ask for a new password, follow a mailed link."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from tests.support.world import PASSWORD, Browser, World, forms

from gatewright.users import User

ADA = "ada@example.test"
NEWCOMER = "cy@example.test"
NEW_PASSWORD = "Battery-Staple-2"


def state_of(page: httpx2.Response) -> str:
    """The secret of the login transaction a page belongs to."""
    found: str = forms(page)[0]["fields"]["state"]
    return found


async def sign_up_page(browser: Browser, **parameters: str) -> httpx2.Response:
    """The sign-up page, reached as a person reaches it."""
    page = await browser.authorize(**parameters)
    return await browser.follow(await browser.get(href(page, "signup-link")))


async def sign_up(
    browser: Browser, email: str = NEWCOMER, password: str = PASSWORD, **parameters: str
) -> httpx2.Response:
    """What a person sees who asks for an account."""
    return await browser.submit(await sign_up_page(browser, **parameters), email=email, password=password)


async def reset_page(browser: Browser, **parameters: str) -> httpx2.Response:
    """The page that mails a link to choose a new password."""
    page = await browser.authorize(**parameters)
    return await browser.follow(await browser.get(href(page, "reset-link")))


async def ask_for_reset(browser: Browser, email: str = ADA, **parameters: str) -> httpx2.Response:
    """What a person sees who forgot their password."""
    return await browser.submit(await reset_page(browser, **parameters), email=email)


async def reset_link(world: World, email: str = ADA) -> str:
    """The link mailed to somebody who forgot their password."""
    await ask_for_reset(world.browser(), email)
    return link_in(await last_mail(world))


async def verification_link(world: World, email: str = NEWCOMER) -> str:
    """The link mailed to somebody who asked for an account."""
    await sign_up(world.browser(), email)
    return link_in(await last_mail(world))


async def last_mail(world: World) -> dict[str, Any]:
    """The newest message."""
    mails = await world.mails()
    assert mails, "nothing was mailed"
    return mails[-1]


def link_in(mail: dict[str, Any]) -> str:
    """The address that a mail wants opened."""
    (link,) = re.findall(r"https?://\S+", mail["text"])
    return str(link)


def ticket_in(link: str) -> str:
    """The secret of a mailed link."""
    return parse_qs(urlsplit(link).query)["ticket"][0]


def href(page: httpx2.Response, id_: str) -> str:
    """Where the link called ``id_`` leads."""
    found = re.search(rf'<a [^>]*id="{id_}"[^>]*href="([^"]+)"', page.text)
    assert found, f"no link {id_} on {page.text[-1500:]}"
    return found[1].replace("&amp;", "&")


def has(page: httpx2.Response, id_: str) -> bool:
    """Whether an element called ``id_`` is on the page."""
    return f'id="{id_}"' in page.text


def value_of(page: httpx2.Response, name: str) -> str:
    """What stands in a field of the first form."""
    found: str = forms(page)[0]["fields"][name]
    return found


def alert(page: httpx2.Response) -> str:
    """The error a page shows, or nothing."""
    found = re.search(r'role="alert" id="error">([^<]+)<', page.text)
    return found[1] if found else ""


def heading(page: httpx2.Response) -> str:
    """The page's heading."""
    found = re.search(r"<h1>([^<]+)</h1>", page.text)
    assert found, f"no heading on {page.status_code} {page.text[:500]}"
    return found[1].strip()


def is_done(response: httpx2.Response) -> bool:
    """Whether the browser was sent to the application with a code."""
    location = response.headers.get("location", "")
    return location.startswith("https://app.example.test/callback?") and "code=" in location


async def codes_of(world: World) -> list[str]:
    """The names of the events on record, oldest first."""
    return [entry.event for entry in reversed(await world.logs(200))]


async def user_of(world: World, email: str) -> User:
    """The user with that address, as stored."""
    users = await world.platform.stores.users.page(world.tenant_id, after="", limit=100)
    (user,) = [user for user in users if user.email == email]
    return user
