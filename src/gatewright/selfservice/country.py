"""``/user/geoloc/country``: from which country a browser asks (the wire §2.17).

There is no table of addresses and countries here, so it is not known, and that is what is said.
"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.selfservice.answers import json_answer


async def country(request: Request) -> Response:
    """The wire's fields, without a value: libraries then offer no country beforehand."""
    return json_answer({"country_code": None, "country_code3": None, "country_name": None})
