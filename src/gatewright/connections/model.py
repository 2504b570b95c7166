"""What a connection is; field names are the wire's."""

from typing import Any, Literal

import msgspec

from gatewright.connections.passwordless import EmailOptions
from gatewright.users import PasswordPolicy
from gatewright.users.password_policy import Level


class Dictionary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Passwords nobody may take."""

    enable: bool = False
    dictionary: tuple[str, ...] = ()


class Enabled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A switch."""

    enable: bool = False


class Complexity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Demands beyond the policy's level."""

    min_length: int | None = None


class UsernameLength(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Shortest and longest username, in characters."""

    min: int = 1
    max: int = 15


class Validation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a username must look like."""

    username: UsernameLength = UsernameLength()


class DatabaseOptions(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Settings of a database connection (strategy ``auth0``).

    The second block is kept and given back for those who move here, and steers nothing.
    ``configuration`` are secrets of its scripts; a connection keeps them sealed, beside its options.
    """

    password_policy: Level = msgspec.field(default="good", name="passwordPolicy")
    password_complexity_options: Complexity = Complexity()
    password_no_personal_info: Enabled = Enabled()
    password_dictionary: Dictionary = Dictionary()
    brute_force_protection: bool = True
    disable_signup: bool = False
    disable_self_service_change_password: bool = False
    requires_username: bool = False
    validation: Validation = Validation()

    strategy_version: int | None = None
    password_history: dict[str, Any] | None = None
    password_options: dict[str, Any] | None = None
    import_mode: bool | None = None
    enabled_database_customization: bool | None = msgspec.field(
        default=None, name="enabledDatabaseCustomization"
    )
    custom_scripts: dict[str, str] | None = msgspec.field(default=None, name="customScripts")
    configuration: dict[str, str] | None = None
    enable_script_context: bool | None = None
    mfa: dict[str, Any] | None = None
    authentication_methods: dict[str, Any] | None = None
    passkey_options: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    precedence: tuple[str, ...] = ()
    realm_fallback: bool | None = None
    non_persistent_attrs: tuple[str, ...] = ()
    set_user_root_attributes: Literal["on_each_login", "on_first_login", "never_on_login"] | None = None
    upstream_params: dict[str, Any] | None = None
    icon_url: str | None = None

    def policy(self) -> PasswordPolicy:
        """The demands on new passwords."""
        words = self.password_dictionary.dictionary if self.password_dictionary.enable else ()
        return PasswordPolicy(
            level=self.password_policy,
            min_length=self.password_complexity_options.min_length,
            refuse_personal_info=self.password_no_personal_info.enable,
            dictionary=frozenset(word.casefold() for word in words),
        )


class CommonSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an administrator sets for a place users come from, whatever its kind.

    ``enabled_clients`` are client ids; nobody else may use it.
    ``realms`` are other names for it in requests that bring a password. The last two steer nothing yet.
    """

    name: str
    strategy: str
    display_name: str = ""
    enabled_clients: tuple[str, ...] = ()
    realms: tuple[str, ...] = ()
    is_domain_connection: bool = False
    show_as_button: bool = False
    metadata: dict[str, str] = {}
    authentication: dict[str, Any] | None = None
    connected_accounts: dict[str, Any] | None = None


class ConnectionSettings(CommonSettings, frozen=True, kw_only=True):
    """What is set for a database besides."""

    options: DatabaseOptions = DatabaseOptions()


class PasswordlessSettings(CommonSettings, frozen=True, kw_only=True):
    """What is set for a passwordless connection besides."""

    options: EmailOptions = EmailOptions()


class Connection(ConnectionSettings, frozen=True, kw_only=True):
    """A place users come from.

    ``options`` are those of a database, ``passwordless`` those of a passwordless connection: each kind looks
    at its own. ``sealed_configuration`` has the secrets of its scripts, by name.
    """

    connection_id: str
    passwordless: EmailOptions = EmailOptions()
    sealed_configuration: dict[str, str] = {}
    created_at: int = 0
    updated_at: int = 0

    def serves(self, client_id: str) -> bool:
        """Whether the client's users may come from here."""
        return client_id in self.enabled_clients
