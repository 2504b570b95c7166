"""What a full password login costs beyond the hash itself, in processor time of the server."""

import time
from collections.abc import Sequence
from contextlib import ExitStack, closing

from argon2 import PasswordHasher

from bench.browser import Answer, Browser, JourneyFailed, open_form
from bench.contestants import Contestant
from bench.flows import authorize_path, new_proof
from bench.results import LoginCost

HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # the parameters of the server
LOGINS = 100  # the kernel counts processor time in hundredths of a second
HASHES = 20


def hash_cost(times: int) -> float:
    """Processor milliseconds of verifying one argon2id hash here, the mean of `times`."""
    secret = "Correct-Horse-1"
    stored = HASHER.hash(secret)
    began = time.thread_time()
    for _ in range(times):
        HASHER.verify(stored, secret)
    return (time.thread_time() - began) / times * 1000


def _open_page(contestant: Contestant, browser: Browser) -> Answer:
    target = contestant.target
    path = authorize_path(
        contestant.endpoints, target.client, target.code, new_proof().challenge, "s-login", "n-login"
    )
    return browser.follow(browser.get(path), target.client.redirect_uri)


def _sign_in(contestant: Contestant, browser: Browser, page: Answer) -> None:
    target = contestant.target
    form = open_form(page)
    if not form.asks_password:
        raise JourneyFailed(f"a page that asks for the password was expected, seen {page.excerpt()}")
    answer = browser.submit(page, form, target.user, target.password)
    landing = browser.follow(answer, target.client.redirect_uri)
    if "code=" not in landing.redirect:
        raise JourneyFailed(
            f"a redirect with a code was expected after the password, seen {landing.excerpt()}"
        )


def measure_logins(contestant: Contestant, count: int = LOGINS) -> LoginCost:
    """Sign in `count` new browsers one after the other: first all pages, then all passwords.

    Raises `JourneyFailed` when a login does not end with a code at the redirect URI.
    """
    with ExitStack() as stack:
        browsers = [stack.enter_context(closing(Browser(contestant.target))) for _ in range(count)]
        return _measure(contestant, browsers)


def _measure(contestant: Contestant, browsers: Sequence[Browser]) -> LoginCost:
    server, count = contestant.server, len(browsers)
    before, hash_before = server.cpu(), hash_cost(HASHES)
    pages = [_open_page(contestant, browser) for browser in browsers]
    between, began = server.cpu(), time.monotonic()
    for browser, page in zip(browsers, pages, strict=True):
        _sign_in(contestant, browser, page)
    wall, after = time.monotonic() - began, server.cpu()
    hash_ms = (hash_before + hash_cost(HASHES)) / 2
    each = 1000 / count
    return LoginCost(count, (between - before) * each, (after - between) * each, hash_ms, wall * each)
