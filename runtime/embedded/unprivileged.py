"""Postgres refuses to run as root. These are the ways out that change nothing outside its own data directory."""

import ctypes
import os
import pwd
import subprocess
from functools import cache
from pathlib import Path

from runtime.embedded.process import Identity

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER = 0x10000000
_NOBODY = 65534


@cache
def unprivileged() -> Identity:
    """As whom to run a program that refuses root: a normal user as itself; root in a user namespace, else as nobody."""
    if os.geteuid() != 0:
        return Identity()
    if _namespaces_work():
        return Identity(enter=_enter_namespace)
    nobody = pwd.getpwnam("nobody")
    return Identity(user="nobody", group=nobody.pw_gid)


def hand_over(path: Path, identity: Identity) -> None:
    """Give a file or folder tree to the identity; nothing happens when it owns it already. Parents are left alone."""
    uid = pwd.getpwnam(identity.user).pw_uid if identity.user else os.geteuid()
    gid = identity.group if identity.group is not None else os.getegid()
    if path.stat().st_uid == uid:
        return
    for folder, _, files in os.walk(path):
        os.chown(folder, uid, gid)
        for file in files:
            os.chown(Path(folder, file), uid, gid, follow_symlinks=False)
    os.chown(path, uid, gid)


def _enter_namespace() -> None:
    # Outside, the process is still root and owns its files; inside, it is nobody, without a single capability.
    uid, gid = os.geteuid(), os.getegid()
    if _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {gid} 1", encoding="ascii")


def _namespaces_work() -> bool:
    try:
        subprocess.run(["/bin/true"], preexec_fn=_enter_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
