"""A computational graph with the numbers of a textbook."""

import itertools
import math

import numpy as np
import pytest

import fastls
from fastls import plot
from fastls.plot.graph import MOST_NODES, annotate, written
from fastls.tape.graph import needed


def textbook(w1, w2):
    """w2 log w1 + sqrt(w2 log w1)."""
    inner = w2 * np.log(w1)
    return inner + np.sqrt(inner)


@pytest.fixture
def tape():
    return fastls.record(textbook, math.e, 4.0, argnums=(0, 1))


def derivatives(found):
    return {each.name: each.derivative for each in found if each.derivative is not None}


def values(found):
    return {each.name: float(each.value) for each in found}


def test_values(tape):
    found = values(annotate(tape, names=("w₁", "w₂")))
    assert found == pytest.approx({"w₁": math.e, "w₂": 4, "log": 1, "×": 4, "√": 2, "+": 6})


def test_adjoints_by_hand(tape):
    # d/du (u + sqrt u) at u = 4 is 1 + 1/4; du/dw1 = w2/w1; du/dw2 = log w1.
    found = derivatives(annotate(tape, mode="reverse", names=("w₁", "w₂")))
    assert found == pytest.approx(
        {"+": 1, "√": 1, "×": 1.25, "log": 5, "w₂": 1.25, "w₁": 5 / math.e}
    )
    np.testing.assert_allclose(tape.grad(math.e, 4.0), [found["w₁"], found["w₂"]])


def test_tangents_by_hand(tape):
    found = derivatives(annotate(tape, mode="forward", direction=(1.0, 0.0), names=("w₁", "w₂")))
    assert found == pytest.approx(
        {"w₁": 1, "w₂": 0, "log": 1 / math.e, "×": 4 / math.e, "√": 1 / math.e, "+": 5 / math.e}
    )


def test_other_arguments(tape):
    found = annotate(tape, (math.e**2, 8.0), mode="reverse", names=("w₁", "w₂"))
    assert values(found)["×"] == pytest.approx(16)
    grad = tape.grad(math.e**2, 8.0)
    assert derivatives(found)["w₁"] == pytest.approx(grad[0])


@pytest.mark.parametrize(
    "f", [lambda x: np.log(x @ x) + x[0], lambda x: np.sum(np.where(x > 0.5, x**3, x))]
)
def test_both_modes_agree_with_the_tape(f):
    x = np.array([0.3, 0.7, 1.1])
    tape = fastls.record(f, x)
    np.testing.assert_allclose(annotate(tape, mode="reverse")[0].derivative, tape.grad(x))
    d = np.array([1.0, -2.0, 0.5])
    last = annotate(tape, mode="forward", direction=d)[-1]
    np.testing.assert_allclose(last.derivative, tape.differential(x, d))


def test_the_tape_stays_as_it_is(tape):
    before = tape.to_dot(), repr(tape)
    annotate(tape, mode="reverse")
    annotate(tape, mode="forward")
    assert (tape.to_dot(), repr(tape)) == before


def test_the_branch_taken_there_is_shown():
    tape = fastls.record(lambda x: np.sin(x) if x > 0 else np.exp(x), 1.0)
    assert [each.name for each in annotate(tape)] == ["x", "sin"]
    assert [each.name for each in annotate(tape, -1.0)] == ["x", "exp"]


def boxes(ax):
    from matplotlib.patches import FancyBboxPatch

    return [patch for patch in ax.patches if isinstance(patch, FancyBboxPatch)]


@pytest.mark.parametrize("mode", ["value", "forward", "reverse"])
def test_boxes_say_what_annotate_says(tape, mode, ax):
    plot.graph(tape, mode=mode, ax=ax)
    found = annotate(tape, mode=mode)
    texts = [box.get_label().split("\n") for box in boxes(ax)]
    assert [text[0] for text in texts] == [each.name for each in found]
    assert [text[1] for text in texts] == [written(each.value) for each in found]
    if mode != "value":
        assert [text[2] for text in texts] == [written(each.derivative) for each in found]


def test_letters_stay_in_their_boxes_and_boxes_apart(ax):
    from matplotlib.patches import PathPatch

    def f(x):
        y = np.tanh(x[0] * x[1] + 0.5) * np.exp(-x[1]) + np.sin(x[2])
        return np.log(1.0 + y**2) * x[0] - np.sqrt(x[2] ** 2 + y) + np.sum(x) / 3.0

    plot.graph(fastls.record(f, np.array([0.5, 1.0, 2.0])), mode="reverse", ax=ax)
    frames = [box.get_path().get_extents(box.get_patch_transform()) for box in boxes(ax)]
    for one, two in itertools.combinations(frames, 2):
        assert not one.overlaps(two)
    letters = [p.get_path().get_extents() for p in ax.patches if isinstance(p, PathPatch)]
    for text in letters:
        assert any(
            frame.x0 <= text.x0 and text.x1 <= frame.x1 and frame.y0 <= text.y0
            and text.y1 <= frame.y1
            for frame in frames
        )  # fmt: skip


def test_an_arrow_an_input(tape, ax):
    from matplotlib.patches import FancyArrowPatch

    plot.graph(tape, ax=ax)
    (path, *_), *_ = tape.paths.values()
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == sum(len(node.inputs) for node in needed(path.outputs))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"), (-1.0, "−1"), (1 / 3, "0.3333"), (np.array([1.0, -2.0]), "(1, −2)"),
        (np.ones(4), "[4]"), (np.ones((2, 3)), "[2 × 3]"), (np.bool_(True), "1"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_written(value, text):
    assert written(value) == text


def test_mistakes(tape):
    with pytest.raises(TypeError, match=r"tape must be a Tape, such as fastls.record\(f, x\)"):
        plot.graph(np.sin)
    with pytest.raises(ValueError, match="mode must be"):
        plot.graph(tape, mode="backward")
    with pytest.raises(ValueError, match="direction must be None where mode is 'reverse'"):
        plot.graph(tape, mode="reverse", direction=(1.0, 0.0))
    with pytest.raises(ValueError, match="names must be 2"):
        plot.graph(tape, names=("w",))
    with pytest.raises(ValueError, match="direction must have the structure"):
        plot.graph(tape, mode="forward", direction=(np.ones(2), 0.0))
    with pytest.raises(TypeError, match="a gradient needs one number"):
        plot.graph(fastls.record(np.sin, np.ones(2)), mode="reverse")
    with pytest.raises(ValueError, match="recorded was"):
        plot.graph(fastls.record(np.sin, np.ones(2)), np.ones(3))


def test_a_graph_that_cannot_be_read_is_not_drawn():
    def long(x):
        for _ in range(MOST_NODES):
            x = np.sin(x)
        return x

    with pytest.raises(ValueError, match=f"at most {MOST_NODES} nodes"):
        plot.graph(fastls.record(long, 1.0))
