"""FLOW floor: embedded login, where the application's own page asks for the password. Above ``oauth``.

Owns the addresses to which such pages send it, the tickets by which the proof comes to the authorization
endpoint, and the pages that speak to a window or frame of the application.
Does not own the proof (``login.password_proof``), the session (``login.sessions``), or what is answered
(``oauth``): each of these doors ends at the authorization endpoint, which makes all its checks.
"""

from gatewright.embedded.model import LoginTicket
from gatewright.embedded.store import LoginTicketStore

__all__ = ["LoginTicket", "LoginTicketStore"]
