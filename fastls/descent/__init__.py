"""Descent methods: a direction and a step, until the gradient is small.

Examples
--------
>>> import fastls
>>> method = fastls.descent.LBFGS(memory=5, search=fastls.HagerZhang())
>>> fastls.minimize(lambda x: (x - 1) @ (x - 1), [3.0, 4.0], method=method).x
array([1., 1.])
"""

from fastls.descent.conjugate_gradient import ConjugateGradient
from fastls.descent.gradient_descent import GradientDescent
from fastls.descent.lbfgs import LBFGS
from fastls.descent.minimize import minimize
from fastls.descent.minimum import Minimum
from fastls.descent.newton_cg import NewtonCG

__all__ = ["LBFGS", "ConjugateGradient", "GradientDescent", "Minimum", "NewtonCG", "minimize"]
