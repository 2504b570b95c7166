"""Writes the reference pages that are made from the code; with --check, says which of them are out of date.

A page is one line in PAGES: its file, and the function that returns its text.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from writers.commands import commands_page
from writers.compatibility import compatibility_page
from writers.endpoints import endpoints_page
from writers.errors import errors_page
from writers.events import events_page
from writers.management import management_page
from writers.settings import settings_page
from writers.tenant_file import tenant_file_page

DOCS = Path(__file__).resolve().parent

PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands_page,
    "reference/compatibility.md": compatibility_page,
    "reference/endpoints.md": endpoints_page,
    "reference/errors.md": errors_page,
    "reference/events.md": events_page,
    "reference/management-api.md": management_page,
    "reference/settings.md": settings_page,
    "reference/tenant-file.md": tenant_file_page,
}


def outdated() -> dict[Path, str]:
    """Return the pages whose file differs from what the code says now, with the text they should have."""
    texts = {DOCS / name: page() for name, page in PAGES.items()}
    return {file: text for file, text in texts.items() if not file.exists() or file.read_text() != text}


def main() -> int:
    """Write what is out of date, or with --check only name it (exit code 1)."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name the pages that are out of date"
    )
    check = parser.parse_args().check
    changes = outdated()
    for file, text in changes.items():
        print(f"docs/{file.relative_to(DOCS)}: {'out of date, run `make docs`' if check else 'written'}")
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
    return 1 if check and changes else 0


if __name__ == "__main__":
    sys.exit(main())
