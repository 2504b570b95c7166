"""Text for standard output or a file, as it comes."""

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

from gatewright.settings import WrongSetting


async def write_pieces(pieces: AsyncIterator[str], file: Path | None) -> None:
    """Writes to ``file``, or to standard output for ``None``.

    The file is replaced when everything is written, and is for its owner's eyes only.
    Raises ``WrongSetting`` when it cannot be written.
    """
    if file is None:
        await _write(pieces, sys.stdout)
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with private_file(draft) as text:
            await _write(pieces, text)
        draft.replace(file)
    except OSError as error:
        wanted = "a file that can be written"
        raise WrongSetting(f'read "{file}" ({error.strerror}); wanted: {wanted}', path="FILE") from None
    finally:
        draft.unlink(missing_ok=True)


def private_file(path: Path) -> TextIO:
    """A new file that nobody but its owner can read. Raises ``OSError``."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")


async def _write(pieces: AsyncIterator[str], text: TextIO) -> None:
    async for piece in pieces:
        text.write(piece)
