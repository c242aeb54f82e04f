"""Locks: one process at a time, until it lets go or dies; on folders and files as they are, so that none is left."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Held:
    """A lock on a file or folder, held until `let_go` or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def let_go(self) -> None:
        """Give the lock up; twice does no harm."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def hold(path: Path, *, is_shared: bool = False, waits: bool = False) -> Held | None:
    """Lock a file or folder; None where another process holds it, or where nothing can be locked (Windows).

    Parameters
    ----------
    path
        It must be there.
    is_shared
        Next to others who hold it so, too.
    waits
        Until the others have let go.

    Raises
    ------
    OSError
        If it cannot be opened.
    """
    if sys.platform == "win32":
        return None
    descriptor = os.open(path, os.O_RDONLY)
    how = (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | (0 if waits else fcntl.LOCK_NB)
    try:
        fcntl.flock(descriptor, how)
    except OSError as error:
        os.close(descriptor)
        if error.errno in _CANNOT_BE_HAD:
            return None
        raise
    return Held(descriptor)


_CANNOT_BE_HAD = {errno.EWOULDBLOCK, errno.EACCES, errno.EBADF, errno.EINVAL, errno.ENOLCK, errno.EOPNOTSUPP}
"""Another holds it; or the file system (of a network) locks no folders."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Do something quick in a folder while no other process does so."""
    held = None
    with suppress(PermissionError):  # where one may not read, one may still write
        held = hold(folder, waits=True)
    try:
        yield
    finally:
        if held is not None:
            held.let_go()
