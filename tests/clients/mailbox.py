"""Mail that the server captured for one address."""

from tests.support.gatewright_dev import GatewrightDev


def mailed(server: GatewrightDev, address: str) -> list[str]:
    """The kinds of the messages to ``address``, oldest first."""
    return [str(message["kind"]) for message in server.messages() if message["to"] == address]
