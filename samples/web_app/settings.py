"""What the application must be told, with values that fit the built-in demo tenant of `gatewright dev`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Settings of the application.

    issuer: address of the identity provider, with the slash at its end, exactly as in its tokens.
    client_id, client_secret: this application, as it is registered there.
    base_url: where browsers find this application, without a slash at its end.
    port: where it listens on this machine.
    """

    issuer: str
    client_id: str
    client_secret: str
    base_url: str
    port: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings; each one has a default."""
        port = int(environment.get("PORT", "3010"))
        return cls(
            issuer=environment.get("ISSUER_BASE_URL", "https://localhost:8443/").rstrip("/") + "/",
            client_id=environment.get("CLIENT_ID", "demo_web_app"),
            client_secret=environment.get("CLIENT_SECRET", "demo-web-app-secret-for-development-only"),
            base_url=environment.get("BASE_URL", f"http://localhost:{port}").rstrip("/"),
            port=port,
        )

    def url(self, path: str) -> str:
        """Return the full address of a page of this application."""
        return self.base_url + path

    @property
    def is_https(self) -> bool:
        """Whether browsers reach this application by https."""
        return self.base_url.startswith("https://")
