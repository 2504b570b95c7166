"""Nobody learns whether an account exists, from text, headers, mail limits or work done (invariant 6)."""

import re
from collections.abc import Awaitable, Callable

import httpx2
import msgspec
import pytest
from tests.embedded.pages import authenticate, enable
from tests.support.legacy import make_legacy, own
from tests.support.world import CONNECTION, PASSWORD, Browser, World, forms

from gatewright.clients import Client, JwtConfiguration
from gatewright.protection import MAIL_TO_ADDRESS
from gatewright.protection import PASSWORD as PASSWORD_LIMIT

pytestmark = pytest.mark.anyio

KNOWN, UNKNOWN = "ada@example.test", "eve@example.test"
STRONG = "A-Good-Password-1"

Door = Callable[[Browser, str], Awaitable[httpx2.Response]]


class Work:
    """Counts the password hashes a server computes."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hashes = 0
        hasher = world.platform.hasher
        for name in ("hash", "check"):
            monkeypatch.setattr(hasher, name, self._counting(getattr(hasher, name)))

    def _counting(self, work: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def counted(*arguments: object) -> object:
            self.hashes += 1
            return await work(*arguments)

        return counted


async def wrong_password(browser: Browser, email: str) -> httpx2.Response:
    return await browser.submit(await browser.authorize(), username=email, password="Wrong-Password-1")


async def bring_wrong_password(browser: Browser, email: str) -> httpx2.Response:
    return await browser.bring_password(email, "Wrong-Password-1")


async def own_wrong_password(browser: Browser, email: str) -> httpx2.Response:
    return await own(browser, client_id="spa", username=email, password="Wrong-Password-1")


async def sign_up(browser: Browser, email: str) -> httpx2.Response:
    return await browser.submit(await browser.authorize(screen_hint="signup"), email=email, password=STRONG)


async def reset(browser: Browser, email: str) -> httpx2.Response:
    state = forms(await browser.authorize())[0]["fields"]["state"]
    return await browser.submit(await browser.get(f"/u/reset-password?state={state}"), email=email)


async def own_form_sign_up(browser: Browser, email: str) -> httpx2.Response:
    fields = {"client_id": "spa", "connection": CONNECTION, "email": email, "password": STRONG}
    return await browser.post("/dbconnections/signup", json=fields)


async def own_form_reset(browser: Browser, email: str) -> httpx2.Response:
    fields = {"client_id": "spa", "connection": CONNECTION, "email": email}
    return await browser.post("/dbconnections/change_password", json=fields)


async def validate_wrong_password(browser: Browser, email: str) -> httpx2.Response:
    fields = {"client_id": "old", "connection": CONNECTION, "username": email, "password": "Wrong-Password-1"}
    return await browser.post("/public/api/users/validate_userpassword", data=fields)


async def wrong_password_on_a_page_of_the_application(browser: Browser, email: str) -> httpx2.Response:
    return await authenticate(browser, username=email, password="Wrong-Password-1")


async def wrong_password_for_a_form(browser: Browser, email: str) -> httpx2.Response:
    body = {"client_id": "web", "username": email, "password": "Wrong-Password-1"}
    return await browser.post("/usernamepassword/login", json=body)


async def wrong_password_in_a_popup(browser: Browser, email: str) -> httpx2.Response:
    page = await browser.get("/sso_dbconnection_popup/web")
    return await browser.submit(page, username=email, password="Wrong-Password-1")


PASSWORDS: tuple[Door, ...] = (
    wrong_password,
    bring_wrong_password,
    own_wrong_password,
    validate_wrong_password,
    wrong_password_on_a_page_of_the_application,
    wrong_password_for_a_form,
    wrong_password_in_a_popup,
)
DOORS: tuple[Door, ...] = (*PASSWORDS, sign_up, reset, own_form_sign_up, own_form_reset)
COSTS_A_HASH = {*PASSWORDS, sign_up, own_form_sign_up}
NAMES = [door.__name__ for door in DOORS]


@pytest.fixture(autouse=True)
async def all_doors(world: World) -> None:
    """The single-page application has the legacy pipeline, the web client takes passwords itself."""
    await enable(world)
    await make_legacy(world, "spa", jwt_configuration=JwtConfiguration())


def same_for_all(response: httpx2.Response, email: str) -> tuple[int, str, list[str]]:
    """The answer without what differs by nature: secrets, request ids, and the address typed."""
    body = re.sub(
        r"[A-Za-z0-9_-]{43}|[0-9a-f]{24}|[0-9a-f]{16}", "(secret)", response.text.replace(email, "(address)")
    )
    return response.status_code, body, sorted(response.headers)


@pytest.fixture(autouse=True)
async def old_application(world: World) -> None:
    """An application of the legacy pipeline, which may ask whether a password is right."""
    await world.put_client(Client(client_id="old", name="Old", oidc_conformant=False))
    (connection,) = await world.platform.stores.connections.all(world.tenant_id)
    clients = (*connection.enabled_clients, "old")
    opened = msgspec.structs.replace(connection, enabled_clients=clients)
    await world.commit(world.platform.stores.connections.put(world.tenant_id, opened))


@pytest.mark.parametrize("door", DOORS, ids=NAMES)
async def test_same_answer(world: World, door: Door) -> None:
    """The answer is the same, to the byte, whether or not the address has an account."""
    known = same_for_all(await door(world.browser(), KNOWN), KNOWN)
    unknown = same_for_all(await door(world.browser(), UNKNOWN), UNKNOWN)
    assert known == unknown


@pytest.mark.parametrize("door", DOORS, ids=NAMES)
async def test_same_work(world: World, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same number of password hashes is computed whether or not the address has an account."""
    work = Work(world, monkeypatch)
    await door(world.browser(), KNOWN)
    known = work.hashes
    await door(world.browser(), UNKNOWN)
    assert work.hashes == 2 * known
    assert known == int(door in COSTS_A_HASH)


async def test_dummy_hash_costs_what_a_real_one_costs(world: World) -> None:
    """The hash computed for nobody has the parameters of the real ones."""
    stored = await world.platform.hasher.hash(PASSWORD)
    dummy = world.platform.hasher._dummy
    assert dummy.rsplit("$", 2)[0] == stored.rsplit("$", 2)[0]


@pytest.mark.parametrize("door", PASSWORDS)
async def test_blocked_account_with_a_wrong_password(world: World, door: Door) -> None:
    """That an account is blocked is told only to whoever knows its password."""
    await world.change_user("auth0|ada", blocked=True)
    known = same_for_all(await door(world.browser(), KNOWN), KNOWN)
    unknown = same_for_all(await door(world.browser(), UNKNOWN), UNKNOWN)
    assert known == unknown


@pytest.mark.parametrize(
    ("door", "attempts"),
    [
        (wrong_password, PASSWORD_LIMIT.attempts),
        (bring_wrong_password, PASSWORD_LIMIT.attempts),
        (own_wrong_password, PASSWORD_LIMIT.attempts),
        (validate_wrong_password, PASSWORD_LIMIT.attempts),
        (wrong_password_on_a_page_of_the_application, PASSWORD_LIMIT.attempts),
        (wrong_password_for_a_form, PASSWORD_LIMIT.attempts),
        (reset, MAIL_TO_ADDRESS.attempts),
        (own_form_reset, MAIL_TO_ADDRESS.attempts),
        (own_form_sign_up, MAIL_TO_ADDRESS.attempts),
    ],
)
async def test_same_limits(world: World, door: Door, attempts: int) -> None:
    """The limit is reached after the same number of attempts whether or not there is an account."""
    outcomes = []
    for email in (KNOWN, UNKNOWN):
        answers = [(await door(world.browser(), email)).status_code for _ in range(attempts + 1)]
        outcomes.append(answers)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][-1] == 429


async def test_password_of_another_account_tells_nothing(world: World) -> None:
    """A password that is right elsewhere is as wrong as any."""
    await world.put_user("bob@example.test", password="Password-Of-Bob-1", subject="bob")
    page = await world.browser().authorize()
    assert page.status_code == 200
    browser = world.browser()
    mixed = await browser.submit(await browser.authorize(), username=KNOWN, password="Password-Of-Bob-1")
    plain = await wrong_password(world.browser(), KNOWN)
    assert same_for_all(mixed, KNOWN) == same_for_all(plain, KNOWN)
