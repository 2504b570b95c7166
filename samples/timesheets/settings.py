"""What the sample must be told, with values that fit the built-in demo tenant of `gatewright dev`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of the API and of the single-page application.

    issuer: address of the identity provider, with the slash at its end, exactly as in its tokens.
    audience: the identifier under which the API is registered there.
    client_id: the single-page application, as it is registered there; it has no secret.
    port, api_port: where the application and the API listen on this machine.
    database: an SQLite file, or `:memory:` to forget everything at the end.
    """

    issuer: str
    audience: str
    client_id: str
    port: int
    api_port: int
    database: str

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], *, client_id: str = "demo_spa", port: int = 3000
    ) -> "Settings":
        """Read the settings; each one has a default, and that of the API's port is the one after `port`."""
        return cls(
            issuer=environment.get("ISSUER_BASE_URL", "https://localhost:8443/").rstrip("/") + "/",
            audience=environment.get("AUDIENCE", "https://timesheets.example/api"),
            client_id=environment.get("CLIENT_ID", client_id),
            port=int(environment.get("PORT", port)),
            api_port=int(environment.get("API_PORT", port + 1)),
            database=environment.get("DATABASE", ":memory:"),
        )

    @property
    def origin(self) -> str:
        """Origin of the single-page application."""
        return f"http://localhost:{self.port}"

    @property
    def api_url(self) -> str:
        """Address of the API, without a slash at its end."""
        return f"http://localhost:{self.api_port}"
