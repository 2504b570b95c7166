"""Questions with one answer: no riddle is asked for, and no country is known."""

import pytest
from tests.support.world import World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.wire(
        "POST /dbconnections/signup/challenge",
        "POST /dbconnections/change_password/challenge",
        "POST /passwordless/challenge",
        "GET /user/geoloc/country",
    ),
]

CHALLENGES = (
    "/dbconnections/signup/challenge",
    "/dbconnections/change_password/challenge",
    "/passwordless/challenge",
)


@pytest.mark.parametrize("path", CHALLENGES)
@pytest.mark.parametrize("body", [{"json": {"state": "x"}}, {"data": {"state": "<b>"}}, {"content": b"{"}])
async def test_no_riddle(world: World, path: str, body: dict[str, object]) -> None:
    """No form has to show a riddle, whatever is sent."""
    response = await world.browser().post(path, **body)
    assert (response.status_code, response.json()) == (200, {"required": False})
    assert response.headers["cache-control"] == "no-store"


async def test_no_country(world: World) -> None:
    """The country of an address is not known, and the answer has the wire's fields without a value."""
    response = await world.browser().get("/user/geoloc/country", headers={"origin": "https://any.test"})
    assert response.json() == {"country_code": None, "country_code3": None, "country_name": None}
    assert response.headers["access-control-allow-origin"] == "*"
