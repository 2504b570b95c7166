"""The few pages that run a script: the text of it, and what it is told, which is data and never code."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

import orjson
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Script:
    """A script that stands on a page, ``text``, and the JSON it finds in the element called ``data``.

    The text is a file of ours and says the same for everybody, so a policy can admit it by its hash.
    """

    text: str
    data: object

    @property
    def source(self) -> str:
        """The source expression that admits this very text (CSP Level 3 §2.3.1)."""
        return sha256_source(self.text)

    @property
    def markup(self) -> Markup:
        """Both as elements of the page."""
        data = f'<script type="application/json" id="data">{json_in_html(self.data)}</script>'
        return Markup(f"{data}<script>{self.text}</script>")  # noqa: S704 - escaped above; ours


def script_file(beside: str, name: str) -> str:
    """The text of the script ``name`` in the folder ``static`` of the room that the file ``beside`` is in."""
    return (Path(beside).parent / "static" / name).read_text(encoding="utf-8")


def sha256_source(text: str) -> str:
    """The source expression that admits an inline script or style with this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def json_in_html(value: object) -> str:
    """JSON that can stand in a ``script`` element: nothing in it ends the element, nor a line of script."""
    text = orjson.dumps(value).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
