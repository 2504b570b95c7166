"""What a setting is: a field of a frozen subject, with its variable, its description and what is wanted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gatewright.settings.secret_files import SecretFiles


class Subject(BaseSettings):
    """Settings that belong together. Frozen; reads what it is not given from the environment."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        case_sensitive=True,
        env_ignore_empty=True,
        populate_by_name=True,
        enable_decoding=False,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """First what the code gives, then the environment, then the file a ``…_FILE`` variable names."""
        return init_settings, env_settings, SecretFiles(settings_cls)


@dataclass(frozen=True, slots=True)
class Description:
    """One setting, described: its variable, its attribute, and the words for people."""

    name: str
    attribute: str
    description: str
    wanted: str
    required: bool
    secret: bool
    default: object


def setting(
    name: str,
    description: str,
    *,
    wanted: str,
    default: Any = PydanticUndefined,
    default_factory: Callable[[], Any] | None = None,
    secret: bool = False,
) -> Any:
    """A field read from the variable ``name``; required when it has no default.

    ``wanted`` finishes the sentence said when it is wrong. A ``secret`` may also come from the file named
    by ``{name}_FILE``, and its value is never shown.
    """
    words: JsonDict = {"wanted": wanted, "secret": secret}
    if default_factory is not None:
        return Field(
            default_factory=default_factory,
            validation_alias=name,
            description=description,
            json_schema_extra=words,
        )
    return Field(
        default, validation_alias=name, description=description, json_schema_extra=words, repr=not secret
    )


def describe(subject: type[Subject]) -> Iterator[Description]:
    """The settings of a subject, in the order they are written."""
    for attribute, field in subject.model_fields.items():
        yield _description(attribute, field)


def _description(attribute: str, field: FieldInfo) -> Description:
    extra = field.json_schema_extra
    words = extra if isinstance(extra, dict) else {}
    required = field.is_required()
    return Description(
        name=str(field.validation_alias),
        attribute=attribute,
        description=field.description or "",
        wanted=str(words.get("wanted", "")),
        required=required,
        secret=bool(words.get("secret")),
        default=None if required else field.get_default(call_default_factory=True, validated_data={}),
    )
