"""``/branding/themes``: the theme that every hosted page wears."""

from dataclasses import replace
from typing import Any

from msgspec import to_builtins

from gatewright.kernel import ids
from gatewright.management.bodies import Body, Sent, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Exists, Inexistent
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.state import TenantState
from gatewright.provisioning.target.looks import theme_of
from gatewright.tenants import BrandingTheme, LooksStore, ThemeSettings

PATH = "/branding/themes"
KIND = "theme"
_ID = "themeId"
_GROUPS = frozenset({"borders", "colors", "fonts", "page_background", "widget", "identifiers"})
_LACKS = (
    "effect of colors.base_hover_color, colors.captcha_widget_theme, widget.social_buttons_layout and "
    "identifiers; a tenant has one theme, as the wire's tenants do"
)


class ThemeResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, looks: LooksStore) -> None:
        self._editing = editing
        self._looks = looks

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        one = f"{PATH}/{{{_ID}}}"
        return (
            Operation(
                method="POST",
                path=PATH,
                scopes=("create:branding", "update:branding"),
                summary="Give the hosted pages a theme.",
                run=self._create,
                status=201,
                body=Body(ThemeSettings),
                shows=BrandingTheme,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=f"{PATH}/default",
                scopes=("read:branding",),
                summary="Read the theme that the hosted pages wear.",
                run=self._read_default,
                shows=BrandingTheme,
            ),
            Operation(
                method="GET",
                path=one,
                scopes=("read:branding",),
                summary="Read a theme.",
                run=self._read,
                shows=BrandingTheme,
            ),
            Operation(
                method="PATCH",
                path=one,
                scopes=("update:branding",),
                summary="Update a theme; of its groups, what is not sent stays.",
                run=self._update,
                body=Body(ThemeSettings, partial=True),
                shows=BrandingTheme,
                lacks=_LACKS,
            ),
            Operation(
                method="DELETE",
                path=one,
                scopes=("delete:branding",),
                summary="Remove a theme; the pages wear the branding alone again.",
                run=self._delete,
                status=204,
            ),
        )

    async def _create(self, call: Call) -> Answer:
        sent, theme_id = await call.body(), ids.hexadecimal()

        def edit(state: TenantState) -> TenantState:
            if state.theme is not None:
                raise Exists(KIND, "There is a theme already; update it, or delete it first.")
            return _with(call, state, sent, theme_id)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Create a branding theme"))
        return call.one(_shown(state.theme))

    async def _read_default(self, call: Call) -> Answer:
        return call.one(_shown((await self._looks.get(call.tenant_id)).theme))

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown(_named((await self._looks.get(call.tenant_id)).theme, call.id(_ID))))

    async def _update(self, call: Call) -> Answer:
        sent, theme_id = await call.body(), call.id(_ID)

        def edit(state: TenantState) -> TenantState:
            shown = _shown(_named(state.theme, theme_id))
            call.check_unchanged(shown)
            held = {name: value for name, value in shown.items() if name != _ID}
            return _with(call, state, merged(held, sent, by_key=_GROUPS), theme_id)

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update a branding theme"))
        return call.one(_shown(state.theme))

    async def _delete(self, call: Call) -> Answer:
        theme_id = call.id(_ID)

        def edit(state: TenantState) -> TenantState:
            call.check_unchanged(_shown(_named(state.theme, theme_id)))
            return replace(state, theme=None)

        await self._editing.change(call.tenant_id, edit, call.tell("Delete a branding theme"))
        return Answer()


def _with(call: Call, state: TenantState, wanted: Sent, theme_id: str) -> TenantState:
    entry = entry_of(ThemeSettings, wanted)
    Draft(state.known_tenant, state, call.now).check("themes", entry)
    return replace(state, theme=theme_of(entry.value, state.theme, theme_id=theme_id))


def _named(theme: BrandingTheme | None, theme_id: str) -> BrandingTheme:
    """The theme, if that is its id. Raises ``Inexistent``."""
    if theme is None or theme.theme_id != theme_id:
        raise Inexistent(KIND)
    return theme


def _shown(theme: BrandingTheme | None) -> Shown:
    """The theme with every value, chosen or not. Raises ``Inexistent`` when there is none."""
    if theme is None:
        raise Inexistent(KIND)
    shown: dict[str, Any] = _whole(to_builtins(theme))
    return {name: value for name, value in shown.items() if value is not None}


def _whole(value: Any) -> Any:
    """Whole numbers without a fraction, as they were written."""
    if isinstance(value, dict):
        return {name: _whole(held) for name, held in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
