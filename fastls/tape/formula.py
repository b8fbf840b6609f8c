"""A graph written out as a formula: names, and what is repeated in a long one."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastls.tape import primitives as p
from fastls.tape.expression import Atom, is_ones, one_factor
from fastls.tape.graph import Node, needed
from fastls.tape.notation import Writer, is_vector
from fastls.tape.restriction import rewritten
from fastls.tape.typeset import Typesetter

if TYPE_CHECKING:
    from fastls.tape.path import Path
    from fastls.tape.tape import Tape

__all__ = ["write_formula"]

MOST_NODES = 400
#: Of a formula of more operations than the first, repeated parts of more than the second are named.
LONG, WORTH_A_NAME = 60, 5


def names_of(tape: "Tape", path: "Path") -> tuple[dict[Node, str], dict[Node, str]]:
    """What the function calls its arguments and what it has captured; and transposes of these."""
    names: dict[Node, str] = {}
    code = getattr(getattr(tape.function, "__func__", tape.function), "__code__", None)
    arguments = code.co_varnames[: code.co_argcount] if code else ()
    if getattr(tape.function, "__self__", None) is not None:
        arguments = arguments[1:]
    place = 0
    for i, structure in enumerate(tape.structure[1]):
        name = arguments[i] if i < len(arguments) else f"x{i + 1}"
        count = str(structure).count("'leaf'")
        for j in range(count):
            names[path.inputs[place]] = name if count == 1 else f"{name}_{j + 1}"
            place += 1
    transposes: dict[Node, str] = {}
    values = {id(value): name for name, value in path.captured.named()}
    for node in path.graph.nodes:
        if node.is_constant and node.shape:
            array = node.constant
            while array is not None and id(array) not in values:
                array = getattr(array, "base", None)  # of a view
            if array is not None and array.size == node.constant.size:
                name = values[id(array)]
                if node.constant.flags.c_contiguous and array.flags.c_contiguous:
                    names[node] = name
                elif node.constant.strides == array.strides[::-1]:
                    transposes[node] = name
    return names, transposes


def repeated(nodes: list[Node], known: set[Node]) -> list[Node]:
    """Parts of a long formula that are worth a name, as they stand in it more than once."""
    size: dict[Node, int] = {}
    uses: dict[Node, int] = {}
    order = needed(nodes)
    hidden = (p.RESHAPE, p.BROADCAST, p.TRANSPOSE, p.IDENTITY, p.PLACE, p.ASSEMBLE, p.SCATTER)
    found = []
    for node in order:
        for other in node.inputs:
            uses[other] = uses.get(other, 0) + 1
    for node in order:
        size[node] = 1 + sum(size[other] for other in node.inputs) if node not in known else 1
    if sum(size[node] for node in nodes) <= LONG:
        return []
    for node in order:
        inner_size = 1 + sum(size[other] for other in node.inputs)
        is_repeated = uses.get(node, 0) > 1 and node.primitive not in hidden
        if (
            is_repeated
            and node not in known
            and inner_size > WORTH_A_NAME
            and node.dtype.kind == "f"
        ):
            found.append(node)
            inner_size = 1
        size[node] = inner_size if node not in known else 1
    return found


def free_names(taken: set[str], is_large: bool) -> Iterator[str]:
    letters = "PQRTUVWYZ" if is_large else "rsuvwyzpqhg"
    yield from (letter for letter in letters if letter not in taken)
    i = 1
    while True:
        yield f"{letters[0]}_{i}"
        i += 1


def write_formula(tape: "Tape", what: str, style: str) -> str:
    if style not in ("text", "latex"):
        raise ValueError(f"style must be 'text' or 'latex'; got {style!r}")
    path = tape._first_path()
    with path.lock:  # no one else adds to the graph meanwhile
        count = len(path.graph.nodes)
        try:
            return written(tape, path, what, style)
        finally:
            path.graph.forget(count)  # each formula would else add to it


def written(tape: "Tape", path: "Path", what: str, style: str) -> str:
    names, transposes = names_of(tape, path)
    tangents: list[Node] = []
    if what == "value":
        nodes = path.outputs
    elif what == "gradient":
        nodes = rewritten(path.graph, path.gradient(path.wanted), dict(path.graph.originals))
    elif what == "differential":
        wanted = [path.inputs[i] for i in path.wanted]
        tangents = path.vectors(wanted)
        names |= {t: f"d{names[x]}" for t, x in zip(tangents, wanted, strict=True)}
        nodes = path.push(path.wanted, path.outputs, tangents)
    else:
        raise ValueError(f"what must be 'value', 'gradient' or 'differential'; got {what!r}")
    if (operations := len(needed(nodes))) > MOST_NODES:
        raise ValueError(f"a formula of {operations} operations is not written out; see to_dot()")
    writer = Writer({})
    for node, name in names.items():
        form = "differential" if node in tangents else "name"
        writer.known[node] = writer.atom(node, Atom(form, name))
    for node, name in transposes.items():
        writer.known[node] = one_factor(Atom("name", name), True)
    setter = Typesetter(style == "latex")
    taken = {*names.values(), *transposes.values()}
    small, large = free_names(taken, False), free_names(taken, True)
    where = []
    for node in repeated(nodes, set(writer.known)):
        terms = writer.sum(node)
        if all(not t.scalars and (is_ones(t.product) or not t.product) for t in terms):
            continue  # a number
        name = next(small if is_vector(node) else large)
        writer.known[node] = writer.atom(node, Atom("name", name))
        lead = r"\mathrm{where}\; " if setter.latex else "where "
        where.append(f"{lead}{setter.name(name)} = {setter.sum(terms)}")
    return "\n".join([*(setter.sum(writer.sum(node)) for node in nodes), *where])
