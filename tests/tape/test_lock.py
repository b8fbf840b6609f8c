"""Locks, and what a fork does to them."""

import multiprocessing
import threading

import numpy as np
import pytest

import fastls
from fastls.tape.lock import LOCKS, OwnLock, new_lock

forks = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="this system has no fork"
)


def test_a_lock_is_held_by_one_and_known_as_long_as_it_lives():
    lock = new_lock()
    assert lock in LOCKS
    with lock:
        assert not lock.acquire(blocking=False)
    again = new_lock(reentrant=True)
    with again, again:
        pass
    count = len(LOCKS)
    del lock
    assert len(LOCKS) == count - 1


def test_a_thread_does_not_wait_for_itself():
    lock = OwnLock()
    for _ in range(2):  # it is open again after the refusal
        with lock, pytest.raises(RuntimeError, match="the tape that it is part of"):
            lock.__enter__()
    assert lock.lock in LOCKS


@pytest.mark.parametrize("read", ["to_dot", "memory", "formula"])
def test_who_reads_a_graph_waits_for_who_adds_to_it(read):
    tape = fastls.record(lambda x: np.sum(np.tanh(x)), np.ones(3))
    tape.value_and_grad(np.ones(3))
    (path,) = next(iter(tape.paths.values()))
    done = threading.Event()

    def look():
        found = getattr(tape, read)
        assert found() if callable(found) else found
        done.set()

    thread = threading.Thread(target=look)
    with path.lock:
        thread.start()
        assert not done.wait(0.2)
    thread.join()
    assert done.is_set()


@forks
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_child_records_although_a_thread_of_its_parent_was_recording():
    x, inside, leave = np.ones(2), threading.Event(), threading.Event()
    parent = threading.current_thread()

    def function(x):
        if np.sum(x) < 0.0:  # a new path
            if threading.current_thread() is not parent:
                inside.set()
                leave.wait(60)
            return np.sum(x**3)
        return np.sum(x**2)

    tape = fastls.record(function, x)
    thread = threading.Thread(target=tape, args=(-x,))
    thread.start()
    inside.wait(60)

    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(tape(-x)))
    child.start()
    try:
        assert receiver.poll(60)
        assert receiver.recv() == -2.0
    finally:
        leave.set()
        thread.join()
        child.kill()
        child.join()
