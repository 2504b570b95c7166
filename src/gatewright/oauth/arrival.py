"""What a browser may bring along to the authorization endpoint: a proof of who the person is.

Whoever takes such proofs stands above this room and hands in an ``Arrive``. It is asked once client, redirect
URI and request were found good, so a proof is never spent on a request that cannot be answered.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client
from gatewright.oauth.policy import SignedIn
from gatewright.oauth.requests import AuthorizationRequest
from gatewright.web.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began with this very request; ``write_cookie`` gives it to the browser."""

    signed_in: SignedIn
    write_cookie: Callable[[Response], None]


Arrive = Callable[[Request, Client, Parameters, AuthorizationRequest], Awaitable[Begun | Response | None]]
"""The session that a request begins, an answer to give instead, or ``None`` when it brings no proof.

It gets the parameters as they came, the proof among them, and the request read from them.
Raises ``OAuthError`` for a proof that is no good.
"""


async def with_nothing(
    request: Request, client: Client, parameters: Parameters, asked: AuthorizationRequest
) -> None:
    """The ``Arrive`` of a browser that brings its cookies alone."""
