"""What a script must be told, with values that fit the built-in demo tenant of `gatewright dev`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Settings of a service account.

    issuer: address of the identity provider, with the slash at its end, exactly as in its tokens.
    client_id, client_secret: the script, as it is registered there.
    audience: the identifier under which the API is registered there.
    api: where the API listens, without a slash at its end.
    cache: the folder for tokens between two runs.
    """

    issuer: str
    client_id: str
    client_secret: str
    audience: str
    api: str
    cache: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; each one has a default."""
        return cls(
            issuer=issuer_from(environment),
            client_id=environment.get("CLIENT_ID", "demo_job"),
            client_secret=environment.get("CLIENT_SECRET", "demo-job-secret-for-development-only-0001"),
            audience=environment.get("AUDIENCE", "https://timesheets.example/api"),
            api=environment.get("API_URL", "http://localhost:3001").rstrip("/"),
            cache=cache_from(environment),
        )


def issuer_from(environment: Mapping[str, str]) -> str:
    """Read the address of the identity provider, with one slash at its end."""
    return environment.get("ISSUER_BASE_URL", "https://localhost:8443/").rstrip("/") + "/"


def cache_from(environment: Mapping[str, str]) -> Path:
    """Read the folder for tokens."""
    usual = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gatewright-samples"
    return Path(environment.get("TOKEN_CACHE") or usual)
