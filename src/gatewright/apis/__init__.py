"""NOUN floor: APIs (resource servers), their scopes, and which client may ask for which of them.

Does not own roles: what a *user* may do is ``roles``.
"""

from gatewright.apis.client_grants import ClientGrant, OrganizationUsage
from gatewright.apis.model import Api, ApiScope, ApiSettings, is_about_oneself
from gatewright.apis.service import Apis
from gatewright.apis.store import ApiStore
from gatewright.apis.system import MANAGEMENT_SCOPES, management_api

__all__ = [
    "MANAGEMENT_SCOPES",
    "Api",
    "ApiScope",
    "ApiSettings",
    "ApiStore",
    "Apis",
    "ClientGrant",
    "OrganizationUsage",
    "is_about_oneself",
    "management_api",
]
