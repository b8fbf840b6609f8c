"""Other processes and other interpreters: fork, spawn, pools, subinterpreters."""

import functools
import multiprocessing
import os
import subprocess
import sys
import sysconfig
import textwrap
import threading

import numpy as np
import pytest

import fastls

X = np.linspace(0.5, 1.5, 5)


def function(x):
    return np.sum(np.exp(-x) * x) if np.sum(x) > 0.0 else np.sum(x**3)


def slope(a):
    return 2.0 * (a - 1.0)


def valley(a):
    return (a - 1.0) ** 2


def answers(tape, x):
    """What a process finds on a tape of its own, or of another's."""
    step = fastls.Zoom().step(tape, None, x, -x)
    found = fastls.minimize(tape, x, options={"maxiter": 5})
    return [*tape.value_and_grad(x), tape.hvp(x, x), step.alpha, step.status, found.x]


METHODS = [method for method in multiprocessing.get_all_start_methods() if method != "forkserver"]
every_start = pytest.mark.parametrize("start", METHODS)

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*multi-threaded:DeprecationWarning",
    # JAX, where another test has imported it, warns of every fork.
    "ignore:.*os.fork:RuntimeWarning",
)


@every_start
def test_a_pool_finds_what_one_process_finds(start):
    """A tape and searches are pickled, and a path that is not recorded yet is recorded there."""
    tape = fastls.record(function, X)
    points = [X, 2.0 * X, -X, X]
    expected = [answers(fastls.record(function, X), x) for x in points]
    context = multiprocessing.get_context(start)
    with context.Pool(2) as pool:
        found = pool.map(functools.partial(answers, tape), points)
        steps = pool.starmap(fastls.Zoom().search, [(valley, slope)] * 3)
        results = pool.starmap(fastls.Brent().minimize, [(valley, (0.0, 3.0))] * 3)
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_equal(ours, theirs)
    assert {step.alpha for step in steps} == {fastls.Zoom().search(valley, slope).alpha}
    assert {found.x for found in results} == {fastls.Brent().minimize(valley, (0.0, 3.0)).x}


@pytest.mark.skipif("fork" not in METHODS, reason="this system has no fork")
def test_a_fork_while_threads_replay_leaves_a_tape_that_works():
    """Both the workspaces in use and those in the pool are copied."""
    x = np.linspace(0.5, 1.5, 20_000)
    tape = fastls.record(function, x)
    expected = tape.value_and_grad(x)
    stop = threading.Event()

    def replay():
        while not stop.is_set():
            tape.value_and_grad(x)
            fastls.GoldenSection().minimize(valley, (0.0, 3.0))

    threads = [threading.Thread(target=replay) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                value, gradient = tape.value_and_grad(x)
                same = value == expected[0] and np.array_equal(gradient, expected[1])
                same &= np.isclose(tape(-x), np.sum((-x) ** 3))
                os._exit(0 if same else 1)
            assert os.waitpid(child, 0)[1] == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_in_a_subinterpreter_the_import_fails_cleanly_or_works():
    """NumPy, and Cython's modules, know one interpreter of a process; whichever comes first."""
    program = textwrap.dedent("""
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        use = "import fastls; fastls.Brent().minimize(abs, (-1.0, 2.0))"
        for _ in range(3):
            inner = interpreters.create()
            try:
                failed = interpreters.run_string(inner, use)
            except interpreters.RunFailedError as error:
                failed = error
            assert not failed or "ImportError" in str(failed), failed
            interpreters.destroy(inner)
        {after}
        print("alive")
    """)
    for before, after in (("exec(use)", ""), ("", "exec(use)"), ("import numpy", "exec(use)")):
        text = program.format(after=after).replace("for _", f"{before or 'pass'}\nfor _", 1)
        done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr  # a signal's would be less than 0
        assert done.returncode == 0 or "ImportError" in done.stderr, done.stderr
        assert "alive" in done.stdout or "ImportError" in done.stderr, done.stderr


@pytest.mark.skipif(
    not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="this Python always has the GIL"
)
def test_no_module_takes_the_gil_again():
    program = """
        import importlib, pkgutil, sys
        import numpy
        import fastls
        for module in pkgutil.walk_packages(fastls.__path__, "fastls."):
            if "plot" not in module.name and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
        assert not sys._is_gil_enabled()
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHON_GIL"}
    subprocess.run([sys.executable, "-W", "error", "-c", textwrap.dedent(program)], check=True,
                   env=environment)  # fmt: skip
