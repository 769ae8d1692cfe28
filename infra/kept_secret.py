"""A secret of the house: the setting, or a file of the data folder that the first start makes."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def kept_secret(name: str, given: str | None, folder: Path) -> bytes:
    """The secret called ``name``, as it is ``given`` or kept in the data ``folder``.

    Processes on several machines have to be given it: each folder makes a secret of its own.
    """
    if given is not None:
        return given.encode()
    file = folder / f"{name}.secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret counts
            os.link(fresh, file)
        fresh.unlink()
    return file.read_bytes()
