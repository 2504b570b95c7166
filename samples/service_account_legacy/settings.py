"""What the script must be told, with values that fit the built-in demo tenant of `gatewright dev`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from service_account.settings import cache_from, issuer_from


@dataclass(frozen=True)
class Settings:
    """Settings of a service account that is a user.

    issuer: address of the identity provider, with the slash at its end, exactly as in its tokens.
    client_id: the client that the API is, too; its secret, which signs the tokens, the script need not know.
    connection: the database that knows the user.
    username, password: the user.
    api: where the API listens, without a slash at its end.
    cache: the folder for tokens between two runs.
    """

    issuer: str
    client_id: str
    connection: str
    username: str
    password: str = field(repr=False)
    api: str
    cache: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; each one has a default.

        The user is not called USERNAME there: some systems set that to whoever is logged in.
        """
        return cls(
            issuer=issuer_from(environment),
            client_id=environment.get("CLIENT_ID", "demo_angular"),
            connection=environment.get("CONNECTION", "Username-Password-Authentication"),
            username=environment.get("JOB_USERNAME", "job@example.com"),
            password=environment.get("JOB_PASSWORD", "Try-Gatewright-3"),
            api=environment.get("API_URL", "http://localhost:3031").rstrip("/"),
            cache=cache_from(environment),
        )
