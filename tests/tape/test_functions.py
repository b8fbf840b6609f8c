"""NumPy's functions of arrays on a tape: values, gradients, and what happens when an order changes.

A row of the table is a function of a module that has NumPy's functions, and of arrays of the given
shapes; the module is NumPy for the tape and for central differences, and autograd's for autograd.
"""

import dis
import itertools

import numpy as np
import pytest

from fastls.tape import record
from fastls.tape.trace import FUNCTIONS, METHODS, UFUNCS

IDS = np.array([2, 0, 3, 0])
MASK = np.array([True, False, True, True, False])
GRID = np.linspace(-4.0, 4.0, 7)

#: Name, function, and the shapes of its arguments.
TABLE = [
    # elementwise
    ("clip", lambda xp, x: xp.clip(x, -0.5, 0.7), (7,)),
    ("clip with one end", lambda xp, x: xp.clip(x, 0.1, None), (7,)),
    ("clip by traced ends", lambda xp, x, a: np.clip(x, a - 0.5, a + 0.5), (7,), ()),
    ("nan_to_num", lambda xp, x: xp.nan_to_num(x), (5,)),
    ("round", lambda xp, x: x * xp.round(x, 1), (5,)),
    ("round to tens", lambda xp, x: x * np.round(100 * x, -1), (5,)),
    ("rint", lambda xp, x: x * xp.rint(x), (5,)),
    ("fix", lambda xp, x: x * xp.fix(x), (5,)),
    ("positive", lambda xp, x: np.positive(x), (5,)),
    ("float_power", lambda xp, x: np.float_power(x * x + 1, 1.5), (5,)),
    ("divmod", lambda xp, x: np.divmod(x, 0.7), (5,)),
    ("modf", lambda xp, x: np.modf(3 * x), (5,)),
    ("select", lambda xp, x: np.select([x > 0.5, x > 0], [x**2, x**3], 5.0), (7,)),
    ("piecewise", lambda xp, x: np.piecewise(x, [x > 0], [lambda y: y**2, lambda y: y**3]), (7,)),
    ("isclose", lambda xp, x: np.where(np.isclose(x, x[0]), x, x**2), (5,)),
    ("bitwise_and", lambda xp, x: np.where(np.bitwise_and(x > 0, x < 1), x, x**2), (7,)),
    # reductions and scans
    ("sum", lambda xp, x: xp.sum(x), (3, 4)),
    ("sum over axes", lambda xp, x: xp.sum(x, axis=(0, 2), keepdims=True), (3, 4, 2)),
    ("sum where", lambda xp, x: np.sum(x, axis=0, where=x > 0, initial=2.0), (3, 4)),
    ("mean", lambda xp, x: xp.mean(x, axis=1), (3, 4)),
    ("mean where", lambda xp, x: np.mean(x, axis=1, where=MASK), (3, 5)),
    ("prod", lambda xp, x: xp.prod(x), (5,)),
    ("prod over an axis", lambda xp, x: xp.prod(x, axis=1), (3, 4)),
    ("prod with options", lambda xp, x: np.prod(x, axis=(0, 2), keepdims=True, initial=2.0,
                                                where=x > -0.5), (3, 2, 4)),
    ("var", lambda xp, x: xp.var(x, axis=0, ddof=1), (3, 4)),
    ("var of all", lambda xp, x: xp.var(x), (3, 4)),
    ("var with correction", lambda xp, x: np.var(x, axis=1, correction=1, keepdims=True), (3, 4)),
    ("std", lambda xp, x: xp.std(x, axis=1, keepdims=True), (3, 4)),
    ("max", lambda xp, x: xp.max(x, axis=1), (3, 4)),
    ("max of all", lambda xp, x: xp.max(x), (3, 4)),
    ("max with initial", lambda xp, x: np.max(x, axis=0, initial=0.3, where=x < 0.9), (3, 4)),
    ("min", lambda xp, x: xp.min(x, axis=0, keepdims=True), (3, 4)),
    ("amax", lambda xp, x: np.amax(x), (4,)),
    ("ptp", lambda xp, x: np.ptp(x, axis=1), (3, 4)),
    ("cumsum", lambda xp, x: xp.cumsum(x, axis=1), (3, 4)),
    ("cumsum of all", lambda xp, x: xp.cumsum(x), (3, 4)),
    ("cumprod", lambda xp, x: np.cumprod(x, axis=-1), (3, 5)),
    ("cumprod of all", lambda xp, x: np.cumprod(x), (2, 3)),
    ("nansum", lambda xp, x: np.nansum(x, axis=0), (3, 4)),
    ("nanprod", lambda xp, x: np.nanprod(x, axis=0), (3, 4)),
    ("nanmean", lambda xp, x: np.nanmean(x, axis=1), (3, 4)),
    ("nanvar", lambda xp, x: np.nanvar(x, axis=1, ddof=1), (3, 4)),
    ("nanstd", lambda xp, x: np.nanstd(x), (3, 4)),
    ("nanmax", lambda xp, x: np.nanmax(x, axis=1), (3, 4)),
    ("nanmin", lambda xp, x: np.nanmin(x, keepdims=True), (3, 4)),
    ("nancumsum", lambda xp, x: np.nancumsum(x, axis=1), (3, 4)),
    ("nancumprod", lambda xp, x: np.nancumprod(x), (4,)),
    ("average", lambda xp, x: np.average(x, axis=0), (3, 4)),
    ("average, weighted", lambda xp, x, w: np.average(x, axis=1, weights=w**2), (3, 4), (4,)),
    ("average, returned", lambda xp, x: np.average(x, weights=x**2, returned=True), (3, 4)),
    ("cov", lambda xp, x: np.cov(x), (3, 5)),
    ("cov of two", lambda xp, x, y: np.cov(x, y, bias=True), (5,), (5,)),
    ("corrcoef", lambda xp, x: np.corrcoef(x, rowvar=False), (5, 3)),
    ("median", lambda xp, x: np.median(x), (5,)),
    ("median of an even number", lambda xp, x: np.median(x, axis=1, keepdims=True), (3, 4)),
    ("median over axes", lambda xp, x: np.median(x, axis=(0, 2)), (3, 2, 3)),
    ("quantile", lambda xp, x: np.quantile(x, [0.1, 0.5, 1.0], axis=0), (6, 2)),
    ("percentile", lambda xp, x: np.percentile(x, 30), (6,)),
    ("diff", lambda xp, x: xp.diff(x, axis=0), (4, 3)),
    ("diff twice", lambda xp, x: xp.diff(x, 2), (2, 5)),
    ("diff with ends", lambda xp, x: np.diff(x, prepend=1.0, append=x[:, :1]), (2, 5)),
    ("ediff1d", lambda xp, x: np.ediff1d(x, to_begin=[1.0], to_end=x[:2]), (5,)),
    ("gradient", lambda xp, x: np.gradient(x), (6,)),
    ("gradient, two axes", lambda xp, x: np.gradient(x, 0.5, 2.0), (4, 3)),
    ("gradient, one axis", lambda xp, x: np.gradient(x, axis=1, edge_order=2), (3, 5)),
    ("gradient, uneven", lambda xp, x: np.gradient(x, np.arange(5.0) ** 2, edge_order=2), (5,)),
    ("gradient by traced places", lambda xp, x: np.gradient(x, np.cumsum(x**2)), (5,)),
    ("unwrap", lambda xp, x: np.unwrap(4 * x), (6,)),
    ("unwrap, another period", lambda xp, x: np.unwrap(x, axis=0, period=1.5), (6, 2)),
    ("trapezoid", lambda xp, x: np.trapezoid(x, dx=0.5, axis=0), (4, 3)),
    ("trapezoid by places", lambda xp, y, x: np.trapezoid(y, x), (3, 4), (4,)),
    ("linspace", lambda xp, a, b: np.linspace(a, b, 5, endpoint=False), (2,), ()),
    ("logspace", lambda xp, a: np.logspace(a, 1.0, 4), ()),
    ("geomspace", lambda xp, a: np.geomspace(a**2 + 1, 9.0, 4), ()),
    ("sort", lambda xp, x: xp.sort(x), (6,)),
    ("sort along an axis", lambda xp, x: np.sort(x, axis=0), (4, 3)),
    ("sort of all", lambda xp, x: np.sort(x, axis=None, kind="stable"), (2, 3)),
    ("partition", lambda xp, x: np.sum(np.partition(x, 2)[:3] ** 2), (6,)),
    ("unique", lambda xp, x: np.unique(x), (2, 3)),
    ("all", lambda xp, x: np.where(np.all(x > -1, axis=0), x, x**2), (3, 4)),
    ("any", lambda xp, x: np.where(np.any(x > 1, axis=1, keepdims=True), x, x**2), (3, 4)),
    ("cumulative_sum", lambda xp, x: np.cumulative_sum(x, axis=1, include_initial=True), (2, 3)),
    ("cumulative_prod", lambda xp, x: np.cumulative_prod(x), (4,)),
    # values as places
    ("argmax", lambda xp, x: x[np.argmax(x)], (5,)),
    ("argmax along an axis", lambda xp, x: x[np.arange(3), np.argmax(x, axis=1)], (3, 4)),
    ("argmin", lambda xp, x: np.take_along_axis(x, np.argmin(x, 0, keepdims=True), 0), (3, 4)),
    ("argsort", lambda xp, x: x[np.argsort(x)][:3] * x[:3], (5,)),
    ("argpartition", lambda xp, x: np.sum(x[np.argpartition(x, 2)][:3] ** 2), (6,)),
    ("nanargmax", lambda xp, x: x[np.nanargmax(x)], (5,)),
    ("nanargmin", lambda xp, x: x[np.nanargmin(x)], (5,)),
    ("searchsorted", lambda xp, x: x * np.searchsorted(GRID, x, side="right"), (5,)),
    ("digitize", lambda xp, x: x * np.digitize(x, GRID), (5,)),
    ("nonzero", lambda xp, x: x[np.nonzero(x > 0)] ** 2, (6,)),
    ("where of one", lambda xp, x: x[np.where(x > 0)] ** 2, (6,)),
    ("flatnonzero", lambda xp, x: x[np.flatnonzero(x < 0)] ** 2, (6,)),
    ("argwhere", lambda xp, x: x[np.argwhere(x < 0)], (6,)),
    ("count_nonzero", lambda xp, x: x * np.count_nonzero(x > 0), (6,)),
    ("bincount", lambda xp, x: np.bincount(IDS, x, minlength=6), (4,)),
    ("compress", lambda xp, x: np.compress([True, False, True], x, axis=0), (3, 2)),
    ("extract", lambda xp, x: np.extract(x > 0, x), (3, 2)),
    ("astype as index", lambda xp, x: x[np.abs(x).astype(int)], (5,)),
    # shape
    ("ravel", lambda xp, x: xp.ravel(x), (2, 3)),
    ("ravel in Fortran's order", lambda xp, x: np.ravel(x, order="F"), (2, 3, 2)),
    ("swapaxes", lambda xp, x: xp.swapaxes(x, 0, -1), (2, 3, 4)),
    ("moveaxis", lambda xp, x: xp.moveaxis(x, (0, 1), (-1, 0)), (2, 3, 4)),
    ("rollaxis", lambda xp, x: np.rollaxis(x, 2, 1), (2, 3, 4)),
    ("rollaxis backward", lambda xp, x: np.rollaxis(x, -3, 3), (2, 3, 4)),
    ("transpose", lambda xp, x: xp.transpose(x, (1, 2, 0)), (2, 3, 4)),
    ("expand_dims", lambda xp, x: xp.expand_dims(x, 1), (2, 3)),
    ("squeeze", lambda xp, x: xp.squeeze(x, axis=1), (2, 1, 3)),
    ("reshape", lambda xp, x: xp.reshape(x, (3, -1)), (2, 3)),
    ("roll", lambda xp, x: xp.roll(x, 2), (5,)),
    ("roll of two axes", lambda xp, x: np.roll(x, (1, -1), axis=(0, 1)), (3, 4)),
    ("broadcast_to", lambda xp, x: np.broadcast_to(x, (4, 2, 3)), (2, 3)),
    ("broadcast_arrays", lambda xp, x, y: np.broadcast_arrays(x, y), (3, 1), (4,)),
    ("meshgrid", lambda xp, x, y: np.meshgrid(x, y), (3,), (4,)),
    ("meshgrid, ij", lambda xp, x, y: np.meshgrid(x, y, indexing="ij", sparse=True), (3,), (4,)),
    ("repeat", lambda xp, x: xp.repeat(x, 3, axis=1), (2, 3)),
    ("repeat by numbers", lambda xp, x: np.repeat(x, [1, 0, 2], axis=1), (2, 3)),
    ("tile", lambda xp, x: xp.tile(x, (2, 3)), (2, 3)),
    ("resize", lambda xp, x: np.resize(x, (3, 3)), (2, 2)),
    ("pad", lambda xp, x: xp.pad(x, ((1, 2), (0, 1)), "constant"), (2, 3)),
    ("pad with a constant", lambda xp, x: np.pad(x, 2, constant_values=3.0), (2, 3)),
    ("pad by the edge", lambda xp, x: np.pad(x, 2, mode="edge"), (2, 3)),
    ("pad by reflection", lambda xp, x: np.pad(x, (1, 2), mode="reflect"), (4,)),
    ("pad symmetrically", lambda xp, x: np.pad(x, (3, 2), mode="symmetric"), (4,)),
    ("pad by wrapping", lambda xp, x: np.pad(x, (5, 2), mode="wrap"), (4,)),
    ("flip", lambda xp, x: np.flip(x, axis=(0, 2)), (2, 3, 2)),
    ("flipud", lambda xp, x: xp.flipud(x), (2, 3)),
    ("fliplr", lambda xp, x: xp.fliplr(x), (2, 3)),
    ("rot90", lambda xp, x: xp.rot90(x), (2, 3)),
    ("rot90 thrice", lambda xp, x: xp.rot90(x, 3), (2, 3)),
    ("concatenate", lambda xp, x, y: xp.concatenate([x, y], axis=1), (2, 3), (2, 1)),
    ("stack", lambda xp, x, y: xp.stack([x, y], axis=1), (2, 3), (2, 3)),
    ("hstack", lambda xp, x, y: xp.hstack([x, y]), (2,), (3,)),
    ("hstack of matrices", lambda xp, x, y: xp.hstack([x, y]), (2, 2), (2, 3)),
    ("vstack", lambda xp, x, y: xp.vstack([x, y]), (3,), (2, 3)),
    ("dstack", lambda xp, x, y: np.dstack([x, y]), (2, 3), (2, 3)),
    ("column_stack", lambda xp, x, y: xp.column_stack([x, y]), (3,), (3, 2)),
    ("append", lambda xp, x, y: xp.append(x, y), (2, 2), (3,)),
    ("append along an axis", lambda xp, x, y: np.append(x, y, axis=0), (2, 2), (1, 2)),
    ("atleast_1d", lambda xp, x: xp.atleast_1d(x), ()),
    ("atleast_2d", lambda xp, x: xp.atleast_2d(x), (3,)),
    ("atleast_3d", lambda xp, x: xp.atleast_3d(x), (2, 3)),
    ("split", lambda xp, x: np.split(x, 3, axis=1), (2, 6)),
    ("array_split", lambda xp, x: np.array_split(x, 3), (7,)),
    ("split at places", lambda xp, x: np.split(x, [1, 4]), (7,)),
    ("hsplit", lambda xp, x: np.hsplit(x, 2), (3, 4)),
    ("vsplit", lambda xp, x: np.vsplit(x, 2), (4, 3)),
    ("dsplit", lambda xp, x: np.dsplit(x, 2), (2, 1, 4)),
    ("diag of a vector", lambda xp, x: xp.diag(x, 1), (3,)),
    ("diag of a matrix", lambda xp, x: xp.diag(x, -1), (3, 4)),
    ("diagflat", lambda xp, x: np.diagflat(x, -2), (2, 2)),
    ("diagonal", lambda xp, x: np.diagonal(x, 1, 2, 0), (3, 2, 3)),
    ("tril", lambda xp, x: xp.tril(x, -1), (3, 4)),
    ("triu", lambda xp, x: xp.triu(x), (2, 3, 3)),
    ("take", lambda xp, x: np.take(x, [[2, 0], [1, 1]], axis=0), (3, 2)),
    ("take, wrapping", lambda xp, x: np.take(x, [7, -9], mode="wrap"), (3, 2)),
    ("take_along_axis", lambda xp, x: np.take_along_axis(x, IDS[:, None], 1), (4, 4)),
    ("delete", lambda xp, x: np.delete(x, [1, -1], axis=0), (4, 2)),
    ("insert", lambda xp, x, y: np.insert(x, [1, 3], y), (4,), (2,)),
    ("insert a row", lambda xp, x: np.insert(x, 1, 5.0, axis=0), (2, 3)),
    ("block", lambda xp, x, y: np.block([[x, np.eye(2)], [np.zeros((1, 2)), y]]), (2, 2), (1, 2)),
    ("astype", lambda xp, x: (x > 0).astype(float) * x.astype(float), (5,)),
    ("copy", lambda xp, x: np.copy(x), (5,)),
    ("asarray with like", lambda xp, x: np.asarray([x[0], 2.0], like=x), (3,)),
    ("zeros with like", lambda xp, x: np.zeros(3, like=x) + x, (3,)),
    ("ones with like", lambda xp, x: np.ones((2, 3), like=x) * x, (3,)),
    ("eye with like", lambda xp, x: np.eye(3, like=x) @ x, (3,)),
    ("full with like", lambda xp, x: np.full((2, 2), x[0], like=x), (3,)),
    ("zeros_like", lambda xp, x: np.zeros_like(x) + np.ones_like(x) * x, (3,)),
    ("full_like", lambda xp, x: np.full_like(x, x[0, 1]), (2, 3)),
    ("sliding_window_view", lambda xp, x: np.lib.stride_tricks.sliding_window_view(x, 3), (5,)),
    # indexing
    ("x[i]", lambda xp, x: x[1], (3, 4)),
    ("x[i, j]", lambda xp, x: x[1, -1], (3, 4)),
    ("x[a:b:c]", lambda xp, x: x[1:7:3], (8,)),
    ("x[::-1]", lambda xp, x: x[::-1], (5,)),
    ("x[4:0:-2, ::-1]", lambda xp, x: x[4:0:-2, ::-1], (5, 2)),
    ("x beyond the end", lambda xp, x: x[-10::-1], (5,)),
    ("x[..., None, 0]", lambda xp, x: x[..., None, 0], (2, 3)),
    ("x[None, ::2, None]", lambda xp, x: x[None, ::2, None], (5,)),
    ("x[ids]", lambda xp, x: x[IDS], (4, 2)),
    ("x[ids, :, ids]", lambda xp, x: x[IDS, :, IDS], (4, 2, 4)),
    ("x[None, ids, 1:]", lambda xp, x: x[None, IDS, 1:], (4, 3)),
    ("x[list]", lambda xp, x: x[[0, -1, 0]], (4,)),
    ("x[mask]", lambda xp, x: x[MASK], (5, 2)),
    ("x[mask, i]", lambda xp, x: x[MASK, 1], (5, 2)),
    ("x[x > 0]", lambda xp, x: x[x > 0] ** 2, (3, 4)),
    ("x[ix_]", lambda xp, x: x[np.ix_([0, 2], [1, 1, 0])], (3, 2)),
    ("iteration", lambda xp, x: sum(row * (i + 1) for i, row in enumerate(x)), (3, 2)),
    # products
    ("dot", lambda xp, x, y: xp.dot(x, y), (2, 3), (3, 2)),
    ("dot of vectors", lambda xp, x, y: xp.dot(x, y), (3,), (3,)),
    ("dot of more axes", lambda xp, x, y: xp.dot(x, y), (2, 3), (2, 3, 4)),
    ("vdot", lambda xp, x, y: np.vdot(x, y), (2, 3), (3, 2)),
    ("inner", lambda xp, x, y: xp.inner(x, y), (2, 3), (4, 3)),
    ("outer", lambda xp, x, y: xp.outer(x, y), (2, 2), (3,)),
    ("tensordot", lambda xp, x, y: xp.tensordot(x, y, axes=([0, 2], [1, 0])), (2, 3, 4), (4, 2)),
    ("tensordot of none", lambda xp, x, y: np.tensordot(x, y, axes=0), (2,), (3,)),
    ("trace", lambda xp, x: xp.trace(x, 1), (3, 4)),
    ("kron", lambda xp, x, y: xp.kron(x, y), (2, 3), (2, 2)),
    ("kron of other ranks", lambda xp, x, y: np.kron(x, y), (3,), (2, 2)),
    ("cross", lambda xp, x, y: np.cross(x, y), (4, 3), (3,)),
    ("cross along an axis", lambda xp, x, y: np.cross(x, y, axis=0), (3, 2), (3, 2)),
    ("vecdot", lambda xp, x, y: np.vecdot(x, y), (4, 3), (3,)),
    ("vecdot along an axis", lambda xp, x, y: np.vecdot(x, y, axis=0), (3, 4), (3, 4)),
    ("convolve", lambda xp, x, y: np.convolve(x, y), (5,), (3,)),
    ("convolve, same", lambda xp, x, y: np.convolve(x, y, "same"), (3,), (6,)),
    ("convolve, valid", lambda xp, x, y: np.convolve(x, y, "valid"), (5,), (2,)),
    ("correlate", lambda xp, x, y: np.correlate(x, y), (5,), (3,)),
    ("correlate, short first", lambda xp, x, y: np.correlate(x, y, "same"), (3,), (6,)),
    ("correlate, same", lambda xp, x, y: np.correlate(x, y, "same"), (5,), (4,)),
    ("correlate, full", lambda xp, x, y: np.correlate(x, y, "full"), (2,), (5,)),
    ("polyval", lambda xp, p, x: np.polyval(p, x), (4,), (2, 3)),
    ("polyadd", lambda xp, p, q: np.polyadd(p, q), (4,), (2,)),
    ("polysub", lambda xp, p, q: np.polysub(p, q), (2,), (3,)),
    ("polymul", lambda xp, p, q: np.polymul(p, q), (2,), (3,)),
    ("polyder", lambda xp, p: np.polyder(p, 2), (4,)),
    ("vander", lambda xp, x: np.vander(x, 4), (3,)),
    ("vander, increasing", lambda xp, x: np.vander(x, increasing=True), (3,)),
    ("interp", lambda xp, x, fp: np.interp(x, GRID, fp), (5,), (7,)),
    ("interp by traced knots", lambda xp, x, h, fp: np.interp(x, np.cumsum(h**2) - 3, fp), (5,),
     (6,), (6,)),
    ("interp with ends", lambda xp, x: np.interp(4 * x, GRID, GRID**2, left=-1.0, right=2.0), (9,)),
    ("interp, periodic", lambda xp, x, fp: np.interp(x, [0.1, 2.0, 1.2], fp, period=2.5), (5,),
     (3,)),
    # methods of arrays
    ("x.prod, x.std, x.max", lambda xp, x: [x.prod(1), x.std(0, ddof=1), x.max(axis=1)], (3, 4)),
    ("x.round, x.clip, x.repeat", lambda xp, x: [x * x.round(1), x.clip(0, 1), x.repeat(2)], (3,)),
    ("x.take, x.trace, x.diagonal", lambda xp, x: [x.take([0, 2], 1), x.trace(), x.diagonal()],
     (3, 4)),
    ("x.argmax, x.nonzero", lambda xp, x: [x[x.argmax()], x[(x > 0).nonzero()]], (6,)),
    # truth values: as numbers, moved about, and none of them
    ("sum of truth values", lambda xp, x: x * np.sum(x > 0, axis=0), (3, 4)),
    ("sum of some", lambda xp, x: x * np.sum(np.reshape(x > 0, (4, 3))[::2]), (3, 4)),
    ("mean and max of them", lambda xp, x: x * np.mean(x > 0) * np.max(x > 0, axis=0), (3, 4)),
    ("where picked ones hold", lambda xp, x: np.where((x > 0)[IDS], x, x**2), (4,)),
    ("reductions of nothing", lambda xp, x: [np.prod(x[:0], axis=0), np.sum(x[:, :0], axis=1)],
     (3, 4)),
    # methods of ufuncs
    ("add.reduce", lambda xp, x: np.add.reduce(x), (3, 4)),
    ("add.accumulate", lambda xp, x: np.add.accumulate(x, axis=1), (3, 4)),
    ("multiply.reduce", lambda xp, x: np.multiply.reduce(x, axis=1, keepdims=True), (3, 4)),
    ("multiply.accumulate", lambda xp, x: np.multiply.accumulate(x), (3, 4)),
    ("maximum.reduce", lambda xp, x: np.maximum.reduce(x, axis=1), (3, 4)),
    ("minimum.accumulate", lambda xp, x: np.minimum.accumulate(x, axis=1), (3, 7)),
    ("logaddexp.reduce", lambda xp, x: np.logaddexp.reduce(x, axis=0), (5, 2)),
    ("hypot.reduce", lambda xp, x: np.hypot.reduce(x), (5,)),
    ("logical_and.reduce", lambda xp, x: np.where(np.logical_and.reduce(x > -9), x, 0.0), (5,)),
    ("multiply.outer", lambda xp, x, y: np.multiply.outer(x, y), (2, 2), (3,)),
    ("subtract.outer", lambda xp, x, y: np.subtract.outer(x, y), (3,), (3,)),
    ("arctan2.outer", lambda xp, x, y: np.arctan2.outer(x, y), (3,), (2, 2)),
]  # fmt: skip

if hasattr(np, "matvec"):
    TABLE += [
        ("matvec", lambda xp, x, y: np.matvec(x, y), (2, 4, 3), (2, 3)),
        ("vecmat", lambda xp, x, y: np.vecmat(x, y), (3,), (2, 3, 4)),
        ("unstack", lambda xp, x: np.unstack(x, axis=1), (2, 3)),
    ]

#: Einstein's sums: the subscripts and the shapes of the operands.
EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ba,bc", (2, 3), (2, 4)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 2)), ("i,i->", (3,), (3,)), ("i,i", (3,), (3,)),
    ("ij,j->i", (2, 3), (3,)), ("ij,ij->", (2, 3), (2, 3)), ("ij,ij->j", (2, 3), (2, 3)),
    ("i,j->ij", (2,), (3,)), ("i,j->ji", (2,), (3,)), ("ij->ji", (2, 3)), ("ba", (2, 3)),
    ("ij->", (2, 3)), ("ij->j", (2, 3)), ("ii->i", (3, 3)), ("ii", (3, 3)), ("ii->", (3, 3)),
    ("iij->ji", (3, 3, 2)), ("iji,j->i", (3, 2, 3), (2,)), ("i,i->i", (3,), (3,)),
    ("...ij,...jk->...ik", (2, 3, 4), (4, 2)), ("...i,i", (2, 2, 3), (3,)),
    ("...ii->...i", (2, 3, 3)), ("i...->...", (3, 2)), ("i...j,j...->i...", (2, 3, 4), (4, 3)),
    ("...,...", (1, 3), (2, 1)), ("b...,b", (2, 3), (2,)), (" i j , j -> i ", (2, 3), (3,)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)), ("i,ij,j->", (2,), (2, 3), (3,)),
    ("ij,kj,lj->ikl", (2, 3), (2, 3), (4, 3)), ("i,i,i->i", (3,), (3,), (3,)),
    ("abcd,ac,bd->", (2, 3, 2, 2), (2, 2), (3, 2)), ("i,j,k", (2,), (3,), (2,)),
    ("abc,cd,bde->ae", (2, 3, 4), (4, 2), (3, 2, 2)), ("ij,k->k", (2, 3), (2,)),
    ("ij,jk->ik", (2, 1), (3, 4)), (",i->i", (), (3,)),
    ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 2, 4)),
]  # fmt: skip


def einsum_row(subscripts, *shapes):
    return (
        f"einsum {subscripts} {shapes}",
        lambda xp, *arrays: xp.einsum(subscripts, *arrays),
        *shapes,
    )


TABLE += [einsum_row(*row) for row in EINSUMS]


def uses_module(function):
    return any(step.argval == "xp" for step in dis.get_instructions(function))


def parametrised(table):
    return pytest.mark.parametrize(
        ("function", "shapes"), [pytest.param(f, shapes, id=name) for name, f, *shapes in table]
    )


rows = parametrised(TABLE)
rows_of_autograd = parametrised([row for row in TABLE if uses_module(row[1])])


def drawn(shapes, seed=0):
    generator = np.random.default_rng(seed)
    return [generator.normal(size=shape) if shape else generator.normal() for shape in shapes]


def leaves(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


def weighted(function, module, arrays):
    """A number in which all entries of what the function returns count, and differently."""
    total = 0.0
    for i, y in enumerate(leaves(function(module, *arrays))):
        weights = np.random.default_rng(i + 100).normal(size=np.shape(y))
        total = total + np.sum(weights * y) if module is np else total + module.sum(weights * y)
    return total


def slope(function, arrays, directions, step=1e-6):
    ahead = [x + step * d for x, d in zip(arrays, directions, strict=True)]
    behind = [x - step * d for x, d in zip(arrays, directions, strict=True)]
    return (function(*ahead) - function(*behind)) / (2 * step)


@rows
def test_value_is_that_of_numpy(function, shapes):
    tape = record(lambda *arrays: function(np, *arrays), *drawn(shapes))
    for seed in (0, 1):  # where it was recorded, and elsewhere
        arrays = drawn(shapes, seed)
        for y, expected in zip(leaves(tape(*arrays)), leaves(function(np, *arrays)), strict=True):
            assert np.shape(y) == np.shape(expected)
            np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-14)


@rows
def test_gradient_is_that_of_central_differences(function, shapes):
    def objective(*arrays):
        return weighted(function, np, arrays)

    tape = record(objective, *drawn(shapes), argnums=tuple(range(len(shapes))))
    for seed in (0, 1):
        arrays, directions = drawn(shapes, seed), drawn(shapes, seed + 10)
        gradient = tape.grad(*arrays)
        found = sum(np.sum(g * d) for g, d in zip(gradient, directions, strict=True))
        assert found == pytest.approx(slope(objective, arrays, directions), rel=1e-6, abs=1e-7)


@rows
def test_hessian_is_that_of_differences_of_gradients(function, shapes):
    arrays, directions, others = (drawn(shapes, seed) for seed in (0, 5, 6))
    tape = record(
        lambda *arrays: weighted(function, np, arrays), *arrays, argnums=tuple(range(len(shapes)))
    )

    def along(*arrays):
        return sum(np.sum(g * d) for g, d in zip(tape.grad(*arrays), others, strict=True))

    product = tape.hvp(*arrays, tuple(directions))
    found = sum(np.sum(h * d) for h, d in zip(product, others, strict=True))
    assert found == pytest.approx(slope(along, arrays, directions), rel=1e-5, abs=1e-6)


@rows_of_autograd
def test_gradient_is_that_of_autograd(function, shapes):
    module = pytest.importorskip("autograd.numpy")
    autograd = pytest.importorskip("autograd")
    arrays, argnums = drawn(shapes), tuple(range(len(shapes)))
    try:
        expected = autograd.grad(lambda *a: weighted(function, module, a), argnums)(*arrays)
    except Exception as error:
        pytest.skip(f"autograd has no such function: {error!r}"[:90])
    tape = record(lambda *a: weighted(function, np, a), *arrays, argnums=argnums)
    for g, e in zip(tape.grad(*arrays), expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [(row[0], row[1:]) for row in EINSUMS[:8] if row[0].count(",") == 1] + [
        ("bij,bjk->bik", ((2, 3, 4), (2, 4, 2))), ("ij,kj->ik", ((2, 3), (4, 3))),
        ("i,ij,j->", ((2,), (2, 3), (3,))),
    ],
)  # fmt: skip
def test_einsum_is_a_product_of_matrices(subscripts, shapes):
    tape = record(lambda *arrays: np.einsum(subscripts, *arrays), *drawn(shapes))
    drawing = tape.to_dot()
    assert "matmul" in drawing
    assert not any(name in drawing for name in ("multiply", "sum", "gather"))


# Where a zero, a NaN or a tie is.


@pytest.mark.parametrize("zeros", [[], [1], [1, 3], [0, 1, 4]])
@pytest.mark.parametrize(
    "product", [np.prod, lambda x: np.cumprod(x)[-1], np.multiply.reduce], ids=["prod", "cumprod",
                                                                             "multiply.reduce"]
)  # fmt: skip
def test_prod_of_zeros_has_the_product_of_the_others_as_gradient(product, zeros):
    x = np.array([2.0, 3.0, -1.5, 0.5, 4.0])
    x[zeros] = 0.0
    tape = record(product, x)
    others = [np.prod(np.delete(x, i)) for i in range(5)]
    without_two = [[np.prod(np.delete(x, [i, j])) * (i != j) for j in range(5)] for i in range(5)]
    np.testing.assert_allclose(tape.grad(x), others, rtol=1e-14)
    np.testing.assert_allclose(tape.hessian(x), without_two, rtol=1e-14)


def test_nan_takes_no_part_in_nan_functions():
    x = np.array([1.0, np.nan, 3.0])
    for function, gradient in [
        (np.nansum, [1, 0, 1]), (np.nanmean, [0.5, 0, 0.5]), (np.nanprod, [3, 0, 1]),
        (np.nanmax, [0, 0, 1]), (np.nanmin, [1, 0, 0]), (np.nanvar, [-1, 0, 1]),
        (lambda x: np.sum(np.nan_to_num(x, nan=5.0)), [1, 0, 1]),
    ]:  # fmt: skip
        tape = record(function, np.ones(3))
        assert tape(x) == pytest.approx(function(x))
        np.testing.assert_allclose(tape.grad(x), gradient)


def test_extrema_share_where_entries_are_equal():
    x = np.array([2.0, 1.0, 2.0, 1.0])
    np.testing.assert_array_equal(record(np.max, x).grad(x), [0.5, 0, 0.5, 0])
    np.testing.assert_array_equal(record(np.min, x).grad(x), [0, 0.5, 0, 0.5])


def test_clip_has_slope_zero_on_its_ends():
    x = np.array([0.0, 0.5, 1.0])
    np.testing.assert_array_equal(record(lambda x: np.sum(np.clip(x, 0, 1)), x).grad(x), [0, 1, 0])


def test_sort_is_stable_where_a_tie_arises_later():
    tape = record(lambda x: np.sort(x) @ np.array([1.0, 10.0, 100.0]), np.array([3.0, 2.0, 1.0]))
    np.testing.assert_array_equal(tape.grad(np.ones(3)), [1.0, 10.0, 100.0])


@pytest.mark.parametrize(
    "function",
    [
        lambda x, a: np.convolve(a, x), lambda x, a: np.interp(x, a, a),
        lambda x, a: np.kron(a, x), lambda x, a: x * np.searchsorted(a, x),
        lambda x, a: np.insert(x, 1, a), lambda x, a: np.average(x, weights=a),
        lambda x, a: np.clip(x, None, a),
    ],
    ids=["convolve", "interp", "kron", "searchsorted", "insert", "average", "clip"],
)  # fmt: skip
def test_an_array_that_is_changed_in_place_is_seen(function):
    a, x = np.array([1.0, 2.0, 3.0]), np.array([2.5, 0.5, 1.5])
    tape = record(lambda x: function(x, a), x)
    a[:] = [0.1, 0.4, 0.7]
    np.testing.assert_allclose(tape(x), function(x, a), rtol=1e-14)


# Guards: what is recorded again, and what is not.

GUARDED = {
    "sort": np.sort,
    "argsort": lambda x: x[np.argsort(x)] * x,
    "partition": lambda x: np.partition(x, 2)[2] * x,
    "median": lambda x: np.median(x) * x,
    "quantile": lambda x: np.quantile(x, 0.3) * x,
    "argmax": lambda x: x * np.argmax(x),
    "argmin": lambda x: x * np.argmin(x),
    "x[x > 0]": lambda x: np.sum(x[x > 0]) * x,
    "nonzero": lambda x: np.sum(np.nonzero(x > 0)[0]) * x,
    "count_nonzero": lambda x: np.count_nonzero(x > 0) * x,
    "searchsorted": lambda x: np.searchsorted(GRID, x) * x,
    "searchsorted in traced": lambda x: np.searchsorted(np.sort(x), 0.1) * x,
    "interp": lambda x: np.interp(x, GRID, np.sin(GRID)),
    "if all": lambda x: x if np.all(x > -0.5) else x**2,
    "if any": lambda x: x if np.any(x > 1) else x**2,
    "if allclose": lambda x: x if np.allclose(x, x[::-1]) else x**2,
    "if array_equal": lambda x: x if np.array_equal(x, np.abs(x)) else x**2,
    "astype(int)": lambda x: x * (3 * x).astype(int),
    "unique": lambda x: np.sum(np.unique(np.round(x))) * x,
}


@pytest.mark.parametrize("function", GUARDED.values(), ids=GUARDED)
def test_a_tape_records_again_when_values_are_in_another_order(function):
    generator = np.random.default_rng(3)
    tape = record(function, generator.normal(size=6))
    for x in [*generator.normal(size=(20, 6)), np.zeros(6), np.ones(6), -np.ones(6)]:
        np.testing.assert_allclose(tape(x), function(x), rtol=1e-12, atol=1e-14)


def count_recordings(function, points):
    calls = itertools.count()

    def counted(x):
        next(calls)
        return function(x)

    tape = record(counted, points[0])
    for x in points:
        tape(x)
    return next(calls)


@pytest.mark.parametrize(
    "function",
    [
        np.sort,
        lambda x: x * np.argmax(x),
        lambda x: x[x > 0],
        np.median,
        lambda x: x[np.argsort(x)],
    ],
    ids=["sort", "argmax", "mask", "median", "argsort"],
)
def test_a_tape_is_not_recorded_again_while_the_order_is_the_same(function):
    x = np.array([0.3, -1.0, 2.0, 1.0])
    assert count_recordings(function, [x, x * 2, x**3, x + 0.1]) == 1
    assert count_recordings(function, [x, -x, x, -x]) == 2


@pytest.mark.parametrize("function", [np.sort, np.median, lambda x: x * np.argmax(x)],
                         ids=["sort", "median", "argmax"])  # fmt: skip
def test_a_nan_that_comes_or_goes_is_seen(function):
    clean, spoilt = np.array([3.0, 1.0, 2.0]), np.array([3.0, np.nan, 2.0])
    for first, second in [(clean, spoilt), (spoilt, clean)]:
        np.testing.assert_array_equal(record(function, first)(second), function(second))


# What cannot be recorded says so.

REFUSED = {
    "out": lambda x: np.sum(x, out=np.zeros(())),
    "dtype": lambda x: np.sum(x, dtype=np.float32),
    "mode": lambda x: np.pad(x, 1, mode="linear_ramp"),
    "lists of labels": lambda x: np.einsum(x, [0], x, [0]),
    "fill_diagonal": lambda x: np.fill_diagonal(np.outer(x, x), 0.0),
    "copyto": lambda x: np.copyto(np.zeros(3), x),
    "add.at": lambda x: np.add.at(np.zeros(3), [0, 1, 2], x),
    "method": lambda x: np.quantile(x, 0.5, method="hazen"),
    "weights": lambda x: np.quantile(x, 0.5, weights=np.ones(3), method="inverted_cdf"),
    "bitwise_and": lambda x: np.bitwise_and(x, 1),
}


@pytest.mark.parametrize(("name", "function"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_be_recorded_is_named(name, function):
    with pytest.raises(TypeError, match=name):
        record(function, np.ones(3))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: np.einsum("ij", x), lambda x: np.einsum("i,i", x),
        lambda x: np.einsum("i->ii", x), lambda x: np.einsum("i->j", x),
        lambda x: np.split(x, 2), lambda x: np.stack([x, x[:1]]),
        lambda x: np.convolve(x, x, "half"), lambda x: np.diff(x, -1),
    ],
    ids=["rank", "operands", "twice", "unknown", "split", "stack", "mode", "order"],
)  # fmt: skip
def test_what_numpy_refuses_is_refused(function):
    with pytest.raises(ValueError, match=r"\w"):
        function(np.ones(3))
    with pytest.raises(ValueError, match=r"\w"):
        record(function, np.ones(3))


# What users of autograd expect; linear algebra and special functions have tests of their own.

EXPECTED = [
    "add", "subtract", "multiply", "divide", "power", "mod", "remainder", "negative", "abs",
    "fabs", "reciprocal", "square", "sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2",
    "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh",
    "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "sinc", "hypot", "logaddexp", "logaddexp2",
    "maximum", "minimum", "fmax", "fmin", "clip", "where", "nan_to_num", "deg2rad", "rad2deg",
    "positive", "float_power", "copysign", "sum", "mean", "prod", "var", "std", "max", "min",
    "cumsum", "cumprod", "diff", "gradient", "sort", "partition", "median", "nansum", "nanmean",
    "average", "trapezoid", "reshape", "ravel", "transpose", "swapaxes", "moveaxis", "roll",
    "squeeze", "expand_dims", "broadcast_to", "repeat", "tile", "pad", "flip", "flipud", "fliplr",
    "rot90", "concatenate", "stack", "hstack", "vstack", "column_stack", "append", "atleast_1d",
    "atleast_2d", "atleast_3d", "split", "array_split", "diag", "diagonal", "tril", "triu",
    "astype", "take", "take_along_axis", "delete", "insert", "block", "dot", "matmul", "inner",
    "outer", "vdot", "vecdot", "matvec", "tensordot", "kron", "cross", "einsum", "trace",
    "convolve", "polyval", "interp", "vander", "floor", "ceil", "round", "rint", "trunc", "sign",
    "less", "greater", "equal", "argmax", "argmin", "argsort", "nonzero", "searchsorted",
]  # fmt: skip


def test_every_function_that_autograd_differentiates_is_there():
    functions = {name: getattr(np, name) for name in EXPECTED if hasattr(np, name)}
    missing = [name for name, f in functions.items() if f not in FUNCTIONS and f not in UFUNCS]
    assert set(missing) <= {"sinc"}  # which has a rule of its own, beside special functions


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.minimum, np.logaddexp])
def test_ufuncs_have_their_methods(ufunc):
    assert {method for f, method in METHODS if f is ufunc} >= {"reduce", "accumulate", "outer"}
