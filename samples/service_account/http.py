"""Requests that end in JSON or in a failure with words."""

import json
import os
from dataclasses import dataclass
from typing import Any

import httpx2

from service_account.failures import Failure, Misconfigured, Unreachable

_SECONDS = 10


@dataclass(frozen=True)
class Answer:
    """A JSON answer. `status` is HTTP's."""

    status: int
    body: Any

    def says(self, *names: str) -> str:
        """Return the members of that name, joined, as far as the answer has them."""
        told = (self.body.get(name) for name in names) if isinstance(self.body, dict) else ()
        return ": ".join(text for text in told if isinstance(text, str))


class Http:
    """A client that follows no redirects, so that what it carries reaches nobody else."""

    def __init__(self) -> None:
        try:
            self._client = httpx2.Client(timeout=_SECONDS)
        except OSError as error:
            file = os.environ.get("SSL_CERT_FILE")
            raise Misconfigured(f"SSL_CERT_FILE: cannot read {file}: {error}", _TRUST) from error

    def ask(self, method: str, url: str, **more: Any) -> Answer:
        """Send a request and return its answer; raises Unreachable, or Failure when it is no JSON."""
        try:
            response = self._client.request(method, url, **more)
        except httpx2.TransportError as error:
            untrusted = "CERTIFICATE_VERIFY_FAILED" in str(error)
            raise Unreachable(f"{url}: {error}", _TRUST if untrusted else _RUNNING) from error
        except httpx2.InvalidURL as error:
            raise Misconfigured(f"{url}: {error}") from error
        try:
            return Answer(response.status_code, response.json())
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise Failure(
                f"{url}: the answer ({response.status_code}) is not JSON",
                "Is this the address of the server that you mean?",
            ) from error


_RUNNING = "Is it running? `make run` starts the platform and the APIs of the samples."
_TRUST = "SSL_CERT_FILE must name the file of the authority that signed its certificate, .gatewright/ca.pem."
