"""Rules that add claims to tokens: data, no code."""

from typing import Literal

import msgspec

TokenKind = Literal["id_token", "access_token", "userinfo"]


class ClaimRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One claim that tokens get beyond what scopes ask for.

    ``claim`` is its name: an address of your own, as https://example.com/department, or the name of the
    profile's attribute that ``value`` reads.
    ``value`` says where it comes from: ``user.email`` or another attribute of the profile,
    ``user.app_metadata.…`` or ``user.user_metadata.…`` with a path, ``user.roles`` for the names of roles.
    Somebody for whom there is no such value gets no such claim.
    ``tokens`` are the answers that carry it, userinfo among them.
    ``clients`` (names or ids) and ``audiences`` (APIs, of access tokens) narrow the rule; empty means all.
    """

    claim: str
    value: str
    tokens: tuple[TokenKind, ...] = ("id_token", "access_token", "userinfo")
    clients: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()

    def is_for(self, token: TokenKind, client_id: str, audience: str = "") -> bool:
        """Whether it speaks of a token of this kind for this client, and of an access token for this API."""
        if token not in self.tokens or (self.clients and client_id not in self.clients):
            return False
        return token != "access_token" or not self.audiences or audience in self.audiences
