"""What a user is. Field names are the wire's; times are seconds UTC."""

from typing import Any

import msgspec

PROFILE_CLAIMS = (
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
)


class Identity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way in which a connection knows the user; ``user_id`` is the id there, without the provider.

    ``profileData`` is what was known of the person when this was a user of its own, before it was linked.
    """

    connection: str
    provider: str
    user_id: str
    isSocial: bool = False  # noqa: N815  the wire's name
    profileData: dict[str, Any] = {}  # noqa: N815  the wire's name

    @property
    def identity_id(self) -> str:
        """The user id of this identity by itself; its password is kept under it."""
        return f"{self.provider}|{self.user_id}"


class User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person in a tenant. ``version`` grows with every change; ``blocked`` shuts every door."""

    user_id: str
    version: int = 1
    email: str = ""
    email_verified: bool = False
    username: str = ""
    phone_number: str = ""
    phone_verified: bool = False
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    nickname: str = ""
    preferred_username: str = ""
    profile: str = ""
    picture: str = ""
    website: str = ""
    gender: str = ""
    birthdate: str = ""
    zoneinfo: str = ""
    locale: str = ""
    address: dict[str, str] = {}
    blocked: bool = False
    user_metadata: dict[str, Any] = {}
    app_metadata: dict[str, Any] = {}
    identities: tuple[Identity, ...] = ()
    created_at: int = 0
    updated_at: int = 0
    last_login: int | None = None
    last_ip: str = ""
    logins_count: int = 0
    last_password_reset: int | None = None

    @property
    def display_name(self) -> str:
        """What a page calls the person: the name, the e-mail address, or the id."""
        return self.name or self.email or self.username or self.user_id

    @property
    def connection(self) -> str:
        """The connection of the primary identity."""
        return self.identities[0].connection if self.identities else ""

    def password_id(self, connection: str) -> str:
        """The id of the identity that a new password in ``connection`` opens: the first one there."""
        here = (each.identity_id for each in self.identities if each.connection == connection)
        return next(here, self.user_id)
