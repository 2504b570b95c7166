"""The userinfo endpoint (OIDC Core §5.3): who is the person behind this access token?"""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import Invalid, TooMany
from gatewright.oauth.added_claims import ClaimRules
from gatewright.oauth.attributes import profile
from gatewright.oauth.bearer import BearerTokens
from gatewright.oauth.claims import user_claims, userinfo_names
from gatewright.oauth.errors import InsufficientScope, InvalidRequest, InvalidToken, OAuthError
from gatewright.oauth.model import Grant
from gatewright.oauth.responses import bearer_refusal, json_answer, refusal
from gatewright.protection import TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.users import User
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import from_form, from_query

_LIBRARY = "auth0-client"


class UserinfoEndpoint:
    """Answers ``GET`` and ``POST /userinfo``."""

    def __init__(
        self, *, tokens: BearerTokens, claim_rules: ClaimRules, limiter: AttemptLimiter, clock: Clock
    ) -> None:
        self._tokens = tokens
        self._claim_rules = claim_rules
        self._limiter = limiter
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """The claims that the token's scopes let the client see."""
        context = context_of(request)
        subject = network_of(context.origin.ip)
        try:
            self._limiter.refuse_if_blocked(context.tenant.tenant_id, TOKEN_PER_IP, subject)
            return json_answer(await self._claims(context, request))
        except OAuthError as error:
            return await self._refused(context, error)
        except TooMany as error:
            return refusal(error, now=self._clock.now())

    async def _claims(self, context: Context, request: Request) -> dict[str, object]:
        token = await presented_token(request)
        bearer = await self._tokens.read(context.tenant, token, audience=(context.tenant.userinfo_audience,))
        if bearer.user is None or "openid" not in bearer.grant.scopes:
            raise InsufficientScope("The access token was not granted the scope openid.")
        user, grant = bearer.user, bearer.grant
        added = await self._claim_rules.about(context.tenant, grant.client_id, user)
        return {"sub": user.user_id, **_told(user, grant), **added.of("userinfo")}

    async def _refused(self, context: Context, error: OAuthError) -> Response:
        if isinstance(error, InvalidToken) and error.detail == "unknown":
            subject = network_of(context.origin.ip)
            try:
                await self._limiter.failed(context.tenant.tenant_id, TOKEN_PER_IP, subject, context.origin)
            except TooMany as refused:
                return refusal(refused, now=self._clock.now())
        return bearer_refusal(error)


def _told(user: User, grant: Grant) -> dict[str, object]:
    """By scope; in the legacy pipeline everything, whatever was asked for (the wire §2.6)."""
    return profile(user, grant.client_id) if grant.legacy else user_claims(user, userinfo_names(grant))


async def presented_token(request: Request) -> str:
    """The access token, from the header or a form body (RFC 6750 §2.1, §2.2).

    From the URL (§2.3) only where one of the vendor's libraries put it there.
    Raises ``InvalidToken`` when there is none, ``InvalidRequest`` when it came in two ways.
    """
    header = request.headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    in_header = value.strip() if scheme.lower() == "bearer" else ""
    sent = [each for each in (in_header, await _token_in_body(request), _token_in_query(request)) if each]
    if len(sent) > 1:
        raise InvalidRequest("The access token was sent twice: send it in the header alone.")
    if not sent:
        raise InvalidToken("Unauthorized: no access token was sent.", detail="absent")
    return sent[0]


def _token_in_query(request: Request) -> str:
    """What passport-auth0 1 sends, which knows no other way, with its own name in a header.

    No link and no address bar can send that header, so a URL alone opens nothing (RFC 9700 §4.3.2).
    """
    if request.method == "POST" or _LIBRARY not in request.headers:
        return ""
    try:
        query = from_query(request)
    except Invalid as error:
        raise InvalidRequest(error.message) from None
    if "access_token" in query.repeated:
        raise InvalidRequest("Repeated parameter: access_token")
    return str(query.get("access_token", ""))


async def _token_in_body(request: Request) -> str:
    kind = request.headers.get("content-type", "")
    if request.method != "POST" or not kind.startswith("application/x-www-form-urlencoded"):
        return ""
    try:
        form = await from_form(request)
    except Invalid as error:
        raise InvalidRequest(error.message) from None
    if "access_token" in form.repeated:
        raise InvalidRequest("Repeated parameter: access_token")
    return str(form.get("access_token", ""))
