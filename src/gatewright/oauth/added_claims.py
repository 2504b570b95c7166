"""Claims that a tenant's rules add to tokens (``tenants.ClaimRule``)."""

from dataclasses import dataclass

from gatewright.roles import Roles
from gatewright.tenants import ClaimRule, Tenant, TokenKind
from gatewright.users import User
from gatewright.users.sources import ROLES, value_of


@dataclass(frozen=True, slots=True)
class AddedClaims:
    """What the rules say of one user to one client."""

    rules: tuple[ClaimRule, ...] = ()
    client_id: str = ""
    user: User | None = None
    roles: tuple[str, ...] = ()

    def of(self, token: TokenKind, audience: str = "") -> dict[str, object]:
        """The claims for a token of this kind; ``audience`` is the API of an access token.

        None of them has a name that the protocol uses: that is checked when a rule is made.
        """
        if self.user is None:
            return {}
        values = {
            rule.claim: list(self.roles) if rule.value == ROLES else value_of(rule.value, self.user)
            for rule in self.rules
            if rule.is_for(token, self.client_id, audience)
        }
        return {name: value for name, value in values.items() if value is not None}


_NONE = AddedClaims()


class ClaimRules:
    """Applies rules; asks the database only where a rule speaks of roles."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles

    async def about(self, tenant: Tenant, client_id: str, user: User | None) -> AddedClaims:
        """What rules say of ``user`` to the client; a client that acts for itself has none."""
        rules = tenant.settings.token_claims
        if not rules or user is None:
            return _NONE
        speaks_of_roles = any(rule.value == ROLES for rule in rules)
        roles = await self._roles.names(tenant.tenant_id, user.user_id) if speaks_of_roles else ()
        return AddedClaims(rules, client_id, user, roles)
