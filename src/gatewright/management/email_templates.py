"""``/email-templates``: a tenant's own words for kinds of mail."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent, InvalidBody
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.messages import EmailTemplate, MailSettingsStore
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entries import email_template_entry
from gatewright.provisioning.state import TenantState

PATH = "/email-templates"
KIND = "email_template"
_NAME = "templateName"
_LACKS = (
    "effect of templates for mail that is not sent: those of verify_email, reset_email, "
    "auth_email_by_code and user_invitation work, the others are kept; loops in Liquid"
)


class EmailTemplateResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, store: MailSettingsStore) -> None:
        self._editing = editing
        self._store = store

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = f"{PATH}/{{{_NAME}}}"
        body, partial = Body(EmailTemplate), Body(EmailTemplate, partial=True)
        return (
            Operation(
                method="POST",
                path=PATH,
                scopes=("create:email_templates",),
                summary="Give a kind of mail words of the tenant's own.",
                run=self._create,
                status=201,
                body=body,
                shows=EmailTemplate,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:email_templates",),
                summary="Read the template of a kind of mail.",
                run=self._read,
                shows=EmailTemplate,
            ),
            Operation(
                method="PUT",
                path=one,
                scopes=("update:email_templates",),
                summary="Replace the template of a kind of mail.",
                run=self._replace,
                body=body,
                shows=EmailTemplate,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:email_templates",),
                summary="Update the template of a kind of mail.",
                run=self._update,
                body=partial,
                shows=EmailTemplate,
                lacks=_LACKS,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        templates = (await self._store.get(call.tenant_id)).templates
        return call.one(_shown(_named(templates, call.id(_NAME))))

    async def _create(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            made = _checked(call, state, sent)
            if any(each.template == made.template for each in state.email_templates):
                raise Exists(KIND, f"There is a template for {made.template} already; update it instead.")
            return _with(state, made)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create an email template"))
        return call.one(_shown(_named(state.email_templates, sent["template"])))

    async def _replace(self, call: Call) -> Answer:
        sent = await call.body()
        return await self._changed(call, sent, lambda held: {"template": held.template, **sent})

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()
        return await self._changed(call, sent, lambda held: merged(email_template_entry(held), sent))

    async def _changed(self, call: Call, sent: Sent, wanted: Callable[[EmailTemplate], Sent]) -> Answer:
        name = call.id(_NAME)

        def edit(state: TenantState) -> TenantState:
            held = _named(state.email_templates, name)
            call.check_unchanged(_shown(held))
            if sent.get("template", name) != name:
                raise InvalidBody(f"template: read another name than {name}, which is in the path.")
            return _with(state, _checked(call, state, wanted(held)))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update an email template"))
        return call.one(_shown(_named(state.email_templates, name)))


def _checked(call: Call, state: TenantState, wanted: Sent) -> EmailTemplate:
    entry = entry_of(EmailTemplate, wanted)
    Draft(state.known_tenant, state, call.now).check("email_templates", entry)
    return entry.value


def _with(state: TenantState, made: EmailTemplate) -> TenantState:
    others = (each for each in state.email_templates if each.template != made.template)
    return replace(state, email_templates=(*others, made))


def _named(templates: Iterable[EmailTemplate], name: str) -> EmailTemplate:
    """The template of that name. Raises ``Inexistent``."""
    for each in templates:
        if each.template == name:
            return each
    raise Inexistent(KIND)


def _shown(template: EmailTemplate) -> Shown:
    return {
        **email_template_entry(template),
        "includeEmailInRedirect": template.include_email_in_redirect,
    }
