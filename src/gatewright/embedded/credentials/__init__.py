"""THE LIST of credential types is made in ``app.embedded``; here are the contract and the kinds we have."""

from gatewright.embedded.credentials.credential import Credential, required
from gatewright.embedded.credentials.password import PasswordCredential, PasswordRealmCredential

__all__ = ["Credential", "PasswordCredential", "PasswordRealmCredential", "required"]
