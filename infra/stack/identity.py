"""As whom PostgreSQL runs: it refuses to be root, so root lends it another identity.

First choice is a user namespace, in which root is called 1000: nothing outside the data folder changes and a root home
of mode 0700 is no obstacle. Where namespaces are refused (many containers), a plain account of the machine does it, if
it can reach the program and the data folder.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.stack.programs import on_leash
from infra.trouble import Trouble

NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """How to start a program as somebody: words before the command, `uid:gid` or `-`, and who owns its files."""

    prefix: tuple[str, ...] = ()
    user: str = "-"
    owner: tuple[int, int] | None = None

    def own(self, path: Path) -> None:
        """Give a file, or a folder and all that is in it, to this identity, where it is another's.

        Raises:
            Trouble: it belongs to another user and we are not root.
        """
        if self.owner is None:
            if path.stat().st_uid != os.geteuid():
                todo = "Start as that user, or name another data folder in ORDERS_DATA."
                raise Trouble(f"{path} belongs to another user (id {path.stat().st_uid}).", todo)
            return
        if self.user != "-":
            path.parent.chmod(0o711)  # the account must be able to walk through the data folder
        if (path.stat().st_uid, path.stat().st_gid) != self.owner:
            for part in [path, *path.rglob("*")]:
                os.chown(part, *self.owner, follow_symlinks=False)


def find_identity(program: Path, folder: Path) -> Identity:
    """Who can run a program on a folder: ourselves, or, as root, somebody else.

    Raises:
        Trouble: root finds nobody; says what to do.
    """
    if os.geteuid() != 0:
        return Identity()
    if shutil.which(NAMESPACE[0]) and _works((*NAMESPACE, str(program), "--version")):
        return Identity(prefix=NAMESPACE, owner=(0, 0))
    for account in _accounts():
        user = f"{account.pw_uid}:{account.pw_gid}"
        if _can_reach(user, program, folder.parent):
            return Identity(user=user, owner=(account.pw_uid, account.pw_gid))
    raise Trouble(
        "PostgreSQL does not run as root, and this machine refuses to lend it another identity "
        "(user namespaces are off, and no plain account can reach the program and the data folder).",
        "Start as an ordinary user, or set ORDERS_DATABASE_URL to a PostgreSQL server, or allow user namespaces "
        "(sysctl user.max_user_namespaces; in a container --security-opt seccomp=unconfined).",
    )


def _accounts() -> list[pwd.struct_passwd]:
    known = {account.pw_name: account for account in pwd.getpwall()}
    return [known[name] for name in ACCOUNTS if name in known]


def _can_reach(user: str, program: Path, data: Path) -> bool:
    """Whether an account can run the program and walk into the data folder, which is opened that far if need be."""
    place = next(folder for folder in [data, *data.parents] if folder.exists())
    mode = place.stat().st_mode
    if place == data:
        place.chmod(0o711)
    if _works(("/bin/sh", "-c", 'cd "$1" && "$0" --version', str(program), str(place)), user):
        return True
    if place == data:
        place.chmod(mode)
    return False


def _works(command: Sequence[str], user: str = "-") -> bool:
    return subprocess.run(on_leash(command, user=user), capture_output=True, check=False).returncode == 0
