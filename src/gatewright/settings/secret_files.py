"""Secrets from files: ``GATEWRIGHT_X_FILE`` names the file that holds ``GATEWRIGHT_X``.

Container platforms mount secrets as files; a variable would show them to every child process.
"""

import os
from pathlib import Path

from gatewright.settings.errors import WrongSetting


def secret_from_file(name: str) -> str | None:
    """The text of the file named for the secret ``name``; ``None`` when no file is named.

    Raises ``WrongSetting`` when the file cannot be read, or the secret is set as well.
    """
    path = os.environ.get(f"{name}_FILE")
    return _read(name, Path(path)) if path else None


def _read(name: str, path: Path) -> str:
    if os.environ.get(name):
        raise WrongSetting(
            f"both {name} and {name}_FILE are set; wanted: one of the two", path=f"{name}_FILE"
        )
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise WrongSetting(
            f"read {str(path)!a} ({reason}); wanted: a readable file that holds {name}", path=f"{name}_FILE"
        ) from error
    if not text:
        raise WrongSetting(
            f"read {str(path)!a} (empty); wanted: a file that holds {name}", path=f"{name}_FILE"
        )
    return text
