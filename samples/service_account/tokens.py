"""Tokens that are fetched once and used until shortly before they expire."""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from service_account.failures import Misconfigured

_EARLY = 60
"""Seconds before its end from which on a token is not used any more."""


@dataclass(frozen=True)
class Token:
    """What an API believes. `renew_at` is in seconds since 1970."""

    value: str
    renew_at: float

    @classmethod
    def living(cls, value: str, seconds: float) -> "Token":
        """Return a token that was issued now and lives so long; a short one is used for half of its life."""
        return cls(value, time.time() + seconds - min(_EARLY, seconds / 2))

    @property
    def is_fresh(self) -> bool:
        """Whether the token can still be used."""
        return time.time() < self.renew_at


class Tokens:
    """Hands out a token: from a file that only this user may read, or else a new one.

    fetch: gets a new token from the identity provider.
    folder: where tokens are kept between two runs; None to keep them in memory.
    purpose: for whom, for what and from whom the token is; another purpose has another file.
    """

    def __init__(self, fetch: Callable[[], Token], folder: Path | None, purpose: tuple[str, ...]) -> None:
        self._fetch = fetch
        digest = hashlib.sha256("\n".join(purpose).encode()).hexdigest()
        self._file = folder / f"{digest[:32]}.json" if folder else None
        self._token: Token | None = None

    def get(self) -> Token:
        """Return a token that is good for a while; raises a Failure when there is none to be had."""
        for known in (self._token, self._kept()):
            if known and known.is_fresh:
                self._token = known
                return known
        return self.renewed()

    def renewed(self) -> Token:
        """Return a new token, and keep it."""
        self._token = self._fetch()
        self._keep(self._token)
        return self._token

    def _kept(self) -> Token | None:
        """Return the token in the file; a file that makes no sense is as good as none."""
        if self._file is None:
            return None
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return Token(str(found["value"]), float(found["renew_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep(self, token: Token) -> None:
        if self._file is None:
            return
        folder = self._file.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made with mode 0600, and put in place at once: no other user and no other run sees half of it.
            handle, made = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(token), file)
            Path(made).replace(self._file)
        except OSError as error:
            advice = "Name another folder in TOKEN_CACHE, or use --no-cache."
            raise Misconfigured(f"TOKEN_CACHE: cannot write to {folder}: {error}", advice) from error
