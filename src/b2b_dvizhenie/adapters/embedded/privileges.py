"""PostgreSQL refuses to run as root; these drop root for its processes without touching the machine's accounts."""

import ctypes
import os
import pwd
from collections.abc import Callable
from functools import cache
from pathlib import Path

_CLONE_NEWUSER = 0x10000000


def _enter_user_namespace() -> None:
    """In a forked child: a user namespace where we are uid 1000, so that files stay ours outside of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text("1000 0 1")
    Path("/proc/self/gid_map").write_text("1000 0 1")


@cache
def namespaces_work() -> bool:
    """Whether the kernel (or the container around us) lets root make a user namespace."""
    child = os.fork()
    if child == 0:
        try:
            _enter_user_namespace()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _become_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def dropper() -> Callable[[], None] | None:
    """What a child process must call before it becomes PostgreSQL; None when we are not root."""
    if os.geteuid() != 0:
        return None
    return _enter_user_namespace if namespaces_work() else _become_nobody


def give_away(folder: Path) -> None:
    """Make a folder usable by the account the server will run as (only needed without user namespaces)."""
    if os.geteuid() == 0 and not namespaces_work():
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
