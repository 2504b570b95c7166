"""Grant types of the legacy pipeline, by the wire's names.

They are no values of a ``grant_type`` parameter: each opens one way into the legacy endpoints.
"""

_LEGACY = "http://auth0.com/oauth/legacy/grant-type"

DELEGATION_BY_ID_TOKEN = f"{_LEGACY}/delegation/id_token"
"""An id_token becomes another one at ``/delegation``."""

DELEGATION_BY_REFRESH_TOKEN = f"{_LEGACY}/delegation/refresh_token"
"""A refresh token becomes an id_token at ``/delegation``."""

LEGACY_GRANT_TYPES = (
    f"{_LEGACY}/access_token",
    DELEGATION_BY_ID_TOKEN,
    DELEGATION_BY_REFRESH_TOKEN,
    f"{_LEGACY}/ro",
    f"{_LEGACY}/ro/jwt-bearer",
)
"""All that the wire has."""
