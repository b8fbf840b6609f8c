"""Pictures of graphs: text that Graphviz can read."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from fastls import record
from fastls.tape.graph import needed

NODE = re.compile(r'  (n\d+) \[label="((?:[^"\\]|\\.)*)", shape=(\w+), penwidth=([12])\];')
EDGE = re.compile(r'  (n\d+) -> (n\d+)(?: \[label="([^"]*)"\])?;  // input (\d+)')

A = np.arange(9.0).reshape(3, 3)
x0 = np.array([0.3, 0.7, 1.1])

CASES = {
    "a number": (lambda x: x, 0.5),
    "a constant": (lambda x: 1.0, 0.5),
    "a sum": (lambda x: np.sum(np.sin(x[1:]) * x[0]) + 5.0, x0),
    "a quadratic form": (lambda x: np.log(x @ A @ x), x0),
    "a determinant": (lambda X: np.linalg.slogdet(X + A.T)[1], np.eye(3)),
    "several outputs": (lambda x: (x, 2 * x, {"b": np.ones(2)}), x0),
    "several inputs": (lambda p: p["a"] * p["b"], {"a": 1.0, "b": x0}),
    "names with quotes": (lambda p: p['"]; n7 -> n8;'] ** 2, {'"]; n7 -> n8;': 2.0}),
    "a branch": (lambda x: np.sum(x) if x[0] > 0 else np.sum(x**2), x0),
}


def parse(text):
    """The nodes (label, shape, width) and edges (from, to, label, place) of a picture."""
    first, *lines, last = text.splitlines()
    assert first == "digraph computation {"
    assert last == "}"
    nodes, edges = {}, []
    for line in lines:
        if node := NODE.fullmatch(line):
            name, *rest = node.groups()
            assert name not in nodes, "a node twice"
            nodes[name] = tuple(rest)
        elif edge := EDGE.fullmatch(line):
            edges.append(edge.groups())
        else:
            assert re.fullmatch(r"  (rankdir=LR|node \[fontname=Helvetica\]);", line), line
    return nodes, edges


@pytest.mark.parametrize("case", CASES)
def test_every_edge_joins_nodes_that_are_there(case):
    nodes, edges = parse(record(*CASES[case]).to_dot())
    assert nodes
    for start, end, _, _ in edges:
        assert start in nodes
        assert end in nodes
        assert int(start[1:]) < int(end[1:])


@pytest.mark.parametrize("case", CASES)
def test_it_shows_what_the_outputs_are_computed_from(case):
    tape = record(*CASES[case])
    (path, *_), *_ = tape.paths.values()
    nodes, edges = parse(tape.to_dot())
    shown = needed(path.outputs)
    assert set(nodes) == {f"n{node.index}" for node in shown}
    assert len(edges) == sum(len(node.inputs) for node in shown)
    for node in shown:
        places = [int(place) for _, end, _, place in edges if end == f"n{node.index}"]
        assert places == list(range(len(node.inputs)))


@pytest.mark.parametrize("case", CASES)
def test_the_same_function_has_the_same_picture(case):
    assert record(*CASES[case]).to_dot() == record(*CASES[case]).to_dot()


def test_a_picture_in_full():
    assert record(lambda x: np.sin(x) + 2.0, np.ones(3)).to_dot() == (
        "digraph computation {\n"
        "  rankdir=LR;\n"
        "  node [fontname=Helvetica];\n"
        '  n0 [label="x", shape=box, penwidth=1];\n'
        '  n1 [label="sin", shape=ellipse, penwidth=1];\n'
        '  n0 -> n1 [label="(3,)"];  // input 0\n'
        '  n2 [label="2", shape=plaintext, penwidth=1];\n'
        '  n3 [label="add", shape=ellipse, penwidth=2];\n'
        '  n1 -> n3 [label="(3,)"];  // input 0\n'
        "  n2 -> n3;  // input 1\n"
        "}\n"
    )


def test_boxes_are_inputs_and_plain_text_constants_and_outputs_are_thick():
    nodes, _ = parse(record(lambda x, y: (A @ x) * y, x0, 2.0, argnums=(0, 1)).to_dot())
    labels = {label: (shape, width) for label, shape, width in nodes.values()}
    assert labels["x0"] == labels["x1"] == ("box", "1")
    assert labels["[3 × 3]"] == ("plaintext", "1")
    assert labels["matmul"] == ("ellipse", "1")
    assert labels["multiply"] == ("ellipse", "2")


def test_a_slice_says_of_what():
    nodes, _ = parse(record(lambda x: x[0, 2] + x[1:, 1] + np.sum(x[::-2, :2]), A).to_dot())
    labels = {label for label, *_ in nodes.values()}
    assert {"slice 0, 2", "slice 1:3, 1", "slice 2::-2, 0:2"} <= labels


def test_an_input_that_nothing_depends_on_is_not_shown():
    nodes, _ = parse(record(lambda x, y: 2 * y, x0, 2.0).to_dot())
    assert [label for label, shape, _ in nodes.values() if shape == "box"] == ["x1"]


def test_derivatives_do_not_change_the_picture():
    tape = record(lambda x: np.log(x @ A @ x), x0)
    before = tape.to_dot()
    tape.grad(x0), tape.hessian(x0), tape.formula("differential")
    assert tape.to_dot() == before


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
@pytest.mark.parametrize("case", CASES)
def test_graphviz_reads_it(case):
    subprocess.run(
        ["dot", "-Tsvg"], input=record(*CASES[case]).to_dot().encode(), check=True,
        capture_output=True,
    )  # fmt: skip
