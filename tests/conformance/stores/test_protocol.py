"""Stores of the protocol and of login: what is taken once is taken once, on every backend."""

import asyncio

import msgspec
import pytest
from tests.conformance.stores.conftest import OTHER, TENANT, Place

from gatewright.audit import LogEntry
from gatewright.embedded.model import LoginTicket
from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Bus
from gatewright.kernel.ids import log_id
from gatewright.kernel.units import Unmatched
from gatewright.login.tickets import Ticket
from gatewright.login.transaction import Asked, LoginTransaction
from gatewright.oauth.model import AccessToken, Code, Family, Grant
from gatewright.oauth.vocabulary import GRANT_MEMORY
from gatewright.sessions import Session
from gatewright.storage.housekeeping import BATCH, Housekeeping
from gatewright.storage.leftovers import Leftovers
from gatewright.tenants import Tenant
from gatewright.users import Identifier, Identity, User

DAY = 86_400

pytestmark = pytest.mark.anyio

ADA = User(user_id="auth0|ada", identities=(Identity(connection="db", provider="auth0", user_id="ada"),))
GRANT = Grant(grant_id="g1", client_id="c", user_id=ADA.user_id, scopes=("openid",), sid="sid")
CODE = Code(grant=GRANT, issued_at=10, redirect_uri="https://app.example.test/", nonce="n")
FAMILY = Family(grant=GRANT, created_at=10, rotated_at=10, expires_at=90, ends_at=100)


async def _add_ada(place: Place) -> None:
    await place.run(*place.stores.users.insert(TENANT, ADA, (Identifier("email", "ada@example.test"),)))


async def test_code_round_trip_with_its_user(place: Place) -> None:
    """A code comes back with its user, unspent."""
    await _add_ada(place)
    stores = place.stores.authorizations
    await place.run(stores.put_code(TENANT, "h", CODE, forget_at=1000))
    assert await stores.code(TENANT, "h") == (CODE, None, ADA)
    assert await stores.code(OTHER, "h") is None


async def test_code_of_a_deleted_user_has_no_user(place: Place) -> None:
    """The code of a user who is gone is found without a user."""
    stores = place.stores.authorizations
    await place.run(stores.put_code(TENANT, "h", CODE, forget_at=1000))
    assert await stores.code(TENANT, "h") == (CODE, None, None)


async def test_of_a_hundred_spenders_one_succeeds(place: Place) -> None:
    """A hundred parallel spendings of one code: one succeeds."""
    stores = place.stores.authorizations
    await place.run(stores.put_code(TENANT, "h", CODE, forget_at=1000))
    ends = await asyncio.gather(
        *(place.run(stores.spend_code(TENANT, "h", at)) for at in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    assert all(isinstance(end, tuple | Unmatched) for end in ends)


async def test_what_follows_a_lost_spending_does_not_happen(place: Place) -> None:
    """A family that would begin with a code already spent does not begin."""
    stores = place.stores.authorizations
    await place.run(stores.put_code(TENANT, "h", CODE, forget_at=1000))
    await place.run(stores.spend_code(TENANT, "h", 11))
    with pytest.raises(Unmatched) as lost:
        await place.run(stores.spend_code(TENANT, "h", 12), stores.put_family(TENANT, FAMILY))
    assert lost.value.position == 0
    assert await stores.family(TENANT, "g1") is None


async def test_family_round_trip(place: Place) -> None:
    """A family comes back as it was stored."""
    await _add_ada(place)
    stores = place.stores.authorizations
    await place.run(stores.put_family(TENANT, FAMILY))
    assert await stores.family(TENANT, "g1") == (FAMILY, ADA)


async def test_family_without_end_comes_back_without_end(place: Place) -> None:
    """A family that never expires says so."""
    stores = place.stores.authorizations
    endless = msgspec.structs.replace(FAMILY, expires_at=None, ends_at=None)
    await place.run(stores.put_family(TENANT, endless))
    assert await stores.family(TENANT, "g1") == (endless, None)


async def test_of_a_hundred_rotations_of_one_generation_one_succeeds(place: Place) -> None:
    """A hundred parallel rotations move the family one generation on."""
    stores = place.stores.authorizations
    await place.run(stores.put_family(TENANT, FAMILY))
    ends = await asyncio.gather(
        *(place.run(stores.rotate(TENANT, FAMILY, to=1, at=20, expires_at=95)) for _ in range(100)),
        return_exceptions=True,
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    found = await stores.family(TENANT, "g1")
    assert found is not None
    assert (found[0].generation, found[0].rotated_at, found[0].expires_at) == (1, 20, 95)


async def test_revoked_family_does_not_rotate(place: Place) -> None:
    """Revocation and rotation take the same row: after the one the other fails."""
    stores = place.stores.authorizations
    await place.run(stores.put_family(TENANT, FAMILY))
    await place.run(*stores.revoke_grant(TENANT, "g1", at=15, forget_at=1000))
    with pytest.raises(Unmatched):
        await place.run(stores.rotate(TENANT, FAMILY, to=1, at=20, expires_at=95))


async def test_revoked_grant_shows_at_its_access_tokens(place: Place) -> None:
    """An opaque token, and a token without a row, learn of the revocation of their grant."""
    await _add_ada(place)
    stores = place.stores.authorizations
    token = AccessToken(grant=GRANT, issued_at=10, expires_at=1000)
    await place.run(stores.put_access_token(TENANT, "t", token))
    assert await stores.access_token(TENANT, "t") == (token, False, ADA)
    assert await stores.user_of_grant(TENANT, "g1", ADA.user_id) == (False, ADA)
    await place.run(*stores.revoke_grant(TENANT, "g1", at=15, forget_at=1000))
    assert await stores.access_token(TENANT, "t") == (token, True, ADA)
    assert await stores.user_of_grant(TENANT, "g1", ADA.user_id) == (True, ADA)


async def test_session_comes_with_its_user(place: Place) -> None:
    """A live session is read with its user in one statement; without the user there is none."""
    session = Session(
        session_hash="s",
        sid="sid",
        user_id=ADA.user_id,
        connection="db",
        authenticated_at=1,
        created_at=1,
        seen_at=1,
        idle_expires_at=50,
        expires_at=100,
    )
    await place.run(place.stores.sessions.put(TENANT, session))
    assert await place.stores.authorizations.signed_in(TENANT, "s") is None
    await _add_ada(place)
    assert await place.stores.authorizations.signed_in(TENANT, "s") == (session, ADA)


def _transaction() -> LoginTransaction:
    return LoginTransaction(
        transaction_hash="t",
        browser_hash="b",
        asked=Asked(client_id="c", client_name="C"),
        begun_at="/authorize",
        return_to="/authorize/resume",
        request={"client_id": "c"},
        created_at=0,
        expires_at=100,
    )


async def test_transaction_moves_on_once_per_version(place: Place) -> None:
    """Two tabs that read the same version: one moves the transaction on."""
    stores, transaction = place.stores.transactions, _transaction()
    await place.run(stores.insert(TENANT, transaction))
    await place.run(stores.update(TENANT, msgspec.structs.replace(transaction, user_id="u")))
    with pytest.raises(Unmatched):
        await place.run(stores.update(TENANT, msgspec.structs.replace(transaction, user_id="v")))
    found = await stores.get(TENANT, "t")
    assert found is not None
    assert (found.user_id, found.version) == ("u", 2)


async def test_transaction_finishes_once(place: Place) -> None:
    """A transaction is finished once, by whoever comes first."""
    stores, transaction = place.stores.transactions, _transaction()
    await place.run(stores.insert(TENANT, transaction))
    ends = await asyncio.gather(
        *(place.run(stores.finish(TENANT, transaction)) for _ in range(20)), return_exceptions=True
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    found = await stores.get(TENANT, "t")
    assert found is not None
    assert found.finished


async def test_ticket_is_spent_once(place: Place) -> None:
    """A hundred parallel uses of one ticket: one succeeds."""
    ticket = Ticket(
        ticket_hash="h",
        kind="reset_password",
        user_id="u",
        email="a@example.test",
        connection="db",
        created_at=0,
        expires_at=100,
    )
    stores = place.stores.tickets
    await place.run(stores.insert(TENANT, ticket))
    ends = await asyncio.gather(
        *(place.run(stores.spend(TENANT, "h", 5)) for _ in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    assert await stores.get(TENANT, "h") == (ticket, 5)


async def _swept(place: Place, at: int, *, log_retention_days: int = 30) -> int:
    clock = FixedClock(at)
    leftovers = Leftovers(place.database, Bus(place.database), clock)
    return await Housekeeping(place.database, clock, leftovers, log_retention_days=log_retention_days).sweep()


async def test_a_family_that_was_refreshed_is_swept_by_its_new_end(place: Place) -> None:
    """A refresh puts off the end of a family, and housekeeping goes by the new one."""
    stores = place.stores.authorizations
    await place.run(stores.put_family(TENANT, FAMILY))
    await place.run(stores.rotate(TENANT, FAMILY, to=1, at=80, expires_at=200))
    assert await _swept(place, 199) == 0
    assert await stores.family(TENANT, "g1") is not None
    assert await _swept(place, 200) == 1
    assert await stores.family(TENANT, "g1") is None


@pytest.mark.parametrize("of_user", [False, True])
async def test_a_revoked_family_without_end_is_forgotten_in_the_end(place: Place, of_user: bool) -> None:
    """A family that would live for ever goes, once revoked, after the time for which that is remembered."""
    stores = place.stores.authorizations
    await place.run(stores.put_family(TENANT, msgspec.structs.replace(FAMILY, expires_at=None, ends_at=None)))
    if of_user:
        await place.run(stores.revoke_all_of(TENANT, ADA.user_id, 50))
    else:
        await place.run(*stores.revoke_grant(TENANT, "g1", at=50, forget_at=50))
    await _swept(place, 50 + GRANT_MEMORY - 1)
    assert await stores.family(TENANT, "g1") is not None
    await _swept(place, 50 + GRANT_MEMORY)
    assert await stores.family(TENANT, "g1") is None


async def test_log_entries_are_swept_by_age_in_every_tenant(place: Place) -> None:
    """Log entries older than the retention go, whichever tenant they belong to; younger ones stay."""
    logs, tenants = place.stores.logs, place.stores.tenants
    for name in (TENANT, OTHER):
        await place.run(*tenants.put(Tenant(tenant_id=name, issuer=f"https://{name}/", hosts=(name,))))
        for at in (DAY - 1, DAY, DAY + 1):
            entry = LogEntry(log_id=log_id(at), at=at, type="s", event="LoginSucceeded")
            await place.run(logs.append(name, entry))
    assert await _swept(place, 2 * DAY, log_retention_days=1) == 2
    for name in (TENANT, OTHER):
        assert [entry.at for entry in await logs.newest(name, limit=9)] == [DAY + 1, DAY]


def _verification(ticket_hash: str) -> Ticket:
    return Ticket(
        ticket_hash=ticket_hash,
        kind="verify_email",
        user_id="u",
        email="a@example.test",
        connection="db",
        created_at=0,
        expires_at=100,
    )


async def test_ticket_is_renewed_once_in_a_while(place: Place) -> None:
    """A hundred parallel renewals of one ticket: one succeeds, and another one after the pause."""
    stores = place.stores.tickets
    await place.run(stores.insert(TENANT, _verification("h")), stores.insert(TENANT, _verification("i")))
    ends = await asyncio.gather(
        *(place.run(stores.renew(TENANT, "h", 200, pause=60)) for _ in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    with pytest.raises(Unmatched):
        await place.run(stores.renew(TENANT, "h", 259, pause=60))
    assert await place.run(stores.renew(TENANT, "h", 260, pause=60)) == (1,)
    assert await stores.get(TENANT, "h") == (_verification("h"), 260)
    assert await stores.get(TENANT, "i") == (_verification("i"), None)


async def test_ticket_of_another_tenant_is_not_renewed(place: Place) -> None:
    """A ticket is renewed in its own tenant only."""
    stores = place.stores.tickets
    await place.run(stores.insert(TENANT, _verification("h")))
    with pytest.raises(Unmatched):
        await place.run(stores.renew(OTHER, "h", 200, pause=60))


async def test_verification_is_remembered_after_its_end(place: Place) -> None:
    """Housekeeping keeps the ticket of a verification for thirty days longer than it works."""
    stores = place.stores.tickets
    await place.run(stores.insert(TENANT, _verification("h")))
    ends = 100 + 30 * 86_400
    assert await _swept(place, ends - 1) == 0
    assert await stores.get(TENANT, "h") == (_verification("h"), None)
    assert await _swept(place, ends) == 1


async def test_housekeeping_removes_what_has_expired_and_nothing_else(place: Place) -> None:
    """Expired rows go, batch after batch; others stay."""
    stores = place.stores.authorizations
    for n in range(BATCH + 7):
        grant = msgspec.structs.replace(GRANT, grant_id=f"g{n}")
        token = AccessToken(grant=grant, issued_at=0, expires_at=100)
        await place.run(stores.put_access_token(TENANT, f"old{n}", token))
    await place.run(
        stores.put_access_token(TENANT, "new", AccessToken(grant=GRANT, issued_at=0, expires_at=101))
    )
    clock = FixedClock(100)
    leftovers = Leftovers(place.database, Bus(place.database), clock)
    keeping = Housekeeping(place.database, clock, leftovers, log_retention_days=30)
    assert await keeping.sweep() == BATCH + 7
    assert await stores.access_token(TENANT, "new") is not None
    assert await keeping.sweep() == 0


LOGIN_TICKET = LoginTicket(
    ticket_hash="h",
    kind="verification",
    client_id="web",
    user_id=ADA.user_id,
    connection="db",
    amr=("pwd",),
    created_at=0,
    expires_at=100,
    origin="https://app.example.test",
    password_reset_at=7,
    request={"client_id": "web", "state": "s"},
)


async def test_login_ticket_comes_back(place: Place) -> None:
    """A login ticket is read as it was written, in its own tenant."""
    stores = place.stores.login_tickets
    await place.run(stores.insert(TENANT, LOGIN_TICKET))
    assert await stores.get(TENANT, "h") == LOGIN_TICKET
    assert await stores.get(TENANT, "i") is None
    assert await stores.get(OTHER, "h") is None


async def test_login_ticket_is_taken_once(place: Place) -> None:
    """A hundred parallel redemptions of one login ticket: one succeeds, and the ticket is gone."""
    stores = place.stores.login_tickets
    await place.run(stores.insert(TENANT, LOGIN_TICKET))
    ends = await asyncio.gather(
        *(place.run(stores.take(TENANT, "h")) for _ in range(100)), return_exceptions=True
    )
    assert sum(not isinstance(end, Exception) for end in ends) == 1
    assert all(isinstance(end, Unmatched) for end in ends if isinstance(end, Exception))
    assert await stores.get(TENANT, "h") is None


async def test_login_ticket_of_another_tenant_is_not_taken(place: Place) -> None:
    """A login ticket is taken in its own tenant only."""
    stores = place.stores.login_tickets
    await place.run(stores.insert(TENANT, LOGIN_TICKET))
    with pytest.raises(Unmatched):
        await place.run(stores.take(OTHER, "h"))
    assert await stores.get(TENANT, "h") == LOGIN_TICKET


async def test_login_ticket_becomes_another_in_one_unit(place: Place) -> None:
    """A login ticket that is spent already undoes the unit that would have put another in its place."""
    stores = place.stores.login_tickets
    waiting = msgspec.structs.replace(LOGIN_TICKET, ticket_hash="i")
    with pytest.raises(Unmatched):
        await place.run(stores.take(TENANT, "h"), stores.insert(TENANT, waiting))
    assert await stores.get(TENANT, "i") is None


async def test_login_ticket_is_swept(place: Place) -> None:
    """Housekeeping forgets a login ticket when it has expired."""
    stores = place.stores.login_tickets
    await place.run(stores.insert(TENANT, LOGIN_TICKET))
    assert await _swept(place, 99) == 0
    assert await _swept(place, 100) == 1
    assert await stores.get(TENANT, "h") is None
