"""Which of the two pipelines an authorization request is in; decided once and remembered in its ``Grant``."""

from gatewright.clients import Client
from gatewright.tenants import Tenant


def is_legacy(tenant: Tenant, client: Client, audience: str) -> bool:
    """Whether a request is in the legacy pipeline: its client is not OIDC-conformant, and no API is named.

    Any ``audience`` will do, that of userinfo as well, and so will the tenant's default one.
    """
    return not client.oidc_conformant and not (audience or tenant.settings.default_audience)
