"""Sessions begin, are used and end, by the clock."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gatewright.kernel.clock import FixedClock
from gatewright.kernel.events import Origin
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change
from gatewright.sessions import Session, Sessions

ORIGIN = Origin(ip="203.0.113.7", user_agent="Browser/1")
seconds = st.integers(1, 10_000_000)


class Remembered:
    """A store that keeps what it was given."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []

    def put(self, tenant_id: str, session: Session) -> Change:
        self.sessions.append(session)
        return Change(statement="put", parameters={})

    touch = put


def service(clock: FixedClock) -> tuple[Sessions, Remembered]:
    store = Remembered()
    return Sessions(store, clock), store  # type: ignore[arg-type]


def begun(clock: FixedClock, *, lifetime: int = 1_000, idle: int = 100) -> tuple[str, Session]:
    sessions, _ = service(clock)
    return sessions.begin(
        "auth0|ada", "db", lifetime=lifetime, idle_lifetime=idle, amr=["pwd"], origin=ORIGIN
    )


def test_secret_and_public_id_are_different_things() -> None:
    """The cookie's secret is stored as a hash alone, and the sid tells nothing of it."""
    secret, session = begun(FixedClock())
    assert session.session_hash == fingerprint(secret)
    assert secret not in str(session)
    assert session.sid not in secret


def test_no_two_sessions_are_alike() -> None:
    """Each session has its own secret and sid."""
    made = [begun(FixedClock()) for _ in range(50)]
    assert len({secret for secret, _ in made}) == len({session.sid for _, session in made}) == 50


@given(lifetime=seconds, idle=seconds, later=seconds)
def test_session_is_alive_until_the_earlier_end(lifetime: int, idle: int, later: int) -> None:
    """A session that is not used lives for the shorter of its two lifetimes, and not a second longer."""
    clock = FixedClock()
    _, session = begun(clock, lifetime=lifetime, idle=idle)
    assert session.is_alive(clock.now() + later) == (later < min(lifetime, idle))


@given(lifetime=seconds, idle=seconds, later=seconds)
def test_use_extends_the_idle_end_but_never_the_absolute(lifetime: int, idle: int, later: int) -> None:
    """Using a session moves its idle end on, and its absolute end stays."""
    clock = FixedClock()
    _, session = begun(clock, lifetime=lifetime, idle=idle)
    clock.advance(later)
    sessions, store = service(clock)
    sessions.seen("t", session, "web", idle_lifetime=idle, origin=ORIGIN)
    (touched,) = store.sessions
    assert touched.expires_at == session.expires_at
    assert touched.idle_expires_at == min(clock.now() + idle, session.expires_at)
    assert touched.authenticated_at == session.authenticated_at


def test_use_in_the_same_minute_costs_no_write() -> None:
    """A session used again at once by the same client is not written again."""
    clock = FixedClock()
    _, session = begun(clock, idle=6_000)
    seen = msgspec.structs.replace(session, clients=("web",))
    sessions, store = service(clock)
    clock.advance(99)
    assert sessions.seen("t", seen, "web", idle_lifetime=6_000, origin=ORIGIN) == ()
    clock.advance(1)
    assert len(sessions.seen("t", seen, "web", idle_lifetime=6_000, origin=ORIGIN)) == 1
    assert len(store.sessions) == 1


def test_new_client_is_always_noted() -> None:
    """A client's first use of a session is written at once."""
    clock = FixedClock()
    _, session = begun(clock)
    sessions, store = service(clock)
    sessions.seen("t", session, "web", idle_lifetime=100, origin=ORIGIN)
    assert store.sessions[0].clients == ("web",)


@given(age=st.integers(0, 10_000), max_age=st.none() | st.integers(0, 10_000))
def test_fresh_enough(age: int, max_age: int | None) -> None:
    """A proof is fresh enough for max_age seconds, both ends included (OIDC Core §3.1.2.1)."""
    clock = FixedClock()
    _, session = begun(clock)
    assert session.is_fresh_enough(clock.now() + age, max_age) == (max_age is None or age <= max_age)


def test_long_user_agents_are_cut() -> None:
    """A user agent is kept in at most 200 characters."""
    sessions, _ = service(FixedClock())
    origin = Origin(ip="", user_agent="x" * 5_000)
    _, session = sessions.begin("u", "db", lifetime=1, idle_lifetime=1, amr=(), origin=origin)
    assert len(session.user_agent) == 200


def test_use_tells_from_where() -> None:
    """A noted use keeps its own address and user agent beside those of the sign-in."""
    clock = FixedClock()
    _, session = begun(clock)
    sessions, store = service(clock)
    elsewhere = Origin(ip="198.51.100.9", user_agent="Other/2")
    sessions.seen("t", session, "web", idle_lifetime=100, origin=elsewhere)
    (kept,) = store.sessions
    assert (kept.ip, kept.user_agent) == (ORIGIN.ip, ORIGIN.user_agent)
    assert (kept.last_ip, kept.last_user_agent) == (elsewhere.ip, elsewhere.user_agent)
