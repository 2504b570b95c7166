"""The platform → the endpoints of the protocol."""

from gatewright.app.platform import Platform
from gatewright.login.steps.email_link import EmailLink
from gatewright.login.way_back import WayBack
from gatewright.oauth.access import Access
from gatewright.oauth.added_claims import ClaimRules
from gatewright.oauth.answering import Answering
from gatewright.oauth.answers import Answers
from gatewright.oauth.authorize import AuthorizeEndpoint
from gatewright.oauth.bearer import BearerTokens
from gatewright.oauth.certificates import certificate_endpoints
from gatewright.oauth.client_auth import ClientAuthentication
from gatewright.oauth.current_session import CurrentSession
from gatewright.oauth.discovery import DiscoveryEndpoint, KeySetEndpoint
from gatewright.oauth.end_session import EndSessionEndpoints
from gatewright.oauth.families import Families
from gatewright.oauth.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    Grant,
    OneTimeCodeGrant,
    PasswordGrant,
    PasswordRealmGrant,
    RefreshTokenGrant,
)
from gatewright.oauth.grants.without_page import WithoutPage
from gatewright.oauth.hints import IdTokenHints
from gatewright.oauth.id_token_keys import IdTokenKeys
from gatewright.oauth.introspection import IntrospectionEndpoint
from gatewright.oauth.issuing import Issuing
from gatewright.oauth.legacy.delegation import DelegationEndpoint
from gatewright.oauth.legacy.id_tokens import LegacyIdTokens
from gatewright.oauth.legacy.proof import Proofs
from gatewright.oauth.legacy.refusals import Refusals
from gatewright.oauth.legacy.resource_owner import ResourceOwnerEndpoint
from gatewright.oauth.legacy.sign_in_proofs import SignInProofs, TypedCode, TypedPassword
from gatewright.oauth.legacy.social_token import SocialTokenEndpoint
from gatewright.oauth.legacy.sso_data import SsoDataEndpoint
from gatewright.oauth.legacy.tokeninfo import TokenInfoEndpoint
from gatewright.oauth.logout_hint import LogoutHints
from gatewright.oauth.organizations import OrganizationRules
from gatewright.oauth.passwordless.asked import AskedByClient
from gatewright.oauth.passwordless.start import StartEndpoint
from gatewright.oauth.passwordless.verify import VerifyEndpoint
from gatewright.oauth.passwordless.verify_redirect import VerifyRedirectEndpoint
from gatewright.oauth.popups import PopupAnswers
from gatewright.oauth.refresh_tokens import RefreshTokens
from gatewright.oauth.revocation import RevocationEndpoint
from gatewright.oauth.routes import ProtocolEndpoints
from gatewright.oauth.self_contained import SelfContainedTokens
from gatewright.oauth.session_end import SessionEnd
from gatewright.oauth.shown import ShownErrors, ShownLogoutErrors
from gatewright.oauth.token import TokenEndpoint
from gatewright.oauth.userinfo import UserinfoEndpoint
from gatewright.web.hosting import HostedPages


def build_protocol(platform: Platform, pages: HostedPages, way_back: WayBack) -> ProtocolEndpoints:
    """The endpoints of the protocol."""
    store, keys, bus, clock = platform.stores.authorizations, platform.keys, platform.bus, platform.clock
    access = Access(platform.apis, platform.roles, platform.connections, platform.organizations)
    organizations = OrganizationRules(
        organizations=platform.organizations,
        members=platform.stores.members,
        invitations=platform.stores.invitations,
        connections=platform.connections,
        roles=platform.roles,
        users=platform.stores.users,
        limiter=platform.limiter,
        bus=bus,
        clock=clock,
    )
    refresh_tokens = RefreshTokens(platform.master_key)
    bearer = BearerTokens(
        store=store,
        keys=keys,
        clients=platform.clients,
        connections=platform.connections,
        clock=clock,
    )
    authentication = ClientAuthentication(platform.clients, platform.limiter, platform.clock)
    hints = IdTokenHints(keys=keys, clients=platform.clients, clock=clock)
    current = CurrentSession(store, clock)
    id_token_keys = IdTokenKeys(keys, platform.clients, platform.master_key)
    claim_rules = ClaimRules(platform.roles)
    issuing = Issuing(
        keys=keys,
        id_token_keys=id_token_keys,
        claim_rules=claim_rules,
        apis=platform.apis,
        store=store,
        bus=bus,
        clock=clock,
    )
    families = Families(store, refresh_tokens, clock)
    refreshing = RefreshTokenGrant(store=store, tokens=refresh_tokens, access=access, bus=bus, clock=clock)
    legacy_id_tokens = LegacyIdTokens(
        keys=id_token_keys, users=platform.users, connections=platform.connections, clock=clock
    )
    refusals = Refusals(limiter=platform.limiter, bus=bus, clock=clock)
    mail_asked = AskedByClient(platform.clients, platform.connections)
    answering = Answering(
        current=current,
        consents=platform.stores.consents,
        connections=platform.connections,
        access=access,
        logins=platform.logins,
        answers=Answers(
            store=store,
            issuing=issuing,
            families=families,
            access=access,
            sessions=platform.sessions,
            logins=platform.logins,
            bus=bus,
            clock=clock,
        ),
        hints=hints,
        pages=pages,
        organizations=organizations,
        bus=bus,
        clock=clock,
    )
    shown = ShownErrors(pages, bus, clock)
    authorize = AuthorizeEndpoint(
        clients=platform.clients,
        answering=answering,
        way_back=way_back,
        shown=shown,
        popups=PopupAnswers(pages),
    )
    return ProtocolEndpoints(
        authorize=authorize,
        token=TokenEndpoint(
            authentication=authentication,
            grants=_grants(platform, access, organizations, families, refreshing),
            issuing=issuing,
            limiter=platform.limiter,
            bus=bus,
            clock=clock,
        ),
        userinfo=UserinfoEndpoint(
            tokens=bearer, claim_rules=claim_rules, limiter=platform.limiter, clock=clock
        ),
        introspection=IntrospectionEndpoint(
            authentication=authentication,
            tokens=bearer,
            refresh_tokens=refresh_tokens,
            store=store,
            apis=platform.apis,
            access=access,
            clock=clock,
        ),
        revocation=RevocationEndpoint(
            authentication=authentication,
            refresh_tokens=refresh_tokens,
            self_contained=SelfContainedTokens(keys=keys, apis=platform.apis, clock=clock),
            store=store,
            consents=platform.stores.consents,
            bus=bus,
            clock=clock,
        ),
        end_session=EndSessionEndpoints(
            clients=platform.clients,
            hints=LogoutHints(hints),
            current=current,
            ending=SessionEnd(current=current, sessions=platform.sessions, bus=bus, clock=clock),
            pages=pages,
            shown=ShownLogoutErrors(pages, bus, clock),
        ),
        discovery=DiscoveryEndpoint(),
        key_set=KeySetEndpoint(keys),
        certificates=certificate_endpoints(keys),
        resource_owner=ResourceOwnerEndpoint(
            clients=platform.clients,
            proofs=SignInProofs(
                connections=platform.connections,
                typed={
                    "auth0": TypedPassword(platform.proof, clock),
                    "email": TypedCode(platform.code_proof, clock),
                },
                id_tokens=legacy_id_tokens,
                limiter=platform.limiter,
            ),
            users=platform.users,
            consents=platform.stores.consents,
            families=families,
            issuing=issuing,
            refusals=refusals,
            clock=clock,
        ),
        social_token=SocialTokenEndpoint(
            clients=platform.clients, connections=platform.connections, refusals=refusals
        ),
        delegation=DelegationEndpoint(
            clients=platform.clients,
            proofs=Proofs(legacy_id_tokens, refreshing),
            keys=id_token_keys,
            claim_rules=claim_rules,
            limiter=platform.limiter,
            refusals=refusals,
            bus=bus,
            clock=clock,
        ),
        tokeninfo=TokenInfoEndpoint(
            clients=platform.clients, id_tokens=legacy_id_tokens, limiter=platform.limiter, clock=clock
        ),
        passwordless_start=StartEndpoint(
            asked=mail_asked,
            authentication=authentication,
            mailing=platform.code_mailing,
            bus=bus,
            clock=clock,
        ),
        passwordless_verify=VerifyEndpoint(asked=mail_asked, proof=platform.code_proof, clock=clock),
        passwordless_verify_redirect=VerifyRedirectEndpoint(
            asked=mail_asked,
            authorize=authorize,
            answering=answering,
            logins=platform.logins,
            link=EmailLink(platform.logins, pages),
            shown=shown,
        ),
        sso_data=SsoDataEndpoint(
            clients=platform.clients, connections=platform.connections, current=current, clock=clock
        ),
    )


def _grants(
    platform: Platform,
    access: Access,
    organizations: OrganizationRules,
    families: Families,
    refreshing: RefreshTokenGrant,
) -> tuple[Grant, ...]:
    store, bus, clock = platform.stores.authorizations, platform.bus, platform.clock
    without_page = WithoutPage(
        users=platform.users,
        consents=platform.stores.consents,
        families=families,
        access=access,
        organizations=organizations,
        clock=clock,
    )

    def password(kind: type[PasswordGrant]) -> PasswordGrant:
        return kind(
            connections=platform.connections,
            proof=platform.proof,
            users=platform.users,
            without_page=without_page,
        )

    return (
        AuthorizationCodeGrant(store=store, families=families, access=access, bus=bus, clock=clock),
        refreshing,
        ClientCredentialsGrant(access, platform.apis, organizations, clock),
        password(PasswordGrant),
        password(PasswordRealmGrant),
        OneTimeCodeGrant(
            connections=platform.connections, proof=platform.code_proof, without_page=without_page
        ),
    )
