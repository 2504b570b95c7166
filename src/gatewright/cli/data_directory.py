"""The directory a development server keeps everything in, and the lock that keeps a second one out."""

import base64
import fcntl
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import orjson

from gatewright.cli.files import write_file
from gatewright.settings import (
    Audit,
    Database,
    Issuer,
    Listen,
    Logging,
    Mail,
    Outbound,
    Secrets,
    Settings,
    WrongSetting,
    read_subject,
)


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A locked directory; the lock is held until this process and its workers end."""

    path: Path
    lock: int

    @property
    def database_url(self) -> str:
        """The database in it."""
        return f"sqlite:///{self.path / 'gatewright.db'}"

    def master_key(self) -> str:
        """The master key kept in it (32 bytes in base64url), made when there is none."""
        file = self.path / "master.key"
        if not file.exists():
            made = base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=")
            write_file(file, made + b"\n", mode=0o600)
        return file.read_text(encoding="ascii", errors="replace").strip()

    def write_management(self, *, domain: str, client_id: str, client_secret: str, audience: str) -> Path:
        """Writes ``management.json``, for scripts that manage this server; for the owner's eyes only."""
        access = {
            "domain": domain,
            "client_id": client_id,
            "client_secret": client_secret,
            "audience": audience,
        }
        file = self.path / "management.json"
        write_file(file, orjson.dumps(access, option=orjson.OPT_INDENT_2) + b"\n", mode=0o600)
        return file


def settings_of_development(path: Path) -> Settings:
    """The settings by which a command speaks to the database of the development server that keeps ``path``.

    Raises ``WrongSetting`` when no server was ever started there.
    """
    directory = DataDirectory(path.expanduser().absolute(), lock=-1)
    try:
        management = orjson.loads((directory.path / "management.json").read_bytes())
        issuer = str(management["audience"]).removesuffix("api/v2/")
    except (OSError, ValueError, KeyError):
        raise WrongSetting(
            f"read {str(path)!a}, where no gatewright dev was started; wanted: its --data directory,"
            " or GATEWRIGHT_DATABASE and the other settings of a server",
            path="--data",
        ) from None
    return Settings(
        issuer=read_subject(Issuer, url=issuer),
        database=read_subject(Database, url=directory.database_url),
        secrets=read_subject(Secrets, master_key=directory.master_key()),
        listen=read_subject(Listen),
        mail=read_subject(Mail),
        outbound=read_subject(Outbound),
        logging=read_subject(Logging),
        audit=read_subject(Audit),
        dev=True,
    )


def open_data_directory(path: Path) -> DataDirectory:
    """Makes ``path`` when it is not there (0700) and locks it.

    Raises ``WrongSetting`` when it cannot be written, or another server holds it.
    """
    absolute = path.expanduser().absolute()
    try:
        absolute.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(absolute / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise WrongSetting(
            f"read {str(path)!a} ({error.strerror}); wanted: a directory that can be written", path="--data"
        ) from error
    _lock(lock, path)
    return DataDirectory(absolute, lock)


def _lock(lock: int, path: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(lock, 32).decode("ascii", errors="replace").strip() or "unknown"
        os.close(lock)
        raise WrongSetting(
            f"read {str(path)!a}, where another gatewright (process {holder}) runs; wanted: that one stopped,"
            " or another directory",
            path="--data",
        ) from error
    os.truncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
