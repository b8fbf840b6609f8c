"""fastls.tape.functions.quantiles: calls, values and derivatives, against NumPy."""

import numpy as np

#: Calls, and the shapes of x and y.
CALLS = [
    ("np.median(x)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),), ((0,),)),
    ("np.median(x, keepdims=True)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),)),
    ("np.median(x, 0)", ((3, 4),)),
    ("np.median(x, axis=-1)", ((2, 3, 4),)),
    ("np.median(x, axis=(0, -1))", ((2, 3, 4),)),
    ("np.median(x, axis=(0, -1), keepdims=True)", ((2, 3, 4),)),
    ("np.median(x, axis=())", ((3, 4),)),
    ("np.median(x, axis=2)", ((3, 4),)),
    ("np.median(x, axis=(0, 0))", ((3, 4),)),
    ("np.median(a=x, axis=1)", ((3, 4),)),
    ("np.median(x, axis=0)", ((0, 3),), ((),)),
    ("np.median(x, axis=1)", ((0, 3),)),
    ("np.median(x, axis=np.int64(1))", ((3, 4),)),
    ("np.median(x > 0)", ((3, 4),)),
    ("np.median(x, axis=1.0)", ((3, 4),)),
    ("np.median(x, axis=[0, 1])", ((3, 4),)),
    ("np.nanmedian(x)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),), ((0,),)),
    ("np.nanmedian(x, keepdims=True)", ((6,),), ((3, 4),), ((2, 3, 4),), ((),)),
    ("np.nanmedian(x, 0)", ((3, 4),)),
    ("np.nanmedian(x, axis=-1)", ((2, 3, 4),)),
    ("np.nanmedian(x, axis=(0, -1))", ((2, 3, 4),)),
    ("np.nanmedian(x, axis=(0, -1), keepdims=True)", ((2, 3, 4),)),
    ("np.nanmedian(x, axis=())", ((3, 4),)),
    ("np.nanmedian(x, axis=2)", ((3, 4),)),
    ("np.nanmedian(x, axis=(0, 0))", ((3, 4),)),
    ("np.nanmedian(a=x, axis=1)", ((3, 4),)),
    ("np.nanmedian(x, axis=0)", ((0, 3),), ((),)),
    ("np.nanmedian(x, axis=1)", ((0, 3),)),
    ("np.nanmedian(x, axis=np.int64(1))", ((3, 4),)),
    ("np.nanmedian(x > 0)", ((3, 4),)),
    ("np.nanmedian(x, axis=1.0)", ((3, 4),)),
    ("np.nanmedian(x, axis=[0, 1])", ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="inverted_cdf")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="inverted_cdf")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="inverted_cdf")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="inverted_cdf")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="averaged_inverted_cdf")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="averaged_inverted_cdf")', ((3, 4),)),
    (
        'np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="averaged_inverted_cdf")',
        ((2, 3, 4),),
    ),
    ('np.nanquantile(x, 0.3, axis=0, method="averaged_inverted_cdf")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="closest_observation")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="closest_observation")', ((3, 4),)),
    (
        'np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="closest_observation")',
        ((2, 3, 4),),
    ),
    ('np.nanquantile(x, 0.3, axis=0, method="closest_observation")', ((3, 4),)),
    (
        'np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="interpolated_inverted_cdf")',
        ((6,),),
    ),
    ('np.quantile(x, 0.3, axis=0, method="interpolated_inverted_cdf")', ((3, 4),)),
    (
        "np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, "
        'method="interpolated_inverted_cdf")',
        ((2, 3, 4),),
    ),
    ('np.nanquantile(x, 0.3, axis=0, method="interpolated_inverted_cdf")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="hazen")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="hazen")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="hazen")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="hazen")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="weibull")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="weibull")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="weibull")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="weibull")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="linear")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="linear")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="linear")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="linear")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="median_unbiased")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="median_unbiased")', ((3, 4),)),
    (
        'np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="median_unbiased")',
        ((2, 3, 4),),
    ),
    ('np.nanquantile(x, 0.3, axis=0, method="median_unbiased")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="normal_unbiased")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="normal_unbiased")', ((3, 4),)),
    (
        'np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="normal_unbiased")',
        ((2, 3, 4),),
    ),
    ('np.nanquantile(x, 0.3, axis=0, method="normal_unbiased")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="lower")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="lower")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="lower")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="lower")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="higher")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="higher")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="higher")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="higher")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="midpoint")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="midpoint")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="midpoint")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="midpoint")', ((3, 4),)),
    ('np.quantile(x, [0.0, 0.1, 0.25, 0.5, 0.77, 1.0], method="nearest")', ((6,),)),
    ('np.quantile(x, 0.3, axis=0, method="nearest")', ((3, 4),)),
    ('np.percentile(x, [10, 50], axis=(0, 2), keepdims=True, method="nearest")', ((2, 3, 4),)),
    ('np.nanquantile(x, 0.3, axis=0, method="nearest")', ((3, 4),)),
    ("np.quantile(x, 0.5)", ((3, 4),)),
    ("np.quantile(x, [[0.5, 0.2]], axis=1)", ((3, 4),)),
    ("np.quantile(x, 1.5)", ((6,),)),
    ("np.quantile(x, 0.4)", ((),), ((0,),)),
    ('np.quantile(x, 0.4, None, None, False, "linear", True)', ((3, 4),)),
    ("np.quantile(x, 0.3, axis=-1)", ((2, 3, 4),)),
    ("np.quantile(x, 0.3, axis=(0, -1), keepdims=True)", ((2, 3, 4),)),
    ("np.nanquantile(x, 0.5)", ((3, 4),)),
    ("np.nanquantile(x, [[0.5, 0.2]], axis=1)", ((3, 4),)),
    ("np.nanquantile(x, 1.5)", ((6,),)),
    ("np.nanquantile(x, 0.4)", ((),), ((0,),)),
    ('np.nanquantile(x, 0.4, None, None, False, "linear", True)', ((3, 4),)),
    ("np.nanquantile(x, 0.3, axis=-1)", ((2, 3, 4),)),
    ("np.nanquantile(x, 0.3, axis=(0, -1), keepdims=True)", ((2, 3, 4),)),
    ("np.percentile(x, 50)", ((3, 4),)),
    ("np.percentile(x, [50, 20], 1)", ((3, 4),)),
    ("np.percentile(x, 150)", ((6,),)),
    ("np.nanpercentile(x, 50)", ((3, 4),)),
    ("np.nanpercentile(x, [50, 20], 1)", ((3, 4),)),
    ("np.nanpercentile(x, 150)", ((6,),)),
    ("np.nanmedian(np.where(x > 0.8, np.nan, x))", ((3, 4),)),
    ("np.nanmedian(np.where(x > 0.8, np.nan, x), axis=0)", ((3, 4),)),
    ("np.nanpercentile(np.where(x > 0.8, np.nan, x), 30, axis=1)", ((3, 4),)),
    ("np.median(x, axis=0, overwrite_input=True)", ((3, 4),)),
]

#: Calls that NumPy answers and a tape refuses.
REFUSED = [
    ("np.median([x, 2 * x], axis=0)", ((6,),)),
    ("np.nanmedian([x, 2 * x], axis=0)", ((6,),)),
    ('np.quantile(x, 0.5, weights=np.ones(6), method="inverted_cdf")', ((6,),)),
]

#: Name, function, and the shapes of its arguments.
TABLE = [
    ("median", lambda xp, x: np.median(x), (5,)),
    ("median of an even number", lambda xp, x: np.median(x, axis=1, keepdims=True), (3, 4)),
    ("median over axes", lambda xp, x: np.median(x, axis=(0, 2)), (3, 2, 3)),
    ("quantile", lambda xp, x: np.quantile(x, [0.1, 0.5, 1.0], axis=0), (6, 2)),
    ("percentile", lambda xp, x: np.percentile(x, 30), (6,)),
]


def test_a_call_is_that_of_numpy(call, shapes, agrees):
    agrees(call, shapes)


def test_a_call_is_refused(refused, shapes, refuses):
    refuses(refused, shapes)


def test_values_and_derivatives(row, agrees_in_derivatives):
    agrees_in_derivatives(*row)
