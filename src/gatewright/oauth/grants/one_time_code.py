"""A mailed code becomes tokens at once, without a page (the wire §2.3, ``passwordless/otp``)."""

from gatewright.clients import Client
from gatewright.connections import Connection, Connections
from gatewright.kernel.events import Event
from gatewright.login.one_time_code_proof import CodeAttempt, OneTimeCodeProof
from gatewright.login.password_proof import NotProved
from gatewright.oauth.authorization import Authorization
from gatewright.oauth.errors import InvalidRequest
from gatewright.oauth.events import OneTimeCodeExchanged, OneTimeCodeExchangeFailed
from gatewright.oauth.grants.grant import required
from gatewright.oauth.grants.without_page import Proved, WithoutPage, refusal
from gatewright.oauth.vocabulary import PASSWORDLESS_OTP
from gatewright.tenants import Tenant
from gatewright.web.context import Context
from gatewright.web.parameters import Parameters


class OneTimeCodeGrant:
    """See ``grant.Grant``."""

    grant_type = PASSWORDLESS_OTP
    failed: type[Event] = OneTimeCodeExchangeFailed

    def __init__(
        self, *, connections: Connections, proof: OneTimeCodeProof, without_page: WithoutPage
    ) -> None:
        self._connections = connections
        self._proof = proof
        self._without_page = without_page

    async def authorize(self, context: Context, client: Client, request: Parameters) -> Authorization:
        """Tokens for whoever the code proves, who may be new; the code is spent in the same unit."""
        username, code = required(request, "username"), required(request, "otp")
        connection = await self._connection(context.tenant, client, request)
        asked = await self._without_page.asked(context.tenant, client, request, connection)
        attempt = CodeAttempt(
            client_id=client.client_id,
            client_name=client.name,
            connection=connection,
            address=username,
            code=code,
        )
        try:
            proved = await self._proof.prove(context, attempt)
        except NotProved as error:
            raise refusal(error) from None
        came_in = Proved(user=proved.user, amr=("otp",), event=OneTimeCodeExchanged, changes=(proved.spent,))
        return await self._without_page.accepted(context, client, asked, came_in)

    async def lost_race(
        self, context: Context, client: Client, request: Parameters, lost: Authorization
    ) -> Authorization:
        """The code was spent by somebody else, or the user changed: asked anew, it tells which."""
        return await self.authorize(context, client, request)

    async def _connection(self, tenant: Tenant, client: Client, request: Parameters) -> Connection:
        realm = request.get("realm")
        found = await self._connections.passwordless_of_client(
            tenant.tenant_id, client.client_id, wanted=realm
        )
        if found is None:
            which = f"connection {realm[:128]}" if realm else "passwordless connection"
            raise InvalidRequest(
                f"The {which} was not found, is not passwordless, or is not enabled for this client "
                "(enabled_clients of the connection)."
            )
        return found
