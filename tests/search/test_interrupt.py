"""Ctrl-C is answered within a tenth of a second, also where everything is C."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, functools, signal, sys, threading, time
import fastls

sys.path.insert(0, {folder!r})
{callback}

def interrupt():
    global sent
    time.sleep(0.3)
    sent = time.perf_counter()
    signal.raise_signal(signal.SIGINT)

threading.Thread(target=interrupt, daemon=True).start()
try:
    while True:
        fastls.{search}(xtol=0, rtol=0).minimize(f, (-1e300, 1e300))
except KeyboardInterrupt:
    print("answered", time.perf_counter() - sent)
"""

COMPILED = """
import callbacks
from scipy import LowLevelCallable

seconds = ctypes.c_double({seconds})
pointer = ctypes.cast(ctypes.pointer(seconds), ctypes.c_void_p)
f = LowLevelCallable(callbacks.__pyx_capi__["slow"], pointer)
"""

CASES = {
    "C, 50 ms a call": COMPILED.format(seconds=0.05),
    "C, 15 ms a call": COMPILED.format(seconds=0.015),
    "C, 1 ms a call": COMPILED.format(seconds=0.001),
    "a builtin that runs no bytecode": "f = functools.partial(max, -1.0)",
}


@pytest.mark.parametrize("search", ["Dichotomy", "GoldenSection", "Brent"])
@pytest.mark.parametrize("case", CASES)
def test_ctrl_c(callbacks_folder, case, search):
    if case.startswith("C, "):
        pytest.importorskip("scipy")
    program = PROGRAM.format(folder=str(callbacks_folder), callback=CASES[case], search=search)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.startswith("answered"), done.stderr
    print(done.stdout)
    assert float(done.stdout.split()[1]) < 0.5  # 0.1 s, and the rest for a busy machine
