"""Which database a request means that names a connection, a realm, or nothing."""

import pytest

from gatewright.connections import Connection, NoDatabase, realms


def connection(name: str, *aliases: str, strategy: str = "auth0") -> Connection:
    return Connection(connection_id=f"con_{name}", name=name, strategy=strategy, realms=aliases)


STAFF = connection("Staff", "staff.example.test", "everybody")
GUESTS = connection("Guests", "Staff", "everybody")
PARTNER = connection("Partner", "partner.example.test", strategy="oidc")
ALL = (GUESTS, PARTNER, STAFF)


@pytest.mark.parametrize(
    ("realm", "found"), [("Guests", GUESTS), ("staff.example.test", STAFF), ("everybody", GUESTS)]
)
def test_name_and_realm_find_the_database(realm: str, found: Connection) -> None:
    """A database is found by its name and by each of its realms; of several the first is taken."""
    assert realms.called(realm, ALL) is found


def test_name_goes_before_realm() -> None:
    """A connection's name is not taken from it by another's realm."""
    assert realms.called("Staff", ALL) is STAFF


@pytest.mark.parametrize("realm", ["", "staff", "STAFF.EXAMPLE.TEST", "Staff ", "nobody"])
def test_realm_that_is_spelt_otherwise_is_unknown(realm: str) -> None:
    """Names and realms are compared character by character."""
    with pytest.raises(NoDatabase) as refused:
        realms.called(realm, ALL)
    assert refused.value.why == "unknown"


@pytest.mark.parametrize("realm", ["Partner", "partner.example.test"])
def test_connection_without_passwords_is_named_as_such(realm: str) -> None:
    """A connection that keeps no passwords is refused for that."""
    with pytest.raises(NoDatabase, match="takes no password") as refused:
        realms.called(realm, ALL)
    assert refused.value.why == "no_password"


def test_default_names_a_database() -> None:
    """The default directory is found by its name."""
    assert realms.default("Staff", ALL) is STAFF


def test_missing_default_names_the_setting() -> None:
    """A tenant without default directory is told which setting is missing."""
    with pytest.raises(NoDatabase, match="default_directory") as refused:
        realms.default("", ALL)
    assert refused.value.why == "no_default"


def test_only_database_needs_no_name() -> None:
    """The one database among the connections is taken, whatever else is there."""
    assert realms.only((PARTNER, STAFF)) is STAFF


@pytest.mark.parametrize(("connections", "why"), [((), "none"), ((PARTNER,), "none"), (ALL, "several")])
def test_none_or_several_databases_are_no_choice(connections: tuple[Connection, ...], why: str) -> None:
    """Without a name nothing is guessed: no database, or more than one, is refused."""
    with pytest.raises(NoDatabase) as refused:
        realms.only(connections)
    assert refused.value.why == why
