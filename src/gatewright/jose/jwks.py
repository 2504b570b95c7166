"""The published key set (RFC 7517 §5)."""

import orjson

from gatewright.jose.keys import KeyRing


def key_set(ring: KeyRing) -> bytes:
    """The ring's public halves as JSON; no private or shared key ever stands in it."""
    return orjson.dumps({"keys": [key.public_jwk for key in ring.published()]})
