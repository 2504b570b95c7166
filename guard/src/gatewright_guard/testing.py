"""Mints tokens, good and bad, for the tests of an API that a guard protects.

    mint = Mint(audience="https://api.example.com/")
    guard = mint.guard()
    client.get("/timesheets", headers=mint.header(scope="read:timesheets"))

The keys are made on the spot and mean nothing to any real issuer.
"""

import json
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from gatewright_guard._guard import Guard
from gatewright_guard._keyset import FORMS, StaticKeys, VerificationKey

_MAKERS: Mapping[str, Callable[[], Key]] = {
    "RSA": lambda: RSAKey.generate_key(2048),
    "P-256": lambda: ECKey.generate_key("P-256"),
    "P-384": lambda: ECKey.generate_key("P-384"),
    "P-521": lambda: ECKey.generate_key("P-521"),
    "Ed25519": lambda: OKPKey.generate_key("Ed25519"),
    "secret": lambda: OctKey.generate_key(512),
}


class Mint:
    """An issuer in a test: one key, and tokens signed with it.

    issuer, audience, algorithm: as the guard under test expects them. clock: seconds since 1970.
    """

    def __init__(
        self,
        *,
        audience: str,
        issuer: str = "https://issuer.test/",
        algorithm: str = "RS256",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = issuer
        self.audience = audience
        self.algorithm = algorithm
        self.kid = "test-key"
        self._clock = clock

    @cached_property
    def key(self) -> Key:
        """The signing key."""
        return _MAKERS[FORMS[self.algorithm]]()

    @property
    def keys(self) -> StaticKeys:
        """What verifies this mint's tokens."""
        if isinstance(self.key, OctKey):
            return StaticKeys.from_secret(self.key.raw_value, algorithm=self.algorithm)
        return StaticKeys((VerificationKey.from_jwk(self._public_jwk()),))

    @property
    def jwks(self) -> dict[str, Any]:
        """The key set as an issuer publishes it; empty when the key is a secret."""
        return {"keys": [] if isinstance(self.key, OctKey) else [self._public_jwk()]}

    def guard(self) -> Guard:
        """A guard that accepts this mint's tokens; without network."""
        return Guard(
            issuer=self.issuer,
            audience=self.audience,
            algorithms=(self.algorithm,),
            keys=self.keys,
            clock=self._clock,
        )

    def token(self, *, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """A good access token of an hour, changed by ``claims`` and ``header``; ``None`` drops a member."""
        return self.sign({**self._header(), **(header or {})}, {**self._claims(), **claims})

    def header(self, **claims: Any) -> dict[str, str]:
        """The request header that carries a good ``token``."""
        return {"Authorization": f"Bearer {self.token(**claims)}"}

    def expired(self, *, seconds: int = 3600) -> str:
        """One that expired ``seconds`` ago."""
        return self.token(exp=self._now() - seconds, iat=self._now() - seconds - 3600)

    def for_another_audience(self, audience: str = "https://another-api.test/") -> str:
        """One for another API."""
        return self.token(aud=audience)

    def of_another_issuer(self, issuer: str = "https://another-issuer.test/") -> str:
        """One that names another issuer."""
        return self.token(iss=issuer)

    def of_unknown_key(self) -> str:
        """One whose ``kid`` nobody knows, signed by a key nobody knows."""
        return self.sign(self._header() | {"kid": "unknown"}, self._claims(), key=self._another_key())

    def with_bad_signature(self) -> str:
        """One that names the right key and is signed by another."""
        return self.sign(self._header(), self._claims(), key=self._another_key())

    def with_another_algorithm(self) -> str:
        """One signed with an algorithm that the guard does not expect."""
        secret, algorithm = OctKey.generate_key(256), "HS512" if self.algorithm == "HS256" else "HS256"
        return self.sign({"alg": algorithm, "typ": "JWT"}, self._claims(), key=secret)

    def id_token(self, *, client_id: str = "test-client", **claims: Any) -> str:
        """An id_token, which no API must accept."""
        own = {"aud": client_id, "azp": None, "scope": None, "nonce": "test-nonce"}
        return self.token(**{**own, **claims})

    def sign(self, header: Mapping[str, Any], claims: Mapping[str, Any], *, key: Key | None = None) -> str:
        """Exactly this header and these claims, signed; a member that is ``None`` is left out."""
        payload = json.dumps(_present(claims))
        registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jws.serialize_compact(_present(header), payload, key or self.key, registry=registry)

    def _header(self) -> dict[str, Any]:
        return {"alg": self.algorithm, "typ": "JWT", "kid": self.kid}

    def _claims(self) -> dict[str, Any]:
        now = self._now()
        who = {"iss": self.issuer, "sub": "auth0|test-user", "aud": self.audience, "azp": "test-client"}
        return {**who, "iat": now, "exp": now + 3600, "scope": ""}

    def _now(self) -> int:
        return int(self._clock())

    def _public_jwk(self) -> dict[str, Any]:
        return {**self.key.as_dict(private=False), "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    def _another_key(self) -> Key:
        return _MAKERS[FORMS[self.algorithm]]()


def _present(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
