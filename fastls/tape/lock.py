"""Locks that are open after a fork: a thread that held one is not in the child process."""

import os
import threading
from typing import Any
from weakref import WeakSet

__all__ = ["OwnLock", "new_lock"]

LOCKS: WeakSet[Any] = WeakSet()


def new_lock(reentrant: bool = False) -> Any:
    """A lock, taken by ``with``.

    Parameters
    ----------
    reentrant : bool, optional
        Whether a thread that holds it may take it again.

    Returns
    -------
    lock
    """
    lock = threading.RLock() if reentrant else threading.Lock()
    LOCKS.add(lock)
    return lock


class OwnLock:
    """A lock of a recording, that refuses a thread which holds it: it would wait for itself."""

    def __init__(self) -> None:
        self.lock: Any = new_lock(reentrant=True)

    def __enter__(self) -> None:
        if self.lock._is_owned():
            raise RuntimeError(
                "a derivative rule, or a function of fastls.primitive, asked the tape that it is "
                "part of, while the tape waits for it: compute what it needs from its arguments"
            )
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def open_all() -> None:
    for lock in LOCKS:
        lock._at_fork_reinit()  # as CPython's own modules do


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=open_all)
