"""The tenant a development server starts with."""

from pathlib import Path

from gatewright.provisioning.document import Document, read_document

_FILE = Path(__file__).with_name("demo.yaml")


def demo_document() -> Document:
    """The built-in demo tenant."""
    return read_document(_FILE.read_bytes())
