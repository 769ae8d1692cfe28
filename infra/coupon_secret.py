"""The secret that coupon codes are made with: the setting, or a file of the data folder that the first start makes."""

from __future__ import annotations

import contextlib
import os
import secrets

from infra.settings import Settings


def coupon_secret(settings: Settings) -> bytes:
    """The house's secret. Workers on several machines need the setting: each folder makes a secret of its own."""
    if settings.coupon_secret is not None:
        return settings.coupon_secret.get_secret_value().encode()
    file = settings.data / "coupon.secret"
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # another process was quicker: its secret counts
            os.link(fresh, file)
        fresh.unlink()
    return file.read_bytes()
