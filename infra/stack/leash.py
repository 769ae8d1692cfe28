"""Start a program that dies with its parent, if need be as another user.

Run as a file, before any of our packages is imported: `python -I -S leash.py SIGNAL PARENT USER PROGRAM ARGUMENT…`

SIGNAL is sent to the program when its parent is gone, even by kill -9; PARENT is the parent's process id; USER is
`uid:gid`, or `-` to stay who we are. Where the system has no such leash (macOS), the program starts without one.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(signal: str, parent: str, user: str, *command: str) -> None:
    """Become the program.

    Raises:
        OSError: the program, or the change of user, is refused.
    """
    os.umask(0o077)  # what it writes is for nobody else
    if user != "-":
        uid, gid = (int(part) for part in user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after the change of user, which would take the leash off
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal))
    if os.getppid() != int(parent):  # gone before the leash was on
        raise SystemExit(1)
    os.execvp(command[0], command)  # noqa: S606 - replacing ourselves is the point


if __name__ == "__main__":
    main(*sys.argv[1:])
