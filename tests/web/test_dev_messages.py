"""``/dev/messages``: what was captured, for people and for scripts."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from tests.messages.post import LINK, TENANT, Post, definitions, message, sqlite

from gatewright.kernel.clock import FixedClock
from gatewright.messages import Captured
from gatewright.storage.cache import RevisionCache
from gatewright.storage.database import Database
from gatewright.storage.looks import SqlLooks
from gatewright.storage.schema import metadata
from gatewright.storage.tenants import SqlTenants
from gatewright.tenants import Looks, Tenant, Tenants
from gatewright.web.dev_messages import DevMessages
from gatewright.web.pages import Pages, Theme
from gatewright.web.routing import Router
from gatewright.web.tenancy import Tenancy

OTHER = Tenant(tenant_id="other", issuer="https://other.localhost:8443/", hosts=("other.localhost:8443",))


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "gatewright.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(definitions("sqlite", metadata.sorted_tables))
    database = sqlite(path)
    await database.open()
    store = SqlTenants(database, RevisionCache(database))
    await database.run((*store.put(TENANT), *store.put(OTHER)))
    yield database
    await database.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def post(database: Database, clock: FixedClock) -> Post:
    return Post(database, Captured(), clock=clock)


async def nobody(request: Request, *_: object) -> Response:
    return PlainTextResponse("not here", 404)


def theme_of(tenant: Tenant, looks: Looks) -> Theme:
    return Theme(name=tenant.name)


@pytest.fixture
async def browser(database: Database, post: Post) -> AsyncIterator[httpx2.AsyncClient]:
    routes = DevMessages(post.outbox, Pages(folders=()), theme_of).routes
    cache = RevisionCache(database)
    tenants = Tenants(SqlTenants(database, cache), SqlLooks(database, cache))
    app = Tenancy(Router(routes, missing=nobody), tenants, proxies=(), unknown_host=nobody)
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://localhost:8443") as browser:
        yield browser


async def test_list_has_the_contract_form(browser: httpx2.AsyncClient, post: Post, clock: FixedClock) -> None:
    """The list tells of each message exactly at, channel, kind, to, from, subject, text and html."""
    written = message()
    await post.put(written)
    answer = await browser.get("/dev/messages.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == [
        {
            "at": clock.now(),
            "channel": "email",
            "kind": "reset_password",
            "to": "ada@example.test",
            "from": "Acme <login@example.test>",
            "subject": "Choose a new password for Acme",
            "text": written.text,
            "html": written.html,
        }
    ]
    assert LINK in answer.json()[0]["text"]


async def test_list_is_empty_at_first(browser: httpx2.AsyncClient) -> None:
    """Before anything was sent the list is an empty list."""
    assert (await browser.get("/dev/messages.json")).json() == []


async def test_list_has_the_newest_last(browser: httpx2.AsyncClient, post: Post) -> None:
    """The list begins with the oldest message and ends with the newest, captured or just being."""
    await post.put(message("first@example.test"), message("second@example.test"))
    await post.sender.deliver_due()
    await post.put(message("third@example.test"))
    listed = (await browser.get("/dev/messages.json")).json()
    assert [each["to"] for each in listed] == [f"{n}@example.test" for n in ("first", "second", "third")]


async def test_page_has_the_newest_first(browser: httpx2.AsyncClient, post: Post) -> None:
    """The page begins with the newest message."""
    await post.put(message("first@example.test"), message("second@example.test"))
    page = (await browser.get("/dev/messages")).text
    assert 0 < page.index("second@example.test") < page.index("first@example.test")


async def test_page_can_be_empty(browser: httpx2.AsyncClient) -> None:
    """Before anything was sent the page says so."""
    answer = await browser.get("/dev/messages", headers={"accept-language": "en"})
    assert answer.status_code == 200
    assert "Nothing was sent yet" in answer.text


async def test_links_can_be_followed(browser: httpx2.AsyncClient, post: Post) -> None:
    """The link of a message can be clicked on the page."""
    await post.put(message())
    assert f'href="{LINK}"' in (await browser.get("/dev/messages")).text


async def test_mail_is_shown_in_a_box(browser: httpx2.AsyncClient, post: Post) -> None:
    """HTML mail is shown in a sandboxed frame, its markup nowhere else on the page."""
    await post.put(message())
    page = (await browser.get("/dev/messages")).text
    (frame,) = re.findall(r"<iframe[^>]*>", page)
    assert 'sandbox=""' in frame
    assert page.count("<!doctype html>") == 1


async def test_page_speaks_the_readers_language(browser: httpx2.AsyncClient) -> None:
    """The page is in the language that the browser asks for."""
    answer = await browser.get("/dev/messages", headers={"accept-language": "de-AT,de;q=0.9"})
    assert '<html lang="de"' in answer.text


async def test_tenants_see_their_own(browser: httpx2.AsyncClient, post: Post) -> None:
    """Each host shows the messages of its own tenant."""
    await post.put(message())
    await post.put(message("bob@example.test"), tenant_id="other")
    answer = await browser.get("https://other.localhost:8443/dev/messages.json")
    assert [each["to"] for each in answer.json()] == ["bob@example.test"]


@pytest.mark.parametrize("path", ["/dev/messages", "/dev/messages.json"])
async def test_nothing_is_cached(browser: httpx2.AsyncClient, path: str) -> None:
    """Neither address is kept by caches."""
    assert (await browser.get(path)).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/dev/messages", "/dev/messages.json"])
async def test_only_reading_is_allowed(browser: httpx2.AsyncClient, path: str) -> None:
    """Any method but GET is refused with the methods there are."""
    answer = await browser.post(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
