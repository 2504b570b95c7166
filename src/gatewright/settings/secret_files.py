"""Secrets from files: ``GATEWRIGHT_X_FILE`` names the file that holds ``GATEWRIGHT_X``.

Container platforms mount secrets as files; a variable would show them to every child process.
"""

import os
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from gatewright.settings.errors import WrongSetting


class SecretFiles(PydanticBaseSettingsSource):
    """Reads each secret field whose ``…_FILE`` variable is set; raises ``WrongSetting`` when it cannot."""

    def __call__(self) -> dict[str, Any]:
        """The secrets found, by the name of their variable."""
        found: dict[str, Any] = {}
        for field in self.settings_cls.model_fields.values():
            if text := self.get_field_value(field, "")[0]:
                found[str(field.validation_alias)] = text
        return found

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The text of the file named for ``field``, or ``None``."""
        name = str(field.validation_alias)
        extra = field.json_schema_extra
        is_secret = isinstance(extra, dict) and bool(extra.get("secret"))
        path = os.environ.get(f"{name}_FILE") if is_secret else None
        return (_read(name, Path(path)) if path else None), name, False


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
