"""Reads a catalog of translations. Loaded with the first page in another language than English.

What reads ``.po`` files takes longer to import than a page takes to make, and English needs none of it.
"""

import io
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def read_catalog(file: Path, language: str) -> GNUTranslations:
    """The texts in ``file``, a ``.po`` of ``language`` (BCP 47). Raises ``PoFileError`` when it is none."""
    with file.open("rb") as source:
        catalog = read_po(source, locale=language.replace("-", "_"), abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
