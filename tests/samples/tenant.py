"""The built-in demo tenant, with the addresses that the samples have in a test and one person more."""

from pathlib import Path
from typing import Any

import yaml
from tests.samples.program import Ports

from gatewright.provisioning import demo

DEMO = Path(demo.__file__).with_name("demo.yaml")
ADA = "ada@example.com"
BOB = "bob@example.com"
CID = "cid@example.com"
"""Somebody without a role."""

PASSWORDS = {ADA: "Try-Gatewright-1", BOB: "Try-Gatewright-2", CID: "Try-Gatewright-3"}


def demo_tenant(ports: Ports) -> dict[str, Any]:
    """The tenant file for samples on these ports."""
    text = DEMO.read_text(encoding="utf-8")
    for usual, port in ((3000, ports.spa), (3020, ports.implicit), (3030, ports.angular)):
        text = text.replace(f"localhost:{usual}", f"localhost:{port}")
    tenant: dict[str, Any] = yaml.safe_load(text)
    web_app = next(client for client in tenant["clients"] if client["client_id"] == "demo_web_app")
    both = (ports.web_app, ports.second_web_app)
    for name in ("callbacks", "allowed_logout_urls"):
        web_app[name] = [url.replace("3010", str(port)) for url in web_app[name] for port in both]
    newcomer = {"email": CID, "password": PASSWORDS[CID], "name": "Cid Example", "email_verified": True}
    tenant["users"].append({"connection": tenant["tenant"]["default_directory"], **newcomer})
    return tenant
