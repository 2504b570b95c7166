"""The cache of an issuer's keys: how often it asks, what it serves, what it refuses."""

import asyncio
import contextlib
import json
import threading

import pytest

from gatewright_guard import Pace, RemoteKeys, errors
from gatewright_guard.testing import Mint

ISSUER = "https://issuer.test/"
DISCOVERY = f"{ISSUER}.well-known/openid-configuration"
JWKS = f"{ISSUER}.well-known/jwks.json"


class Issuer:
    """Answers like an issuer, counts how often, and can be down."""

    def __init__(self, mint: Mint) -> None:
        self.answers: dict[str, object] = {
            DISCOVERY: {"issuer": ISSUER, "jwks_uri": JWKS},
            JWKS: mint.jwks,
        }
        self.asked: list[str] = []
        self.down = False

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        if self.down:
            raise ConnectionError("connection refused")
        answer = self.answers[url]
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()

    async def fetch_async(self, url: str) -> bytes:
        await asyncio.sleep(0)
        return self.fetch(url)

    @property
    def refreshes(self) -> int:
        return self.asked.count(DISCOVERY)


@pytest.fixture
def issuer(mint):
    return Issuer(mint)


@pytest.fixture(params=["sync", "async", "sync fetch awaited"])
def get(request, issuer):
    """Keys at a time, through each of the ways in."""
    fetch = issuer.fetch_async if request.param == "async" else issuer.fetch
    keys = RemoteKeys(ISSUER, fetch, Pace(fresh=600, apart=60, stale=3600, first=2))

    def get(now, **options):
        if request.param == "sync":
            return keys.get_sync(now, **options)
        return asyncio.run(keys.get(now, **options))

    return get


def test_found_by_discovery(get, issuer):
    """Keys come from the jwks_uri of the issuer's discovery document."""
    assert get(0).find("test-key", "RS256")
    assert issuer.asked == [DISCOVERY, JWKS]


def test_kept_while_fresh(get, issuer):
    """Fresh keys are not asked for again."""
    get(0)
    get(599)
    assert issuer.refreshes == 1


def test_renewed_when_old(get, issuer):
    """Old keys are replaced by those the issuer then publishes."""
    get(0)
    issuer.answers[JWKS] = {"keys": [{**issuer.answers[JWKS]["keys"][0], "kid": "new"}]}
    assert get(600).find("new", "RS256")
    assert not get(600).find("test-key", "RS256")


def test_unknown_kid_refreshes(get, issuer):
    """An unknown kid causes a refresh once the last one is a minute ago."""
    get(0)
    get(59, unknown_kid=True)
    assert issuer.refreshes == 1
    get(60, unknown_kid=True)
    assert issuer.refreshes == 2


def test_unknown_kids_do_not_hammer(get, issuer):
    """A flood of unknown kids causes one refresh a minute."""
    for now in range(300):
        get(now, unknown_kid=True)
    assert issuer.refreshes == 5


def test_stale_keys_while_down(get, issuer):
    """While the issuer is down its last keys serve on, and it is asked once a minute."""
    get(0)
    issuer.down = True
    for now in range(600, 720):
        assert get(now).find("test-key", "RS256")
    assert issuer.refreshes == 3


def test_stale_keys_are_bounded(get, issuer):
    """Keys that could not be renewed for too long no longer serve."""
    get(0)
    issuer.down = True
    assert get(4199)
    with pytest.raises(errors.KeysUnavailable):
        get(4200)


def test_recovers(get, issuer):
    """An issuer that is back is asked again after two seconds when no keys are held at all."""
    issuer.down = True
    for now in (0, 1):
        with pytest.raises(errors.KeysUnavailable):
            get(now)
    assert issuer.refreshes == 1
    issuer.down = False
    assert get(2)


def test_clock_set_back(get, issuer):
    """A clock that was set back does not stop refreshes."""
    get(1000)
    get(10)
    assert issuer.refreshes == 2


@pytest.mark.parametrize(
    ("url", "answer", "says"),
    [
        (DISCOVERY, b"<html>", "the discovery document is not JSON"),
        (DISCOVERY, b"[" * 100_000, "the discovery document is not JSON"),
        (DISCOVERY, [], "the discovery document is not a JSON object"),
        (DISCOVERY, {"issuer": "https://evil.test/", "jwks_uri": JWKS}, "https://evil.test/"),
        (DISCOVERY, {"issuer": ISSUER}, "names no jwks_uri"),
        (DISCOVERY, {"issuer": ISSUER, "jwks_uri": 5}, "names no jwks_uri"),
        (DISCOVERY, {"issuer": ISSUER, "jwks_uri": "http://issuer.test/jwks"}, "expected an https URL"),
        (DISCOVERY, {"issuer": ISSUER, "jwks_uri": "http://localhost/jwks"}, "expected an https URL"),
        (DISCOVERY, {"issuer": ISSUER, "jwks_uri": "file:///etc/passwd"}, "expected an https URL"),
        (DISCOVERY, b" " * 300_000, "more than 262144"),
        (JWKS, b"\xff", "the key set is not JSON"),
        (JWKS, {"keys": []}, "none of the 0 keys"),
        (JWKS, {}, "no list named keys"),
        (JWKS, b" " * 300_000, "more than 262144"),
    ],
)
def test_bad_answers_are_named(get, issuer, url, answer, says):
    """A wrong answer of the issuer is named in the diagnosis, and not shown to the caller."""
    issuer.answers[url] = answer
    with pytest.raises(errors.KeysUnavailable) as refusal:
        get(0)
    assert says in refusal.value.diagnosis.seen
    assert says not in refusal.value.message


def test_failure_is_named(get, issuer):
    """Why the issuer could not be reached is in the diagnosis."""
    issuer.down = True
    with pytest.raises(errors.KeysUnavailable) as refusal:
        get(0)
    assert refusal.value.diagnosis.seen == "ConnectionError: connection refused"


def test_async_fetch_in_sync_code(issuer):
    """An asynchronous fetch function in blocking code is refused with a hint."""
    with pytest.raises(errors.KeysUnavailable) as refusal:
        RemoteKeys(ISSUER, issuer.fetch_async).get_sync(0)
    assert "await Guard.verify" in refusal.value.diagnosis.seen


async def test_single_flight_of_tasks(issuer):
    """A hundred tasks that need keys at once cause one fetch."""
    keys = RemoteKeys(ISSUER, issuer.fetch_async)
    found = await asyncio.gather(*(keys.get(0) for _ in range(100)))
    assert len(set(map(id, found))) == 1
    assert issuer.refreshes == 1


def test_single_flight_of_threads(issuer):
    """Threads that need keys at once cause one fetch."""
    start, meeting, found = threading.Barrier(2), threading.Barrier(2), []

    def fetch(url):
        # Whoever fetches waits for a second one to do the same, who must not come.
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(0.2)
        return issuer.fetch(url)

    keys = RemoteKeys(ISSUER, fetch)

    def ask():
        start.wait()
        found.append(keys.get_sync(0))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert issuer.refreshes == 1


async def test_a_cancelled_caller_cancels_nobody_else(issuer):
    """Who gives up waiting leaves the fetch to those who still wait."""
    gate = asyncio.Event()

    async def slow(url):
        await gate.wait()
        return issuer.fetch(url)

    keys = RemoteKeys(ISSUER, slow)
    impatient, patient = asyncio.create_task(keys.get(0)), asyncio.create_task(keys.get(0))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    gate.set()
    assert (await patient).find("test-key", "RS256")
    assert issuer.refreshes == 1


@pytest.mark.parametrize(
    "issuer_url",
    [
        *("http://issuer.test/", "issuer.test", "", "ftp://issuer.test/", "https://", "file:///x"),
        *("https://user@issuer.test/", "https://issuer.test/#x"),
        *("http://localhost.evil.test/", "http://127.0.0.1.evil.test/", "http://localhost@evil.test/"),
    ],
)
def test_issuer_must_be_https(issuer_url):
    """Keys are never fetched over plain http from another machine."""
    with pytest.raises(ValueError, match="expected an https URL"):
        RemoteKeys(issuer_url)


@pytest.mark.parametrize("issuer_url", ["http://localhost:8080/", "http://127.0.0.1/", "http://[::1]:1/"])
def test_loopback_may_be_http(issuer_url):
    """On this machine plain http will do."""
    assert RemoteKeys(issuer_url)
