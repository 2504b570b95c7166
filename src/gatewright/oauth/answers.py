"""The successful answer: a code remembered with everything it stands for, tokens in front, or both."""

from dataclasses import dataclass

from gatewright.apis import Api
from gatewright.clients import Client
from gatewright.kernel import ids
from gatewright.kernel.clock import Clock
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.secrets import fingerprint
from gatewright.kernel.units import Change, Unit, Unmatched
from gatewright.login import LoginTransactions
from gatewright.login.transactions import Found
from gatewright.oauth.access import Access
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import AccessDenied, LoginRequired
from gatewright.oauth.events import Authorized
from gatewright.oauth.families import Families
from gatewright.oauth.issuing import Issuing
from gatewright.oauth.model import Code, Grant
from gatewright.oauth.policy import SignedIn
from gatewright.oauth.requests import AuthorizationRequest, answers_in_front
from gatewright.oauth.store import AuthorizationStore
from gatewright.oauth.vocabulary import CODE_LIFETIME, CODE_MEMORY
from gatewright.organizations import Organization
from gatewright.sessions import Sessions
from gatewright.tenants import Tenant
from gatewright.web.context import Context

_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Decided:
    """A request that nothing stands against: who gets which scopes of which API."""

    client: Client
    asked: AuthorizationRequest
    api: Api | None
    scopes: tuple[str, ...]
    signed_in: SignedIn
    returned: Found | None
    organization: Organization | None = None

    @property
    def organization_id(self) -> str:
        """The organization that the request is for, "" for none."""
        return self.organization.organization_id if self.organization else ""


class Answers:
    """Gives codes and, to clients that may use the implicit grant, tokens."""

    def __init__(
        self,
        *,
        store: AuthorizationStore,
        issuing: Issuing,
        families: Families,
        access: Access,
        sessions: Sessions,
        logins: LoginTransactions,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._issuing = issuing
        self._families = families
        self._access = access
        self._sessions = sessions
        self._logins = logins
        self._bus = bus
        self._clock = clock

    async def give(self, context: Context, decided: Decided) -> dict[str, str]:
        """Commits what is given, the session's use and the end of the transaction; returns the parameters.

        Raises ``LoginRequired`` when another request finished the transaction in the same moment.
        """
        tenant, types = context.tenant, decided.asked.response_types
        grant = self._grant(tenant, decided)
        changes = (*self._finished(tenant, decided), *self._seen(context, decided))
        parameters: dict[str, str] = {}
        if "code" in types:
            parameters["code"], put = self._code(tenant, decided, grant)
            changes += (put,)
        try:
            if answers_in_front(types):
                authorization = await self._authorization(context, decided, grant, changes)
                tokens = await self._issuing.in_front(
                    tenant, decided.client, authorization, types, code=parameters.get("code", "")
                )
                return {**parameters, **tokens}
            await self._bus.commit(changes, self._told(context, decided))
        except Unmatched:
            raise LoginRequired("This sign-in was finished in another window.") from None
        return parameters

    def _code(self, tenant: Tenant, decided: Decided, grant: Grant) -> tuple[str, Change]:
        now, secret = self._clock.now(), ids.opaque_token()
        code = Code(
            grant=grant,
            issued_at=now,
            redirect_uri=decided.asked.redirect_uri if decided.asked.redirect_uri_sent else "",
            code_challenge=decided.asked.get("code_challenge"),
            nonce=decided.asked.get("nonce"),
        )
        put = self._store.put_code(
            tenant.tenant_id, fingerprint(secret), code, forget_at=now + CODE_LIFETIME + CODE_MEMORY
        )
        return secret, put

    async def _authorization(
        self, context: Context, decided: Decided, grant: Grant, changes: Unit
    ) -> Authorization:
        user = decided.signed_in.user
        permissions = await self._access.permissions(
            context.tenant, user.user_id, decided.api, organization=decided.organization_id
        )
        refresh_token, family = self._refreshing(context, decided, grant)
        return Authorization(
            subject=user.user_id,
            scopes=grant.scopes,
            permissions=tuple(sorted(permissions or ())),
            api=decided.api,
            grant=grant,
            user=user,
            nonce=decided.asked.get("nonce"),
            refresh_token=refresh_token,
            organization=decided.organization,
            changes=(*changes, *family),
            event=self._told(context, decided),
        )

    def _refreshing(self, context: Context, decided: Decided, grant: Grant) -> tuple[str | None, Unit]:
        """The refresh token in front: in the legacy pipeline alone, and where no code brings one."""
        if not grant.legacy or "code" in decided.asked.response_types:
            return None, ()
        return self._families.begin(
            context.tenant.tenant_id, decided.client, grant, None, origin=context.origin
        )

    def _grant(self, tenant: Tenant, decided: Decided) -> Grant:
        session, asked = decided.signed_in.session, decided.asked
        return Grant(
            grant_id=ids.grant_id(self._clock.now()),
            client_id=decided.client.client_id,
            user_id=decided.signed_in.user.user_id,
            scopes=decided.scopes,
            audience=decided.api.identifier if decided.api else "",
            connection=session.connection,
            sid=session.sid,
            authenticated_at=session.authenticated_at,
            amr=session.amr,
            acr=_acr(tenant, asked),
            claims=asked.claims,
            tells_auth_time=_tells_auth_time(decided),
            legacy=asked.legacy,
            device=asked.get("device") if asked.legacy else "",
            organization=decided.organization_id,
        )

    def _finished(self, tenant: Tenant, decided: Decided) -> Unit:
        returned = decided.returned
        return (self._logins.finished(tenant, returned.transaction),) if returned else ()

    def _seen(self, context: Context, decided: Decided) -> Unit:
        return self._sessions.seen(
            context.tenant.tenant_id,
            decided.signed_in.session,
            decided.client.client_id,
            idle_lifetime=int(context.tenant.settings.idle_session_lifetime * _HOUR),
            origin=context.origin,
        )

    def _told(self, context: Context, decided: Decided) -> Event:
        user, session = decided.signed_in.user, decided.signed_in.session
        return Authorized(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=decided.client.client_id,
            client_name=decided.client.name,
            user_id=user.user_id,
            user_name=user.display_name,
            connection=session.connection,
            audience=decided.api.identifier if decided.api else None,
            scope=" ".join(decided.scopes),
            session_id=session.sid,
        )


def check_acr(tenant: Tenant, asked: AuthorizationRequest) -> None:
    """An essential ``acr`` that cannot be met is a failed sign-in (OIDC Core §5.5.1.1)."""
    if asked.wanted.needs_acr and not set(asked.wanted.acr) & set(tenant.settings.acr_values_supported):
        raise AccessDenied("None of the authentication contexts (acr) asked for can be met here.")


def _acr(tenant: Tenant, asked: AuthorizationRequest) -> str:
    """The first authentication context asked for that the tenant says its sign-in meets."""
    met = tenant.settings.acr_values_supported
    wanted = (*asked.wanted.acr, *asked.get("acr_values").split())
    return next((value for value in wanted if value in met), "")


def _tells_auth_time(decided: Decided) -> bool:
    """Asked for, or needed to check the age of the sign-in (OIDC Core §2)."""
    asked = decided.asked
    return asked.wanted.auth_time or asked.max_age is not None or decided.client.default_max_age is not None
