"""Locks that are open after a fork: a thread that held one is not in the child process."""

import os
import threading
from typing import Any
from weakref import WeakSet

__all__ = ["new_lock"]

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


def open_all() -> None:
    for lock in LOCKS:
        lock._at_fork_reinit()  # as CPython's own modules do


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=open_all)
