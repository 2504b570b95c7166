"""``/prompts``: what is decided about the pages of login, and a tenant's own words on them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from gatewright.management.bodies import Body, check, entry_of, merged
from gatewright.management.drafts import Draft
from gatewright.management.errors import Inexistent
from gatewright.management.resource import Answer, Call, Operation, Shown
from gatewright.provisioning import Problem
from gatewright.provisioning.editing import Editing
from gatewright.provisioning.entry_kinds import PromptsEntry
from gatewright.provisioning.reading import Reader
from gatewright.provisioning.state import TenantState
from gatewright.tenants import CustomText, LooksStore, PromptSettings
from gatewright.web.custom_texts import PROMPTS, SCREENS, is_language, wrong_texts

PATH = "/prompts"
_OWN = f"{PATH}/{{prompt}}/custom-text/{{language}}"
_LACKS = "effect of all three: there is one login, and it asks as its connections do"
_LACKS_TEXT = f"prompts but {', '.join(PROMPTS)}, and texts that our pages do not have"

Texts = msgspec.defstruct(
    "Texts",
    [(name.replace("-", "_"), dict[str, str], msgspec.field(default_factory=dict)) for name in SCREENS],
    frozen=True,
    kw_only=True,
    rename={name.replace("-", "_"): name for name in SCREENS},
    module=__name__,
)
"""What a call may send of words: by screen, and by the wire's name of each text."""


class PromptResource:
    """See ``resource.Resource``."""

    def __init__(self, editing: Editing, looks: LooksStore) -> None:
        self._editing = editing
        self._looks = looks

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Its endpoints."""
        return (
            Operation(
                method="GET",
                path=PATH,
                scopes=("read:prompts",),
                summary="Read what is decided about the pages of login.",
                run=self._read,
                shows=PromptSettings,
                lacks=_LACKS,
            ),
            Operation(
                method="PATCH",
                path=PATH,
                scopes=("update:prompts",),
                summary="Decide about the pages of login.",
                run=self._update,
                body=Body(PromptSettings, partial=True),
                shows=PromptSettings,
                lacks=_LACKS,
            ),
            Operation(
                method="GET",
                path=_OWN,
                scopes=("read:prompts",),
                summary="Read the tenant's own words on the screens of a prompt in a language.",
                run=self._read_texts,
                lacks=_LACKS_TEXT,
            ),
            Operation(
                method="PUT",
                path=_OWN,
                scopes=("update:prompts",),
                summary="Replace the tenant's own words on the screens of a prompt in a language.",
                run=self._put_texts,
                body=Body(Texts),
                lacks=_LACKS_TEXT,
            ),
        )

    async def _read(self, call: Call) -> Answer:
        return call.one(_shown((await self._looks.get(call.tenant_id)).prompts))

    async def _update(self, call: Call) -> Answer:
        sent = await call.body()

        def edit(state: TenantState) -> TenantState:
            shown = _shown(state.prompts)
            call.check_unchanged(shown)
            entry = entry_of(PromptsEntry, merged(shown, sent))
            Draft(state.known_tenant, state, call.now).check("prompts", entry)
            settings = {name: getattr(entry.value, name) for name in PromptSettings.__struct_fields__}
            return replace(state, prompts=PromptSettings(**settings))

        state = await self._editing.change(call.tenant_id, edit, call.tell("Update prompt settings"))
        return call.one(_shown(state.prompts))

    async def _read_texts(self, call: Call) -> Answer:
        prompt, language = _place(call)
        text = (await self._looks.get(call.tenant_id)).text(prompt, language)
        return call.one(_screens(text))

    async def _put_texts(self, call: Call) -> Answer:
        sent = await call.body()
        prompt, language = _place(call)
        wanted = CustomText(language=language, prompt=prompt, screens=_checked(prompt, sent))

        def edit(state: TenantState) -> TenantState:
            held = next((each for each in state.texts if each.key == wanted.key), None)
            call.check_unchanged(_screens(held))
            others = tuple(each for each in state.texts if each.key != wanted.key)
            return replace(state, texts=(*others, wanted) if wanted.screens else others)

        await self._editing.change(call.tenant_id, edit, call.tell("Update custom text of a prompt"))
        return call.one(_screens(wanted))


def _place(call: Call) -> tuple[str, str]:
    """Prompt and language in the path. Raises ``Inexistent`` for what no page has, or is no language."""
    prompt, language = call.id("prompt"), call.id("language")
    if prompt not in PROMPTS:
        raise Inexistent("prompt")
    if not is_language(language):
        raise Inexistent("language")
    return prompt, language


def _checked(prompt: str, sent: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The texts that were sent. Raises ``InvalidFile`` for what is no text of that prompt."""
    reader = Reader()
    for name, texts in sent.items():
        is_texts = isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values())
        if not is_texts:
            reader.refuse(name, "wanted: a mapping of names to texts")
    check(reader.problems)
    check(Problem(path, message) for path, message in wrong_texts(prompt, sent))
    return {name: dict(texts) for name, texts in sent.items() if texts}


def _screens(text: CustomText | None) -> Shown:
    return dict(text.screens) if text else {}


def _shown(settings: PromptSettings) -> Shown:
    return msgspec.structs.asdict(settings)
