"""HTML forms as a person without script meets them: find the form, fill it, press the affirmative button."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = ("text", "email", "tel", "search", "url")
REFUSALS = frozenset({"deny", "cancel", "no", "reject", "abort", "decline", "refuse"})


@dataclass(frozen=True, slots=True)
class Control:
    """An input or button: `kind` is its type attribute."""

    kind: str
    name: str
    value: str
    checked: bool = False


@dataclass(slots=True)
class Form:
    """One form of a page; `method` in lower case."""

    action: str
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def asks_password(self) -> bool:
        """Whether a person must type a password here."""
        return any(control.kind == "password" for control in self.controls)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
            self._inside = True
        elif self._inside and tag in ("input", "button"):
            kind = said.get("type", "text" if tag == "input" else "submit").lower()
            control = Control(kind, said.get("name", ""), said.get("value", ""), "checked" in said)
            self.forms[-1].controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def read_forms(page: str) -> list[Form]:
    """All forms of a page in document order; controls outside a form are left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.forms


def choose_form(forms: Sequence[Form]) -> Form | None:
    """The form to go on with: the one that asks for a password, else the first with a button."""
    asking = [form for form in forms if form.asks_password]
    pressable = [form for form in forms if _button(form)]
    return next(iter(asking or pressable or forms), None)


def _button(form: Form) -> Control | None:
    buttons = [control for control in form.controls if control.kind in ("submit", "image")]
    willing = [button for button in buttons if button.value.lower() not in REFUSALS]
    return next(iter(willing or buttons), None)


def fill(form: Form, user: str, password: str) -> list[tuple[str, str]]:
    """The fields a browser would send after typing both and pressing the affirmative button."""
    fields: list[tuple[str, str]] = []
    for control in form.controls:
        if control.kind == "password":
            fields.append((control.name, password))
        elif control.kind in TYPED:
            fields.append((control.name, user))
        elif control.kind == "hidden" or (control.kind in ("checkbox", "radio") and control.checked):
            fields.append((control.name, control.value))
    button = _button(form)
    if button:
        fields.append((button.name, button.value))
    return [(name, value) for name, value in fields if name]
