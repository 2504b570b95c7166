"""Whether a form must show a riddle first (the wire §2.11). None is asked for here, and so it is said."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.selfservice.answers import json_answer


async def challenge(request: Request) -> Response:
    """Says that no riddle has to be solved, whatever ``state`` is sent."""
    return json_answer({"required": False})
