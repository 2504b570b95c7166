"""``kill -9`` under load: what was acknowledged is there afterwards, and nothing is spent twice."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from tests.crash.load import Ledger, Visitor, visitors
from tests.crash.server import VISITORS, Server

pytestmark = pytest.mark.anyio
_ENOUGH = 150
_MOST_SECONDS = 30


@pytest.mark.alone
async def test_kill_under_load_loses_nothing_and_spends_nothing_twice(tmp_path: Path) -> None:
    """Acknowledged codes, tokens, sessions and users survive a SIGKILL; spent codes stay spent."""
    server, ledger = Server(tmp_path), Ledger()
    await asyncio.to_thread(server.start)
    try:
        async with visitors(server.issuer, VISITORS, ledger) as people:
            await _load_until_killed(server, people, ledger)
        await asyncio.to_thread(server.start)
        async with visitors(server.issuer, 1, ledger) as (somebody,):
            await _check(somebody, ledger)
    finally:
        await asyncio.to_thread(server.stop)


async def _load_until_killed(server: Server, people: list[Visitor], ledger: Ledger) -> None:
    for visitor in people[:-1]:
        await visitor.sign_in()
    work = [asyncio.create_task(visitor.use()) for visitor in people[:-1]]
    work.append(asyncio.create_task(people[-1].sign_people_up()))
    async with asyncio.timeout(_MOST_SECONDS):
        while ledger.size < _ENOUGH or len(ledger.people) < 3:
            await asyncio.sleep(0.02)
            assert not any(task.done() for task in work), [t.exception() for t in work if t.done()]
    await asyncio.to_thread(server.kill)
    ends = await asyncio.gather(*work, return_exceptions=True)
    assert all(isinstance(end, httpx2.TransportError) for end in ends), ends
    # A refresh under way may have been done without our hearing of it: its family is not judged.
    await asyncio.to_thread(server.start)
    for visitor in people[:-1]:
        assert await visitor.is_signed_in(), "a session was lost"
    await asyncio.to_thread(server.kill)


async def _check(somebody: Visitor, ledger: Ledger) -> None:
    for token in ledger.access_tokens:
        headers = {"authorization": f"Bearer {token}"}
        assert (await somebody.client.get("/userinfo", headers=headers)).status_code == 200
    for token in ledger.refresh_tokens.values():
        response = await somebody.token(grant_type="refresh_token", refresh_token=token)
        assert response.status_code == 200, response.text
    callback = "http://127.0.0.1:9/callback"
    for code in ledger.unspent_codes:
        response = await somebody.token(grant_type="authorization_code", code=code, redirect_uri=callback)
        assert response.status_code == 200, response.text
    for code in (*ledger.spent_codes, *ledger.unspent_codes):
        response = await somebody.token(grant_type="authorization_code", code=code, redirect_uri=callback)
        assert response.json()["error"] == "invalid_grant"
    for email in ledger.people:
        newcomer = Visitor(str(somebody.client.base_url), email, ledger)
        await newcomer.sign_in()
        await newcomer.client.aclose()
