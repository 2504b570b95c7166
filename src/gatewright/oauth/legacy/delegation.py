"""``/delegation``: a token of the legacy pipeline becomes an id_token for the same or another client."""

from starlette.requests import Request
from starlette.responses import Response

from gatewright.clients import Client, Clients
from gatewright.kernel.clock import Clock
from gatewright.kernel.errors import GatewrightError
from gatewright.kernel.events import Bus, Event
from gatewright.kernel.units import Unmatched
from gatewright.oauth import attributes
from gatewright.oauth.added_claims import ClaimRules
from gatewright.oauth.errors import EndpointDisabled, InvalidGrant, InvalidRequest
from gatewright.oauth.events import Delegated, DelegationFailed
from gatewright.oauth.id_token_keys import IdTokenKeys
from gatewright.oauth.legacy.calling import calling_client
from gatewright.oauth.legacy.delegation_request import DelegationRequest, read_delegation
from gatewright.oauth.legacy.proof import Proof, Proofs
from gatewright.oauth.legacy.refusals import Refusals
from gatewright.oauth.legacy.targets import check_target
from gatewright.oauth.responses import json_answer
from gatewright.oauth.token import parse
from gatewright.oauth.token_claims import legacy_id_token_claims
from gatewright.protection import DELEGATION, TOKEN_PER_IP, AttemptLimiter
from gatewright.protection.limiter import network_of
from gatewright.web.context import Context, context_of
from gatewright.web.parameters import Parameters


class DelegationEndpoint:
    """Answers ``POST /delegation`` (the wire §2.17)."""

    def __init__(
        self,
        *,
        clients: Clients,
        proofs: Proofs,
        keys: IdTokenKeys,
        claim_rules: ClaimRules,
        limiter: AttemptLimiter,
        refusals: Refusals,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._clients = clients
        self._proofs = proofs
        self._keys = keys
        self._claim_rules = claim_rules
        self._limiter = limiter
        self._refusals = refusals
        self._bus = bus
        self._clock = clock

    async def __call__(self, request: Request) -> Response:
        """An id_token for the target that is signed as the target wants, or a refusal that is on record."""
        context = context_of(request)
        form, client = Parameters({}), None
        try:
            if not context.tenant.settings.flags.allow_legacy_delegation_grant_types:
                raise EndpointDisabled("Delegation is off: flags.allow_legacy_delegation_grant_types")
            form = await parse(request)
            client = await calling_client(self._clients, context, request, form)
            asked = read_delegation(form, client.client_id)
            return json_answer(await self._delegated(context, client, asked))
        except GatewrightError as error:
            details = {"target": str(form["target"])[:64]} if "target" in form else {}
            return await self._refusals.answer(
                context, DelegationFailed, client, form, error, details=details
            )

    async def _delegated(
        self, context: Context, client: Client, asked: DelegationRequest
    ) -> dict[str, object]:
        subject = network_of(context.origin.ip)
        self._limiter.refuse_if_blocked(context.tenant.tenant_id, TOKEN_PER_IP, subject)
        target = await self._target(context, client, asked)
        alg = target.jwt_configuration.alg
        sign = await self._keys.signer(context.tenant, target, alg, legacy=True)
        proof = await self._spent(context, client, target, asked)
        return {
            "token_type": "Bearer",
            "expires_in": target.jwt_configuration.lifetime_in_seconds,
            "id_token": sign(await self._claims(context, client, target, asked, proof)),
        }

    async def _target(self, context: Context, client: Client, asked: DelegationRequest) -> Client:
        if asked.target == client.client_id:
            return client
        target = await self._clients.get(context.tenant.tenant_id, asked.target)
        if target is None:
            raise InvalidRequest(f"There is no client {asked.target[:80]} to delegate to.")
        check_target(client, target)
        return target

    async def _spent(
        self, context: Context, client: Client, target: Client, asked: DelegationRequest
    ) -> Proof:
        """Proves the user, counts the delegation and puts it on record."""
        proof = await self._proofs.read(context, client, asked)
        subject = f"{proof.user.user_id} {network_of(context.origin.ip)}"
        await self._limiter.admit(context.tenant.tenant_id, DELEGATION, subject, context.origin)
        try:
            await self._bus.commit(proof.changes, self._told(context, client, target, asked, proof))
        except Unmatched:
            raise InvalidGrant("The refresh token was revoked in this very moment.") from None
        return proof

    async def _claims(
        self, context: Context, client: Client, target: Client, asked: DelegationRequest, proof: Proof
    ) -> dict[str, object]:
        user, scopes = proof.user, asked.scopes
        told: dict[str, object] = {}
        if asked.passthrough:
            scopes += proof.scopes
            told = attributes.of_names(user, target.client_id, proof.names)
        told |= attributes.of_scopes(user, target.client_id, scopes)
        claims = legacy_id_token_claims(context.tenant, target, user, told, self._clock.now())
        claims |= (await self._claim_rules.about(context.tenant, target.client_id, user)).of("id_token")
        return claims if target is client else {**claims, "azp": client.client_id}

    def _told(
        self, context: Context, client: Client, target: Client, asked: DelegationRequest, proof: Proof
    ) -> Event:
        return Delegated(
            tenant_id=context.tenant.tenant_id,
            at=self._clock.now(),
            origin=context.origin,
            client_id=client.client_id,
            client_name=client.name,
            user_id=proof.user.user_id,
            user_name=proof.user.display_name,
            scope=" ".join((*asked.scopes, *(("passthrough",) if asked.passthrough else ()))),
            details={"target": target.client_id, "by": "id_token" if asked.id_token else "refresh_token"},
        )
