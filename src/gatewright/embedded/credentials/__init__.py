"""THE LIST of credential types is made in ``app.embedded``; here are the contract and the kinds we have."""

from gatewright.embedded.credentials.credential import Credential, refused, required
from gatewright.embedded.credentials.one_time_code import OneTimeCodeCredential
from gatewright.embedded.credentials.password import PasswordCredential, PasswordRealmCredential

__all__ = [
    "Credential",
    "OneTimeCodeCredential",
    "PasswordCredential",
    "PasswordRealmCredential",
    "refused",
    "required",
]
