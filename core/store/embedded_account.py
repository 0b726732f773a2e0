"""Which account of the operating system runs the embedded PostgreSQL, and the folders only it may enter.

PostgreSQL refuses to run as root. Started by root (a container, a fresh machine) the server gets an account of its
own without a login, and the folders above its files let that one account pass and nobody else.
"""

from __future__ import annotations

import grp
import hashlib
import os
import pwd
import re
import shutil
import stat
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError, StoreUnavailable

NAME = "record-analyst"
LONGEST_SOCKET_FOLDER = 85  # bytes; a socket's name may have 107 with the file name
ACL = "system.posix_acl_access"
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        if not self.is_me:
            os.chown(path, self.uid, self.gid)


def choose_account(data: Path) -> Account:
    """Whoever owns the data folder runs the server. Raises SettingsError when this process cannot become that."""
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise SettingsError(
                f"The database folder {data} belongs to another account.",
                "Start as its owner, or give this account a folder of its own with RECORD_ANALYST_VAR.",
            )
        if not _known(me):
            raise SettingsError(
                f"The account with number {me} has no name on this system, and PostgreSQL needs one.",
                "Add it to /etc/passwd, or start as another account.",
            )
        return Account(me, os.getegid())
    if owner == 0:
        raise SettingsError(
            f"The database folder {data} belongs to root, and PostgreSQL refuses to run as root.",
            f"chown -R it to an ordinary account, for example {NAME}.",
        )
    if owner is not None and owner != 0:
        return Account(owner, data.stat().st_gid)
    found = _find() or _create()
    return Account(found.pw_uid, found.pw_gid)


def let_pass(account: Account, path: Path) -> None:
    """Let the account go through every folder above `path`, and nothing more. Raises SettingsError."""
    if account.is_me:
        return
    for folder in reversed(path.resolve().parents):
        found = folder.stat()
        if found.st_mode & stat.S_IXOTH or found.st_uid == account.uid:
            continue
        try:
            _grant_pass(folder, account.uid)
        except OSError as error:
            raise SettingsError(
                f"The account {NAME}, which runs the database, cannot go through {folder}.",
                f"Run chmod o+x {folder}, or move the checkout or RECORD_ANALYST_VAR to another place.",
            ) from error


def socket_folder(account: Account, run: Path) -> Path:
    """A 0700 folder of the account with a name short and plain enough for a socket. Raises StoreUnavailable."""
    folder = run / "postgres"
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER or not re.fullmatch(r"[\w/.+-]+", str(folder), re.ASCII):
        digest = hashlib.sha256(os.fsencode(run)).hexdigest()[:16]
        folder = Path("/tmp", f"record-analyst-{account.uid}-{digest}")
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        found = folder.lstat()  # somebody may have made it before us, in /tmp anybody can
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) != 0o700:
            raise StoreUnavailable(
                f"The folder {folder} for the database's socket is not private to the account that runs it.",
                "Find out who made it, remove it and start again.",
            ) from None
    return folder


def _known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _find() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd:
    """Add the account. Another process may be adding it, or holding the lock of the account files, right now."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    options = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    if NAME in {group.gr_name for group in grp.getgrall()}:
        options += ["--gid", NAME]
    for _ in range(50 if useradd else 0):
        subprocess.run([str(useradd), *options, NAME], capture_output=True, check=False, stdin=subprocess.DEVNULL)
        found = _find()
        if found is not None:
            return found
        time.sleep(0.1)
    raise SettingsError(
        f"PostgreSQL refuses to run as root, and the account {NAME} for it could not be created.",
        f"Create it (useradd --system {NAME}), or start as an ordinary account.",
    )


def _grant_pass(folder: Path, uid: int) -> None:
    """Add `user:uid:--x` to the folder's access list; what others may do stays as it is."""
    if sys.platform != "linux":
        raise OSError("access lists are only set on Linux")
    mode = folder.stat().st_mode
    try:
        raw = os.getxattr(folder, ACL)
        entries = {(tag, who): perm for tag, perm, who in struct.iter_unpack("<HHI", raw[4:])}
    except OSError:  # none yet: the mode says it all
        entries = {
            (USER_OBJ, NO_ID): mode >> 6 & 7,
            (GROUP_OBJ, NO_ID): mode >> 3 & 7,
            (OTHER, NO_ID): mode & 7,
        }
    wanted = dict(entries)
    wanted[USER, uid] = entries.get((USER, uid), 0) | 1
    wanted[MASK, NO_ID] = entries.get((MASK, NO_ID), entries[GROUP_OBJ, NO_ID]) | 1
    if wanted != entries:
        packed = b"".join(struct.pack("<HHI", tag, perm, who) for (tag, who), perm in sorted(wanted.items()))
        os.setxattr(folder, ACL, struct.pack("<I", 2) + packed)
