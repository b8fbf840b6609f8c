"""Random programs in NumPy, each a text that NumPy and autograd run alike.

A program grows line by line. A line is a template of `EXPRESSIONS` with variables, constants,
captured arrays, axes and indices filled in at random; NumPy itself says whether it may stay: it
must not raise, and its value must be moderate and of one shape at all the points of the program.
Loops, branches on values, functions and operations in place (`STATEMENTS`) are made of the same
expressions.

    python -m tests.tape.random_programs --seeds 20000 --start 0

compares as many programs with NumPy, autograd and central differences (`test_random_programs`), and
says how many comparisons that were.
"""

import argparse
import signal
import sys
import time
import warnings
from typing import Any

import numpy as np

POINTS = 3
LARGEST, MOST = 40, 48  #: what a value may be, and how many entries it may have

#: What the letters stand for: x, y any variable; s, v, m, t one of 0 to 3 dimensions; q a square
#: matrix; r, z any but a number; c a number; C a captured array; i a place; k an axis; K an axis or
#: None; index, places, mask, shape: what they say, made for x, r or v.
EXPRESSIONS = {
    "elementwise": """
        np.sin(x) | np.cos(x) | np.tanh(x) | np.exp(x) | np.exp(-x * x) | np.log(c + x ** 2)
        np.sqrt(x) | np.log(x) | np.sqrt(c + np.cos(x) ** 2) | np.arctan(x) | np.sinh(x)
        np.cosh(x) | np.log1p(x) | np.expm1(x) | -x | +x | np.abs(x) | abs(x) | np.square(x)
        np.arcsinh(x) | np.arctanh(x) | np.arcsin(x) | np.arccos(x) | np.tan(x) | x ** 2
        x ** 3 | x ** -1 | x ** c | x ** 0 | c ** x | np.abs(x) ** y | 1 / x | c / (c + x ** 2)
        np.reciprocal(x) | np.sign(x) * y | np.floor(x) + y | np.logaddexp(x, y)
        np.hypot(x, c) | np.arctan2(x, y) | np.sinc(x) | np.log2(x) | np.exp2(x) | np.cbrt(x)
        np.nan_to_num(x) | np.rint(x) * y | np.fabs(x) | np.arccosh(x) | x + y | x - y | x * y
        x / y | x + c | c - x | c * x | x * C | C + x | C - x | x / C | C / x | x * 1.0
        0.0 + x | x - 0 | np.maximum(x, y) | np.minimum(x, y) | np.maximum(x, 0)
        np.minimum(c, x) | np.fmax(x, y) | x % c | x // c + y | np.where(x > c, x, y)
        np.where(x > y, x * y, c) | np.where(C > 0, x, y) | np.clip(x, -1, c)
        np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), y) | np.clip(x, -0.5, 0.5)
        np.multiply(x, (y > c)) | np.where((x > 0) & (y < c), x, y)
        np.where(np.logical_or(~(x > c), y > 0), x, -y) | np.add(x, y) | np.power(c, x)
        (x + y) * (x - y) | x * x + y * y | x * y + np.sin(x) | np.sin(x) * np.cos(x) | x - x
        x / x | x * 0.0 | np.fmod(x, c) | np.copysign(x, y) | np.heaviside(x, 0.5) * y
        np.mod(x, C) | np.float_power(np.abs(x), c)
    """,
    "reductions": """
        np.sum(x) | np.sum(r, axis=k) | np.sum(r, axis=k, keepdims=True) | np.mean(r, axis=K)
        r.sum(axis=k) | np.mean(r, axis=k, keepdims=True) | np.prod(r, axis=K)
        np.max(r, axis=K) | np.min(r, axis=k) | x.sum() | np.max(r, axis=k, keepdims=True)
        np.std(r) | np.var(r, axis=k) | np.var(r, axis=k, ddof=1) | r.mean(k)
        np.sum(t, axis=(0, 2)) | np.sum(m, (0, 1)) | np.cumsum(r, axis=k) | np.cumsum(r)
        r.max(axis=k) | x.prod() | np.linalg.norm(v) | np.linalg.norm(m)
        np.linalg.norm(m, axis=k) | np.trace(m) | np.mean(x ** 2) | x.min()
        np.sum(r * z, axis=k) | np.std(r, axis=k, ddof=0) | np.average(v)
        np.log(np.sum(np.exp(r), axis=k)) | np.linalg.norm(v, 1) | np.linalg.norm(v, np.inf)
        np.linalg.norm(v, 3) | np.median(v) | np.ptp(v)
        np.exp(v - np.max(v)) / np.sum(np.exp(v - np.max(v))) | np.cumprod(v)
        np.sum(r, where=r > 0)
        (r - np.mean(r, axis=k, keepdims=True)) / (c + np.std(r, axis=k, keepdims=True))
        np.sum(r, axis=-1) | np.sum(v[v > 0]) | np.sum(v[np.argsort(v)[:2]]) | r.std()
        np.percentile(v, 30) | np.nansum(r, axis=k) | np.max(x, initial=c) | np.quantile(v, 0.4)
        np.cov(m) | np.logaddexp.reduce(v) | np.add.reduce(r)
    """,
    "shapes": """
        np.reshape(x, shape) | x.reshape(shape) | x.reshape(-1) | np.ravel(x) | x.T
        np.transpose(x) | x[None] | r[index] | r[index] | r[index] | r[index] | v[places]
        m[places] | m[:, places] | m[places, places] | r[mask] | m[i][places]
        np.transpose(t, (1, 2, 0)) | np.moveaxis(t, 0, 2) | np.swapaxes(m, 0, 1)
        np.expand_dims(x, k) | v[i] | m[i] | np.squeeze(x) | np.flip(v, 0) | v[::-1]
        m[::-1, ::2] | np.roll(v, i) | np.roll(m, i, axis=k) | r[..., None]
        np.concatenate([v, z.ravel()]) | np.concatenate((r, z), axis=k) | np.stack([x, y])
        np.stack((x, y), axis=k) | np.hstack([v, z.ravel()]) | np.vstack([v, v * c])
        np.tile(v, 2) | np.tile(x, (2, 1)) | np.repeat(v, 2) | np.repeat(m, 2, axis=k)
        np.broadcast_to(x, (2,) + x.shape) | np.diag(v) | np.diag(m) | np.triu(m) | np.tril(m)
        np.diff(v) | np.diff(m, axis=k) | np.sort(v) | np.sort(m, axis=k) | np.append(v, s)
        np.pad(v, 1) | v[v > 0].sum() + x | np.pad(m, ((1, 0), (0, 2)), 'constant')
        np.take(v, places) | np.split(v, 2)[0] | np.array_split(v, 2)[i] | np.rot90(m)
        np.fliplr(m) | np.atleast_2d(v) | np.column_stack([v, v]) | np.where(v > 0)[0].size * x
        np.outer(v, C) | x + np.zeros(2) | np.ones((2, 1)) * x | np.delete(v, i)
        np.insert(v, 1, s) | np.full_like(v, s) | v[-1] * v[0] | np.gradient(v)
        np.meshgrid(v, v)[i] | np.select([v > c, v > 0], [v, -v], c)
        np.take_along_axis(m, np.argsort(m, k), k) | np.block([[v, s], [v, 1.0]])
        np.apply_along_axis(np.sum, k, m) | np.trapezoid(v)
        np.interp(s, [0.0, 1.0, 2.0], [c, 1.0, c]) | np.ediff1d(v) | np.unwrap(v) | m.flatten()
        np.dstack([v, v]) | np.linspace(s, c, 3) | v[1:] - v[:-1] | v[1:] * v[:-1]
    """,
    "products": """
        np.dot(v, v) | v @ v | m @ m.T | m.T @ m | np.dot(m, m.T) | m @ C | C @ m | m @ v
        v @ m | m.T @ v | np.dot(m, v) | C @ v | v @ C | np.outer(v, v) | np.inner(v, v)
        np.matmul(t, m) | t @ np.swapaxes(t, 1, 2) | np.kron(v, v) | np.kron(m, v) | v @ C @ v
        np.einsum('i,j->ij', v, v) | np.einsum('ij,ij->i', m, m) | np.einsum('ij,kj->ik', m, m)
        np.einsum('ii', q) | np.einsum('ij->ji', m) | np.einsum('i,i', v, v)
        np.tensordot(m, m, axes=([0], [0])) | np.tensordot(m, m, 2) | np.tensordot(m, v, axes=1)
        np.einsum('i,ij->j', v, m) | np.einsum('aij,ij->a', t, m) | q @ q | np.sum(m @ m.T)
        np.cross(v, v * v) | np.convolve(v, v, 'full') | np.vdot(m, m) | np.trace(m @ m.T)
        (m @ v) * (m @ v) | np.correlate(v, v) | np.polyval(v, s)
        np.einsum('...j,j->...', r, v) | np.dot(C, m) | (C @ m.T).T
        np.linalg.multi_dot([m, m.T, m]) | np.vander(v, 3)
    """,
    "linear algebra": """
        np.linalg.inv(P) | np.linalg.det(P) | np.linalg.slogdet(P)[1] | np.linalg.cholesky(P)
        np.linalg.eigh(P)[0] | np.linalg.solve(P, m) | np.linalg.solve(P, v)
        np.linalg.inv(P) @ v | v @ np.linalg.solve(P, v) | np.linalg.eigvalsh(P)
        np.log(np.linalg.det(P)) | np.linalg.svd(m, compute_uv=False) | np.linalg.norm(m, 'nuc')
        np.linalg.matrix_power(q, 3) | np.linalg.pinv(m) | np.linalg.inv(np.stack([P, c * P]))
        np.linalg.solve(np.stack([P, P]), np.stack([m, m])) | np.linalg.qr(P)[1]
        np.linalg.inv(P).T @ q | np.linalg.solve(P.T, q) | np.trace(np.linalg.inv(P))
        np.linalg.cholesky(P) @ v | np.linalg.det(np.stack([P, P]))
        np.linalg.norm(q, 2) | np.linalg.lstsq(P, v)[0] | np.linalg.cond(P)
    """,
}  # fmt: skip
TEMPLATES = {
    kind: [one.strip() for one in text.replace("\n", "|").split("|") if one.strip()]
    for kind, text in EXPRESSIONS.items()
}
#: Lines around expressions: E an expression, F another, n the new variable, B a condition.
STATEMENTS = """
n = E
n = E;n += F
n = E * 1.0;n *= c;n -= F
if B:; n = E;else:; n = F
if B:; n = E;elif B:; n = F;else:; n = E - F
n = F;for j in range(3):; n = n * c + np.sin(n) * j
n = E;while np.sum(n ** 2) > 2.0:; n = 0.5 * n
n = 0.0;for j in range(len(r)):; n = n + r[j] * np.cos(n)
n = s;for j in range(v.size):; if v[j] > n:;  n = v[j] * c; else:;  n = n + v[j] ** 2
n = [r[j] * c for j in range(len(r))];n = np.stack(n[::-1])
n = sum(a * a for a in r)
n = np.stack([np.sum(a) for a in r] + [s])
g = lambda a, b: np.tanh(a) * b + a;n = g(E, F)
n = np.array([s, v[0] * s, c])
n = np.array([[s, c], [v[0], s * s]]) @ np.array([c, s])
n = np.array([np.sum(E), s]);n = n[::-1] * c
n = [0.0] * 3;n[0], n[2] = s, v[0] * s;n = np.stack([a + v[-1] for a in n])
n = s;for a in v:; n = a + n / (1.0 + a * a)
n = v[int(np.argmax(v))] * E
n = max(v) * min(v) + E
for a, b in zip(r, reversed(range(len(r)))):; n = a * b + F
n = E if B else F
n = {'a': E, 'b': (F,)};n = n['a'] + n['b'][0]
n = np.stack(sorted(v)) * c
"""  # fmt: skip

CONDITIONS = [
    "np.sum(x) > c", "s < 0", "np.all(x > y)", "0 < s < c", "np.any(x > c)", "v[0] > v[-1]",
    "np.linalg.norm(x) < c", "not np.mean(x) > 0",
]  # fmt: skip
SHAPES = ["(-1,)", "(1, -1)", "(-1, 1)", "(2, -1)", "(-1, 3)", "()", "(3, 1, -1)"]
PLACES = ["[0, 1]", "[1, 0, 1]", "[-1, 0]", "np.array([0, 0, 1])", "[[0, 1], [1, 0]]"]
OF_SLICES = ["{a}", "{a}:", ":{b}", "::2", "::-1", ":", "None", "{a}:{b}", "-1"]


class Program:
    """A text that defines `outputs`, of several arrays, and `scalar`, of them; and points."""

    def __init__(self, seed: int, source: str, captured: dict[str, Any], shapes: list[Any]) -> None:
        self.seed, self.source, self.captured, self.shapes = seed, source, captured, shapes
        self.points: list[np.ndarray[Any, Any]] = []

    def run(self, np: Any) -> dict[str, Any]:
        """What the text defines, with this module for NumPy."""
        names = {"np": np, **self.captured}
        exec(compile(self.source, f"<program {self.seed}>", "exec"), names)
        return names

    @property
    def size(self) -> int:
        return sum(int(np.prod(shape, dtype=int)) for shape in self.shapes)

    def arrays(self, flat: Any) -> list[Any]:
        """The arguments, from a vector of all their entries."""
        arrays, start = [], 0
        for shape in self.shapes:
            stop = start + int(np.prod(shape, dtype=int))
            arrays.append(flat[start:stop].reshape(shape) if shape else flat[start])
            start = stop
        return arrays

    def arguments(self, flat: Any) -> tuple[Any, ...]:
        """In the structure that the functions take: one by one, or in a dict."""
        arrays = self.arrays(flat)
        if "def outputs(p)" in self.source:
            return ({"a": arrays[0], "b": tuple(arrays[1:])},)
        return tuple(arrays)

    @property
    def argnums(self) -> Any:
        is_one = "def outputs(p)" in self.source or len(self.shapes) == 1
        return 0 if is_one else tuple(range(len(self.shapes)))


class Writer:
    """Grows a program."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.captured = {
            f"C{i}": np.round(self.random.normal(size=shape), 2) + 0.005
            for i, shape in enumerate([(2,), (3,), (3, 1), (2, 3), (3, 3)])
        }
        count = int(self.random.choice([1, 1, 2, 3]))
        shapes = [(), (3,), (4,), (2, 3), (3, 3), (3, 1), (2, 2, 3), (1,), (2, 2)]
        self.shapes = [self.pick(shapes[1:] if not i else shapes) for i in range(count)]
        self.program = Program(seed, "", self.captured, self.shapes)
        points = self.random.normal(size=(POINTS, self.program.size))
        points[1] = points[0] + 0.01 * points[1]
        self.program.points = list(points)
        self.states = []
        for point in points:
            arrays = self.program.arrays(point)
            names = {f"v{i}": array for i, array in enumerate(arrays)}
            self.states.append({"np": np, **self.captured, **names})
        self.names = [f"v{i}" for i in range(count)]
        self.lines: list[str] = []

    def pick(self, choices: Any) -> Any:
        return choices[int(self.random.integers(len(choices)))]

    # What the letters stand for.

    def variable(self, *dimensions: int, is_square: bool = False) -> str:
        """The name of a variable; the latest are the likeliest."""
        found = [
            name for name in self.names
            if not dimensions or np.ndim(self.states[0][name]) in dimensions
            if not is_square or len(set(np.shape(self.states[0][name]))) == 1
        ]  # fmt: skip
        if not found:
            raise LookupError
        return found[-1 - min(int(self.random.geometric(0.3)) - 1, len(found) - 1)]

    def index(self, shape: tuple[int, ...]) -> str:
        parts = []
        for n in shape[: int(self.random.integers(1, len(shape) + 1))]:
            a, b = sorted(int(i) for i in self.random.integers(-n, n + 1, 2))
            parts.append(self.pick(OF_SLICES).format(a=a, b=b))
        if self.random.random() < 0.2:
            parts.insert(int(self.random.integers(len(parts) + 1)), "...")
        return ", ".join(parts)

    def filled(self, template: str, new: str = "") -> str:
        """A template with its letters replaced."""
        words: dict[str, Any] = {
            "x": lambda: self.variable(), "y": lambda: self.variable(),
            "s": lambda: self.variable(0), "v": lambda: self.variable(1),
            "m": lambda: self.variable(2), "t": lambda: self.variable(3),
            "r": lambda: self.variable(1, 2, 3), "z": lambda: self.variable(1, 2, 3),
            "q": lambda: self.variable(2, is_square=True),
            "c": lambda: str(self.pick([0.3, 0.5, 0.75, 1.5, 2.0, 2.5])),
            "C": lambda: self.pick(list(self.captured)), "i": lambda: self.pick(["0", "1", "-1"]),
            "k": lambda: self.pick(["0", "1", "-1"]), "K": lambda: self.pick(["None", "0", "-1"]),
            "E": self.expression, "F": self.expression, "n": lambda: new,
            "B": lambda: self.filled(self.pick(CONDITIONS)),
            "shape": lambda: self.pick(SHAPES), "places": lambda: self.pick(PLACES),
        }  # fmt: skip
        values = {}

        def word(name: str) -> str:
            if name == "P":  # a positive definite matrix
                q = values.setdefault("q", self.variable(2, is_square=True))
                n = np.shape(self.states[0][q])[0]
                return f"({q} @ {q}.T + {n} * np.eye({n}))"
            if name in ("index", "mask"):
                shape = np.shape(self.states[0][values["r"]])
                if name == "index":
                    return self.index(shape)
                return f"np.array({(self.random.random(shape[0]) < 0.6).tolist()})"
            if name not in words:
                return name
            if name in "ciC":
                return str(words[name]())
            return str(values.setdefault(name, words[name]()))

        text, at = "", 0
        while at < len(template):
            if template[at] in "\"'":
                end = template.index(template[at], at + 1) + 1
                text, at = text + template[at:end], end
                continue
            end = at
            while end < len(template) and (template[end].isalnum() or template[end] in "_."):
                end += 1
            name, dot, rest = template[at:end].partition(".")
            is_keyword = template[end : end + 1] == "=" and template[end : end + 2] != "=="
            text += (name if is_keyword else word(name)) + dot + rest if end > at else template[at]
            at = max(end, at + 1)
        return text

    def expression(self) -> str:
        """An expression that NumPy can evaluate at every point."""
        kinds = list(TEMPLATES)
        weights = [0.38, 0.19, 0.22, 0.14, 0.07]
        for _ in range(60):
            kind = kinds[int(self.random.choice(len(kinds), p=weights))]
            try:
                text = self.filled(self.pick(TEMPLATES[kind]))
            except LookupError:
                continue
            if self.are_good(self.values(text)):
                return text
        return self.names[-1]

    # What may stay.

    def values(self, text: str) -> Any:
        try:
            return [eval(text, dict(state)) for state in self.states]
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
            return None

    def are_good(self, values: Any) -> bool:
        """Whether these are real numbers of one shape, neither too large nor too many."""
        if values is None or len({(np.shape(v), type(v)) for v in values}) != 1:
            return False
        if not all(np.asarray(v).dtype == float for v in values):
            return False
        return np.size(values[0]) in range(1, MOST + 1) and all(
            np.all(np.isfinite(v)) and np.max(np.abs(v)) < LARGEST for v in values
        )

    def grow(self) -> None:
        """One more statement, if NumPy agrees."""
        try:
            name = f"v{len(self.names)}"
            is_plain = self.random.random() < 0.6
            statement = "n = E" if is_plain else self.pick(STATEMENTS.split("\n")[1:-1])
            text = self.filled(statement.replace(";", "\n"), name)
            states = [dict(state) for state in self.states]
            for state in states:
                exec(text, state)
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError):
            return
        if self.are_good([state[name] for state in states]):
            self.states = states
            self.names.append(name)
            self.lines += text.split("\n")

    def finish(self) -> Program:
        count = min(len(self.names), int(self.random.integers(1, 4)))
        outputs = [self.names[-1], *(self.variable() for _ in range(count - 1))]
        shape = self.pick(["tuple", "list", "dict", "one"])
        result = {
            "tuple": f"({', '.join(outputs)},)", "list": f"[{', '.join(outputs)}]",
            "dict": "{" + ", ".join(f"'o{i}': {o}" for i, o in enumerate(outputs)) + "}",
            "one": outputs[0],
        }[shape]  # fmt: skip
        given = [f"v{i}" for i in range(len(self.shapes))]
        is_dict = len(given) > 1 and self.random.random() < 0.4
        head = [f"def outputs({'p' if is_dict else ', '.join(given)}):"]
        if is_dict:
            head.append(f"    v0, ({', '.join(given[1:])},) = p['a'], p['b']")
        weights = ("1.0", "0.7", "-0.4")
        terms = [f"np.sum({o} * {c})" for o, c in zip(outputs, weights, strict=False)]
        body = [f"    {line}" for line in self.lines]
        scalar = [head[0].replace("outputs", "scalar"), *head[1:], *body]
        scalar.append(f"    return {' + '.join(terms)} + np.sum({outputs[0]} ** 2)")
        self.program.source = "\n".join([*head, *body, f"    return {result}", "", *scalar, ""])
        return self.program


def write(seed: int) -> Program:
    """The program of a seed."""
    writer = Writer(seed)
    target = int(writer.random.integers(2, 14))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(4 * target):
            writer.grow()
            if len(writer.names) >= target + len(writer.shapes):
                break
        return writer.finish()


def main() -> None:
    """Compare many, and say how many."""
    from tests.tape.test_random_programs import CHECKS, EVERY, Refused, Subject

    parser = argparse.ArgumentParser(prog="python -m tests.tape.random_programs")
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    counts: dict[str, int] = dict.fromkeys(CHECKS, 0)
    made = failed = refused = 0
    began = time.perf_counter()

    def report() -> int:
        total = sum(counts.values())
        print(f"{made} programs, {refused} refused, {total} comparisons, {failed} failed")
        print(", ".join(f"{name} {count}" for name, count in counts.items()))
        print(f"{time.perf_counter() - began:.0f} s", flush=True)
        return int(failed > 0)

    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(report()))
    for seed in range(options.start, options.start + options.seeds):
        program = write(seed)
        made += 1
        try:
            subject = Subject(program)
        except Refused as reason:
            refused += 1
            print(f"seed {seed}: refused: {reason}", flush=True)
            continue
        except Exception as error:
            failed += 1
            print(f"seed {seed}: record: {error!r}\n{program.source}", flush=True)
            continue
        for name, check in CHECKS.items():
            if seed % EVERY.get(name, 1):
                continue
            try:
                counts[name] += check(subject)
            except Exception as error:
                failed += 1
                text = " ".join(repr(error).split())[:600]
                print(f"seed {seed}: {name}: {text}\n{program.source}", flush=True)
    sys.exit(report())


if __name__ == "__main__":
    main()
