"""NOUN floor: browser sessions (single sign-on).

Owns the session, its lifetimes and its cookie. The cookie holds a secret of which only the hash is stored;
the public ``sid`` names the session in tokens.
"""

from gatewright.sessions.cookie import SessionCookies
from gatewright.sessions.model import Note, Noted, Session
from gatewright.sessions.service import Sessions
from gatewright.sessions.store import SessionStore

__all__ = ["Note", "Noted", "Session", "SessionCookies", "SessionStore", "Sessions"]
