"""Grant types of the legacy pipeline, by the wire's names.

They are no values of a ``grant_type`` parameter: each opens one way into the legacy endpoints.
"""

_LEGACY = "http://auth0.com/oauth/legacy/grant-type"

DELEGATION_BY_ID_TOKEN = f"{_LEGACY}/delegation/id_token"
"""An id_token becomes another one at ``/delegation``."""

DELEGATION_BY_REFRESH_TOKEN = f"{_LEGACY}/delegation/refresh_token"
"""A refresh token becomes an id_token at ``/delegation``."""

RESOURCE_OWNER = f"{_LEGACY}/ro"
"""What a person types into the application becomes tokens at ``/oauth/ro``."""

RESOURCE_OWNER_BY_ID_TOKEN = f"{_LEGACY}/ro/jwt-bearer"
"""An id_token becomes tokens for a device at ``/oauth/ro``."""

SOCIAL_ACCESS_TOKEN = f"{_LEGACY}/access_token"
"""A social provider's access token becomes tokens at ``/oauth/access_token``."""

LEGACY_GRANT_TYPES = (
    SOCIAL_ACCESS_TOKEN,
    DELEGATION_BY_ID_TOKEN,
    DELEGATION_BY_REFRESH_TOKEN,
    RESOURCE_OWNER,
    RESOURCE_OWNER_BY_ID_TOKEN,
)
"""All that the wire has."""
