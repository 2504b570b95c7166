"""NOUN floor: what a user allowed a client to have.

One row per user, client and audience; withdrawing it is deleting it.
"""

from gatewright.consents.model import Consent, Given, user_of
from gatewright.consents.store import ConsentStore

__all__ = ["Consent", "ConsentStore", "Given", "user_of"]
