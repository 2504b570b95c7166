"""Which scopes a caller needs: all of several, or any of them."""

from dataclasses import dataclass

from gatewright_guard._diagnosis import shown
from gatewright_guard._verify import Verified
from gatewright_guard.errors import Diagnosis, InsufficientScope


@dataclass(frozen=True, slots=True)
class Requirement:
    """Made by ``all_of`` or ``any_of``.

    names: scopes (RFC 6749 §3.3), or names of permissions. every: all are needed, not just one.
    permissions: looks at the ``permissions`` claim (roles of the user) instead of ``scope``.
    """

    names: tuple[str, ...]
    every: bool
    permissions: bool = False

    def __post_init__(self) -> None:
        if not self.names or not all(map(_is_scope_token, self.names)):
            raise ValueError(f"scopes: seen {self.names}, expected one or more names, each its own argument")

    def met_by(self, caller: Verified) -> bool:
        """Whether ``caller`` may."""
        granted = caller.permissions if self.permissions else caller.scopes
        return granted.issuperset(self.names) if self.every else not granted.isdisjoint(self.names)

    def check(self, caller: Verified) -> None:
        """Raises ``InsufficientScope`` unless ``caller`` may."""
        if not self.met_by(caller):
            raise self._refusal(caller)

    def _refusal(self, caller: Verified) -> InsufficientScope:
        kind = "permission" if self.permissions else "scope"
        needed = (" and " if self.every else " or ").join(self.names)
        granted = caller.permissions if self.permissions else caller.scopes
        had = ", ".join(sorted(shown(name) for name in granted)[:20]) or "none"
        return InsufficientScope(
            f"This needs the {kind} {needed}, which the token does not carry.",
            Diagnosis(
                seen=f"{kind}s {had}",
                expected=f"{needed}",
                change=f"ask for the {kind} at /authorize, and allow it for the application and the user",
            ),
            scope=" ".join(self.names),
        )


def all_of(*names: str, permissions: bool = False) -> Requirement:
    """Every one of ``names``; of the caller's scopes, or of the caller's ``permissions``."""
    return Requirement(names, every=True, permissions=permissions)


def any_of(*names: str, permissions: bool = False) -> Requirement:
    """At least one of ``names``; of the caller's scopes, or of the caller's ``permissions``."""
    return Requirement(names, every=False, permissions=permissions)


def _is_scope_token(name: str) -> bool:
    return bool(name) and all("!" <= c <= "~" and c not in '"\\' for c in name)
