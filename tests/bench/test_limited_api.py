"""The loop that is compiled with and without CPython's limited API."""

import pytest

from bench import limited_api
from bench.compiled import NotBuiltError, compiled


@pytest.fixture(scope="module", params=[None, "0x030B0000"], ids=["whole", "limited"])
def build(request):
    try:
        return compiled("limited_loop", limited_api=request.param)
    except NotBuiltError as error:
        pytest.skip(str(error))


def test_what_the_function_raises_comes_through(build):
    error = ZeroDivisionError("the very one")

    def function(x):
        if x > 0.3:
            raise error
        return -1.0  # also what stands for an exception

    with pytest.raises(ZeroDivisionError) as caught:
        build.of_python(function, *limited_api.INTERVAL, limited_api.XTOL)
    assert caught.value is error


@pytest.mark.parametrize("name", limited_api.cases())
def test_both_builds_find_the_minimiser(build, name):
    f, way = limited_api.cases()[name]
    x = getattr(build, way)(f, *limited_api.INTERVAL, limited_api.XTOL)
    assert x == pytest.approx(0.5 if f is limited_api.parabola else 0.0, abs=2e-8)


def test_the_report_has_a_line_a_case(capsys):
    """With both times and their ratio."""
    try:
        limited_api.main(repeats=1)
    except NotBuiltError as error:  # without the GIL there is no limited API
        pytest.skip(str(error))
    _, _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(limited_api.cases())
    for line in lines:
        whole, limited, ratio = map(float, line.split()[-3:])
        assert ratio == pytest.approx(limited / whole, abs=0.02 + 0.02 * ratio)
