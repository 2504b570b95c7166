"""A server set up as for certification: every claim has a value, and clients want plain id_tokens."""

from collections.abc import AsyncIterator

import pytest
from tests.conformance.provider import Plan, Provider
from tests.support.keys import quick_keys
from tests.support.protocol import open_connection_to
from tests.support.world import SECRET, World

from gatewright.clients import Client

__all__ = ["quick_keys"]

SECOND = {"client_id": "web2", "redirect_uri": "https://second.example.test/callback"}


GRANTS = ("authorization_code", "refresh_token", "implicit")


@pytest.fixture
def plan() -> Plan:
    """The code flow, unless a module is run for other plans."""
    return Plan()


@pytest.fixture
async def provider(world: World, plan: Plan) -> AsyncIterator[Provider]:
    """The provider under test; a module that leaves a warning has not passed."""
    await world.change_tenant(acr_values_supported=("urn:gatewright:acr:password",))
    await world.change_client("web", id_token_claims="requested_only", grant_types=GRANTS)
    second = Client(
        client_id=SECOND["client_id"],
        name="Second",
        callbacks=(SECOND["redirect_uri"],),
        grant_types=GRANTS,
        id_token_claims="requested_only",
    )
    await world.put_client(second, secret=SECRET)
    await open_connection_to(world, "web", "web2")
    await world.change_user(
        "auth0|ada",
        name="Ada Example",
        given_name="Ada",
        family_name="Example",
        middle_name="King",
        nickname="ada",
        preferred_username="ada",
        profile="https://example.test/ada",
        picture="https://example.test/ada.png",
        website="https://ada.example.test",
        gender="female",
        birthdate="1990-12-10",
        zoneinfo="Europe/London",
        locale="en-GB",
        email_verified=True,
        phone_number="+442079460000",
        phone_verified=True,
        address={"locality": "London", "country": "UK"},
    )
    made = Provider.of(world, plan=plan)
    yield made
    assert made.warnings == []
