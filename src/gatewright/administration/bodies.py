"""What may be asked for when a user is made or changed; field names are the wire's."""

from typing import Any

import msgspec


class NewUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user to be made in a connection.

    ``user_id`` is the part after the provider, made up when it is not given. Without ``verify_email`` a link
    is mailed unless the address is said to be verified.
    """

    connection: str
    email: str = ""
    phone_number: str = ""
    username: str = ""
    password: str = ""
    user_id: str = ""
    email_verified: bool = False
    phone_verified: bool = False
    verify_email: bool | None = None
    blocked: bool = False
    given_name: str = ""
    family_name: str = ""
    name: str = ""
    nickname: str = ""
    picture: str = ""
    user_metadata: dict[str, Any] = {}
    app_metadata: dict[str, Any] = {}


class UserPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a user; ``null`` takes a value away where there can be none.

    ``connection`` names the identity that a new address, username or password is for. ``client_id`` is the
    application that a mail speaks of. ``verify_phone_number`` is accepted and steers nothing yet.
    """

    blocked: bool | None = None
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    username: str | None = None
    password: str | None = None
    verify_email: bool | None = None
    verify_phone_number: bool | None = None
    given_name: str | None = None
    family_name: str | None = None
    name: str | None = None
    nickname: str | None = None
    picture: str | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None
    client_id: str | None = None
    connection: str | None = None
