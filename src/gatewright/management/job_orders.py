"""``/jobs``: work that is ordered: users brought or written down by the thousand, a link mailed again."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from gatewright.connections import Connection, Connections
from gatewright.jobs import ExportField, Job, Jobs
from gatewright.kernel.events import Event
from gatewright.login.mailing import Addressee, Mailing
from gatewright.management.bodies import Body, entry_of, present
from gatewright.management.errors import InvalidBody
from gatewright.management.import_form import LARGEST_IMPORT, ImportForm, UsersImport
from gatewright.management.job_shape import ShownJob, job_shown
from gatewright.management.people import author_of
from gatewright.management.resource import Answer, Call, Operation
from gatewright.management.ticket_wishes import TicketIdentity, TicketWishes
from gatewright.transfer import ImportOrder, Transfers
from gatewright.transfer.service import check_database
from gatewright.users import VerificationRequested


class UsersExport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Users to be written down: of one connection or of all, at most so many, and which fields of them."""

    connection_id: str = ""
    format: Literal["json", "csv"] = "json"
    limit: int | None = None
    fields: tuple[ExportField, ...] = ()


class VerificationEmail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A link that confirms the user's address, to be mailed."""

    user_id: str
    client_id: str = ""
    identity: TicketIdentity | None = None


class JobOrderResource:
    """See ``resource.Resource``."""

    def __init__(
        self,
        jobs: Jobs,
        transfers: Transfers,
        connections: Connections,
        wishes: TicketWishes,
        mailing: Mailing,
    ) -> None:
        self._jobs = jobs
        self._transfers = transfers
        self._connections = connections
        self._wishes = wishes
        self._mailing = mailing

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="POST",
                path="/jobs/users-imports",
                scopes=("create:users",),
                summary=f"Import a file of users into a database; one form has up to {LARGEST_IMPORT} bytes.",
                run=self._import,
                status=202,
                form=UsersImport,
                shows=ShownJob,
                lacks="the mail on completion; `send_completion_email` is kept and shown",
            ),
            Operation(
                method="POST",
                path="/jobs/users-exports",
                scopes=("read:users",),
                summary="Write users down; the job tells where they are when it is done.",
                run=self._export,
                body=Body(UsersExport),
                shows=ShownJob,
            ),
            Operation(
                method="POST",
                path="/jobs/verification-email",
                scopes=("update:users",),
                summary="Mail a user a link that confirms their address.",
                run=self._verification,
                status=201,
                body=Body(VerificationEmail),
                shows=ShownJob,
                lacks="organizations",
            ),
        )

    async def _import(self, call: Call) -> Answer:
        """The file comes before its fields from some libraries: the job is made when all was read."""

        async def early(wish: UsersImport) -> None:
            check_database(await self._connection(call, wish.connection_id))

        form = ImportForm(call.form(LARGEST_IMPORT), early)

        async def decide() -> tuple[ImportOrder, Sequence[Event]]:
            order = await self._order(call, form.wish)
            details = {"connection": order.connection.name, "external_id": order.external_id}
            return order, [call.event("Create a job to import users", details)]

        job = await self._transfers.take_import(call.tenant_id, form.file(), decide)
        return Answer(job_shown(job, call.now))

    async def _order(self, call: Call, wish: UsersImport) -> ImportOrder:
        return ImportOrder(
            connection=await self._connection(call, wish.connection_id),
            upsert=wish.upsert,
            external_id=wish.external_id,
            send_completion_email=wish.send_completion_email,
            client_id=call.caller.client_id,
        )

    async def _export(self, call: Call) -> Answer:
        wish = entry_of(UsersExport, present(await call.body())).value
        connection = await self._connection(call, wish.connection_id) if wish.connection_id else None
        details = {
            "connection": connection.name if connection else "",
            "fields": [field.name for field in wish.fields],
        }
        job = await self._transfers.order_export(
            call.tenant_id,
            call.event("Create a job to export users", details),
            connection=connection,
            form=wish.format,
            fields=wish.fields,
            limit=wish.limit,
            client_id=call.caller.client_id,
        )
        return Answer(job_shown(job, call.now))

    async def _connection(self, call: Call, connection_id: str) -> Connection:
        connection = await self._connections.by_id(call.tenant_id, connection_id)
        if connection is None:
            raise InvalidBody("connection_id: the connection does not exist")
        return connection

    async def _verification(self, call: Call) -> Answer:
        """The mail is due with the job, which is over when it is written down."""
        wish = entry_of(VerificationEmail, present(await call.body())).value
        user = await self._wishes.user(call, wish.user_id)
        await self._wishes.check_first(call, user, wish.identity)
        client = await self._wishes.client(call, wish.client_id)
        if not user.email or user.email_verified or user.blocked:
            raise InvalidBody("user_id: wanted: a user who is not blocked, with an address to be verified")
        locales = call.tenant.settings.enabled_locales
        to = Addressee(
            user=user,
            connection=user.connection,
            locale=locales[0] if locales else "en",
            client_id=client.client_id if client else "",
            client_name=client.name if client else "",
            home_url=client.initiate_login_uri if client else "",
        )
        by = author_of(call)
        event = VerificationRequested(
            tenant_id=call.tenant_id,
            at=call.now,
            origin=by.origin,
            client_id=by.client_id,
            user_id=user.user_id,
            user_name=user.display_name,
            connection=user.connection,
            details={"mailed": True, "by": {"client_id": by.client_id, "user_id": by.user_id}},
        )
        job = Job(
            job_id="",
            type="verification_email",
            status="completed",
            finished_at=call.now,
            client_id=by.client_id,
        )
        mail = await self._mailing.link(call.tenant, "verify_email", to)
        job = await self._jobs.note(call.tenant_id, job, event, also=mail)
        self._mailing.sent()
        return Answer(job_shown(job, call.now))
