"""The guard of one API: who issues its tokens, what it is called, and where the keys come from."""

import time
from collections.abc import Callable, Iterable

from gatewright_guard import errors
from gatewright_guard._keys import Fetch, RemoteKeys
from gatewright_guard._keyset import Keys
from gatewright_guard._verify import Expectations, Verified, verify

_SCHEME = "bearer"


class Guard:
    """Verifies the access tokens of one issuer for one API.

        guard = Guard(issuer="https://login.example.com/", audience="https://api.example.com/")
        caller = await guard.verify(request.headers.get("authorization"))

    issuer: exactly as in the tokens, with the trailing slash if they have one; https, or http to localhost.
    audience: the API's identifier, or several of them.
    algorithms: accepted signatures; ``("HS256",)`` needs ``keys=StaticKeys.from_secret(...)``.
    keys: ``StaticKeys`` in memory, or ``RemoteKeys`` of your own; by default those the issuer publishes,
    fetched at the first call and cached.
    leeway: seconds by which clocks may differ.
    fetch: from a URL to the bytes of its answer, in place of the built-in client; may be asynchronous.
    clock: seconds since 1970, for tests.

    Raises ``ValueError`` for settings that are unsafe or cannot work.
    """

    def __init__(
        self,
        *,
        issuer: str,
        audience: str | Iterable[str],
        algorithms: Iterable[str] = ("RS256",),
        keys: Keys | RemoteKeys | None = None,
        leeway: int = 30,
        fetch: Fetch | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.expected = Expectations(
            issuer=issuer,
            audience=(audience,) if isinstance(audience, str) else tuple(audience),
            algorithms=tuple(algorithms),
            leeway=leeway,
        )
        if keys is None and any(name.startswith("HS") for name in self.expected.algorithms):
            raise ValueError(
                "keys: HS algorithms need keys=StaticKeys.from_secret(<the API's signing secret>)"
            )
        self._keys = RemoteKeys(issuer, fetch) if keys is None else keys
        self._clock = clock

    async def verify(self, credentials: str | None) -> Verified:
        """The caller behind ``credentials``: an ``Authorization`` header, or the bare token.

        Raises a ``GuardError``, which knows its HTTP answer.
        """
        token, now = bearer_token(credentials), int(self._clock())
        if not isinstance(self._keys, RemoteKeys):
            return verify(token, self._keys, self.expected, now)
        try:
            return verify(token, await self._keys.get(now), self.expected, now)
        except errors.UnknownKey:
            return verify(token, await self._keys.get(now, unknown_kid=True), self.expected, now)

    def verify_sync(self, credentials: str | None) -> Verified:
        """As ``verify``, for code without an event loop."""
        token, now = bearer_token(credentials), int(self._clock())
        if not isinstance(self._keys, RemoteKeys):
            return verify(token, self._keys, self.expected, now)
        try:
            return verify(token, self._keys.get_sync(now), self.expected, now)
        except errors.UnknownKey:
            return verify(token, self._keys.get_sync(now, unknown_kid=True), self.expected, now)


def bearer_token(credentials: str | None) -> str:
    """The token in an ``Authorization`` header (RFC 6750 §2.1), or ``credentials`` if it is one itself.

    Raises ``MissingToken`` or ``InvalidRequest``.
    """
    scheme, separator, token = (credentials or "").strip(" ").partition(" ")
    if not scheme or (scheme.lower() == _SCHEME and not token):
        raise _missing("no bearer token")
    if not separator:
        return scheme
    if scheme.lower() != _SCHEME:
        raise _missing("an Authorization header of another scheme")
    token = token.strip(" ")
    if " " in token:
        raise repeated("an Authorization header with more than one token")
    return token


def repeated(seen: str) -> errors.InvalidRequest:
    """The refusal of a request whose credentials are not exactly one token (RFC 6750 §3.1)."""
    return errors.InvalidRequest(
        "The request must carry exactly one token, as Authorization: Bearer <access token>.",
        errors.Diagnosis(
            seen, "Authorization: Bearer <access token>, once", "send one header with one token"
        ),
    )


def _missing(seen: str) -> errors.MissingToken:
    return errors.MissingToken(
        "Missing or invalid token: send Authorization: Bearer <access token>.",
        errors.Diagnosis(
            seen,
            "Authorization: Bearer <access token>",
            "get an access token for this API from its issuer and send it in the Authorization header",
        ),
    )
