"""Memory of value and gradient: counted by hand for a chain of layers, and what is allocated."""

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastls
from fastls.tape.memory import Memory, addresses, lifetimes
from fastls.tape.places import View, contiguous

ROUNDED = 64  # bytes, to which places are rounded up


def dense(steps, width):
    """tanh(A x), again and again: each result is read by the reverse sweep, nothing else is."""
    matrix = np.eye(width)

    def f(x):
        for _ in range(steps):
            x = np.tanh(matrix @ x)
        return np.sum(x)

    return fastls.record(f, np.ones(width))


@pytest.mark.parametrize(("steps", "width"), [(2, 8), (10, 8), (10, 1000), (40, 104)])
def test_a_chain_of_dense_layers(steps, width):
    """Kept is a vector a layer; on the way back the cotangent, 1 - y**2 and their product."""
    vector = 8 * width
    memory = dense(steps, width).memory
    assert memory.kept == steps * vector
    assert memory.recomputed == 0
    assert memory.adjoints == 3 * vector
    assert 0 <= memory.peak - (steps + 1) * vector <= 2 * vector + steps * ROUNDED
    assert memory.unshared > memory.peak


def test_elementwise_layers_are_kept_a_block_at_a_time():
    """All layers of 512 entries come before the next 512: a sum at the end sets the block."""

    def f(x):
        for _ in range(100):
            x = np.tanh(x)
        return np.sum(x)

    memory = fastls.record(f, np.ones(100_000)).memory
    assert memory.kept == 100 * 512 * 8
    assert memory.kept <= memory.peak <= memory.kept + 4 * 512 * 8 + 3000


@pytest.mark.parametrize("steps", [1, 5, 100])
def test_numbers_are_eight_bytes(steps):
    def f(x):
        for _ in range(steps):
            x = np.tanh(x)
        return x

    memory = fastls.record(f, 0.5).memory
    assert memory.kept == 8 * steps
    assert memory.peak >= memory.kept


def test_checkpoints_leave_what_they_are_called_with():
    matrix = np.eye(100)

    @fastls.checkpoint
    def part(x):
        for _ in range(5):
            x = np.tanh(matrix @ x)
        return x

    memory = fastls.record(lambda x: np.sum(part(part(part(x)))), np.ones(100)).memory
    # What the last two are called with, and the last layer, still under way; x is the caller's.
    assert memory.kept == 3 * 800
    assert memory.recomputed == 6 * 800  # of one part, and a product on its way to be one


def test_what_is_given_and_what_is_returned_is_not_counted():
    memory = fastls.record(lambda x: np.sum(x), np.ones((500, 500))).memory
    assert memory.kept == 0
    assert memory.peak <= 8 * 500 * 500 / 512 + 2000  # the sums of the parts


def test_it_reads_as_a_sentence():
    memory = Memory(kept=16, recomputed=0, adjoints=8, peak=64, unshared=128)
    assert str(memory) == (
        "64 bytes at the peak: 16 of values kept for the reverse sweep, 0 of values computed "
        "again, 8 of adjoints. Without sharing places it would be 128."
    )


RESIDENT = """
import resource
import numpy as np
import fastls

steps, width = 200, 50_000
a, b, c = np.ones((3, width))
def f(x):
    for _ in range(steps):
        x = np.cumsum(np.tanh(x)) * a
    return np.sum(x)

x = np.ones(width)
tape = fastls.record(f, x)
program = tape._first_path().program_for("value and gradient")
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before = resident()
tape.value_and_grad(x)
print(tape.memory.peak, resident() - before)
"""


own_malloc = pytest.mark.skipif("LD_PRELOAD" in os.environ, reason="malloc is a sanitizer's")


@own_malloc
@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_the_peak_is_what_the_process_grows_by():
    done = subprocess.run(
        [sys.executable, "-c", RESIDENT], capture_output=True, text=True, check=True
    )
    planned, grown = map(int, done.stdout.split())
    assert planned > 80e6
    assert grown == pytest.approx(planned, rel=0.05)


COUNTER = """
#include <stddef.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
static volatile long count;
long large_allocations(void) { return count; }
void *malloc(size_t n) { count += n >= 4096; return __libc_malloc(n); }
void *calloc(size_t n, size_t m) { count += n * m >= 4096; return __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { count += n >= 4096; return __libc_realloc(p, n); }
"""
CALLS = """
import ctypes
import numpy as np
import fastls

count = ctypes.CDLL(None).large_allocations
matrix, x, gradient = np.eye(600), np.ones(600), np.ones(600)

@fastls.checkpoint
def part(x, matrix):
    return np.sin(np.cumsum(np.tanh(matrix @ x)))

tape = fastls.record(lambda x, a: np.sum(part(part(x, a), a) ** 2), x, matrix)
compiled = tape.lowlevel()
number, pointer = ctypes.c_double, ctypes.POINTER(ctypes.c_double)
call = ctypes.CFUNCTYPE(number, ctypes.c_uint, pointer, pointer, ctypes.c_void_p)(compiled.address)
given = x.ctypes.data_as(pointer), gradient.ctypes.data_as(pointer), compiled.data
for replay in (lambda: tape.value_and_grad(x, matrix), lambda: call(600, *given)):
    replay()
    before = count()
    for _ in range(100):
        replay()
    print(count() - before)
"""


@own_malloc
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no compiler")
def test_a_replay_allocates_what_it_returns_and_no_workspace(tmp_path):
    """Counted by a malloc of our own, from 4 kB on: a gradient a call, and none into a given one.

    The workspace is that of the first replay.
    """
    source, library = tmp_path / "counter.c", tmp_path / "counter.so"
    source.write_text(COUNTER)
    command = ["cc", "-shared", "-fPIC", "-O1", "-fno-builtin", str(source), "-o", str(library)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("malloc cannot be replaced here")
    done = subprocess.run(
        [sys.executable, "-c", CALLS], capture_output=True, text=True,
        env={**os.environ, "LD_PRELOAD": str(library), "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    if "undefined symbol" in done.stderr:
        pytest.skip("the C library is not glibc")
    assert done.stdout.split() == ["100", "0"], done.stderr


# Places.


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 8), st.integers(0, 5000)), max_size=30)
)
def test_blocks_that_are_alive_together_do_not_overlap(blocks):
    alive = {i: (first, first + length) for i, (first, length, _) in enumerate(blocks)}
    sizes = [size for _, _, size in blocks]
    offsets, end = addresses(alive, sizes)
    for i, (first, last) in alive.items():
        assert offsets[i] % ROUNDED == 0
        assert offsets[i] + sizes[i] <= end
        for j in range(i):
            apart = offsets[i] + sizes[i] <= offsets[j] or offsets[j] + sizes[j] <= offsets[i]
            is_empty = not sizes[i] or not sizes[j]  # then it is nowhere
            assert apart or is_empty or alive[j][0] > last or alive[j][1] < first
    needed = max(
        (sum(sizes[i] for i, (a, b) in alive.items() if a <= t <= b) for t in range(30)), default=0
    )
    assert needed <= end


def test_gaps_next_to_each_other_are_one():
    """Two that end make room for one as large as both."""
    alive = {0: (0, 1), 1: (0, 2), 2: (0, 9), 3: (3, 9)}
    offsets, end = addresses(alive, [64, 128, 64, 192])
    assert offsets[3] == 0
    assert end == 256


def test_a_block_lives_through_all_instructions_of_its_run():
    view = View(0, 0, (2,), contiguous((2,), 8), "f")
    rows = [
        {"views": [view], "span": 2},
        {"views": []},
        {"views": []},
        {"views": [view._replace(block=1)]},
        {"views": [view._replace(block=2)]},
    ]
    assert lifetimes(rows, {2: None}) == {0: (0, 2), 1: (3, 3)}
