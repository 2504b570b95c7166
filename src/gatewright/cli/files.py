"""Files that are there whole or not at all."""

import os
from pathlib import Path


def write_file(path: Path, content: bytes, *, mode: int) -> None:
    """Replaces ``path`` by ``content`` in one step; nobody but those in ``mode`` can read it at any time."""
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
