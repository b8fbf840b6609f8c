"""When a step is good enough: the conditions as objects.

The algebra stands in ``conditions.pxd``, inline, so that every search compiles it into its loop.
"""

from libc.math cimport NAN, fmax

from fastls.oracle.oracle cimport as_real
from fastls.search.driver cimport origin_t


cdef double in_range(object value, str name, double low, double high, str allowed) except? -1.0:
    cdef double number = as_real(value, name)
    if not low < number < high:
        raise ValueError(f"{name} must satisfy {allowed}; got {value!r}")
    return number


cdef int check_constants(object c1, object c2, double most, str allowed) except -1:
    if not 0.0 < as_real(c1, "c1") <= as_real(c2, "c2") < 1.0 or not as_real(c1, "c1") < most:
        raise ValueError(f"c1 and c2 must satisfy {allowed}; got c1={c1!r}, c2={c2!r}")
    return 0


cdef class Condition:
    """A condition on a step alpha along a direction; see the classes that derive from it."""

    def __init__(self):
        raise TypeError("Condition has no formula of its own; use one that derives from it")

    def holds(self, alpha, value, slope, value0, slope0, *, reference=None):
        """Whether a step satisfies the condition: the formula itself, nothing else.

        Parameters
        ----------
        alpha : float
            The step.
        value, slope : float
            phi(alpha) and phi'(alpha); slope may be None where the condition needs none.
        value0, slope0 : float
            phi(0) and phi'(0).
        reference : float, optional
            What takes the place of phi(0) where a value must not be higher (nonmonotone searches).

        Returns
        -------
        bool

        Raises
        ------
        TypeError
            If slope is None and the condition needs it.
        """
        cdef double step = as_real(alpha, "alpha"), number = as_real(value, "value"), dphi = NAN
        cdef origin_t origin = origin_t(as_real(value0, "value0"), as_real(slope0, "slope0"), 0.0)
        origin.reference = origin.value if reference is None else as_real(reference, "reference")
        if slope is not None:
            dphi = as_real(slope, "slope")
        elif needs_slope(&self.formula):
            raise TypeError(f"{type(self).__name__} needs the slope at alpha; got None")
        if self.formula.kind == CURVATURE:
            return dphi >= self.formula.c2 * origin.slope
        return judge(&self.formula, &origin, step, number, dphi) == ACCEPTABLE

    def constants(self):
        """The constants, by the names of the parameters."""
        return {}

    def __repr__(self):
        inside = ", ".join([f"{name}={value!r}" for name, value in self.constants().items()])
        return f"{type(self).__name__}({inside})"

    def __eq__(self, other):
        return type(self) is type(other) and self.constants() == other.constants()

    def __hash__(self):
        return hash((type(self), *self.constants().values()))

    def __reduce__(self):
        return type(self), tuple(self.constants().values())


cdef class Armijo(Condition):
    """Armijo(c1=0.0001)\n--\n
    Sufficient decrease: phi(alpha) <= phi(0) + c1 alpha phi'(0).

    Parameters
    ----------
    c1 : float, optional
        The share of the decrease that the slope at 0 promises, 0 < c1 < 1.

    References
    ----------
    .. [1] L. Armijo, "Minimization of functions having Lipschitz continuous first partial
       derivatives", Pacific J. Math. 16 (1966) 1-3.

    Examples
    --------
    >>> import fastls
    >>> fastls.Armijo(0.5).holds(1.0, 0.0, None, value0=1.0, slope0=-2.0)    # (1 - alpha)**2
    True
    """

    def __init__(self, c1=1e-4):
        self.formula = condition_t(ARMIJO, in_range(c1, "c1", 0.0, 1.0, "0 < c1 < 1"), NAN, NAN)

    @property
    def c1(self):
        """The share of the promised decrease."""
        return self.formula.c1

    def constants(self):
        """The constants, by the names of the parameters."""
        return {"c1": self.formula.c1}


cdef class Goldstein(Condition):
    """Goldstein(c=0.25)\n--\n
    Goldstein's condition: the value lies between two lines.

    phi(0) + (1 - c) alpha phi'(0) <= phi(alpha) <= phi(0) + c alpha phi'(0): the step decreases phi
    enough, and is not so short that phi is still what its tangent is.

    Parameters
    ----------
    c : float, optional
        The flatter of the two fractions, 0 < c < 1/2.

    Notes
    -----
    It needs no slope but that at 0. It may exclude the minimiser along the line.

    References
    ----------
    .. [1] A. A. Goldstein, "On steepest descent", SIAM J. Control 3 (1965) 147-151.

    Examples
    --------
    >>> import fastls
    >>> condition = fastls.Goldstein(0.25)
    >>> [condition.holds(alpha, (1 - alpha)**2, None, 1.0, -2.0) for alpha in (0.2, 1.0, 1.8)]
    [False, True, False]
    """

    def __init__(self, c=0.25):
        self.formula = condition_t(GOLDSTEIN, in_range(c, "c", 0.0, 0.5, "0 < c < 1/2"), NAN, NAN)

    @property
    def c(self):
        """The flatter fraction."""
        return self.formula.c1

    def constants(self):
        """The constants, by the names of the parameters."""
        return {"c": self.formula.c1}


cdef class Curvature(Condition):
    """Curvature(c2=0.9)\n--\n
    The curvature condition: phi'(alpha) >= c2 phi'(0).

    Parameters
    ----------
    c2 : float, optional
        How much of the slope at 0 may be left, 0 < c2 < 1.

    Notes
    -----
    By itself it is met by steps that lead uphill; a search that is given it also asks that the value
    be no higher than at 0.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd ed., Springer (2006), (3.5).

    Examples
    --------
    >>> import fastls
    >>> fastls.Curvature(0.5).holds(0.25, 0.5625, -1.5, 1.0, -2.0)     # (1 - alpha)**2
    False
    """

    def __init__(self, c2=0.9):
        self.formula = condition_t(CURVATURE, NAN, in_range(c2, "c2", 0.0, 1.0, "0 < c2 < 1"), NAN)

    @property
    def c2(self):
        """How much of the slope at 0 may be left."""
        return self.formula.c2

    def constants(self):
        """The constants, by the names of the parameters."""
        return {"c2": self.formula.c2}


cdef class Wolfe(Condition):
    """Wolfe(c1=0.0001, c2=0.9)\n--\n
    The Wolfe conditions: sufficient decrease and curvature.

    phi(alpha) <= phi(0) + c1 alpha phi'(0) and phi'(alpha) >= c2 phi'(0).

    Parameters
    ----------
    c1, c2 : float, optional
        0 < c1 <= c2 < 1.

    References
    ----------
    .. [1] P. Wolfe, "Convergence conditions for ascent methods", SIAM Review 11 (1969) 226-235.

    Examples
    --------
    >>> import fastls
    >>> fastls.Wolfe().holds(1.9, 0.81, 1.8, 1.0, -2.0)     # (1 - alpha)**2
    True
    """

    def __init__(self, c1=1e-4, c2=0.9):
        check_constants(c1, c2, 1.0, "0 < c1 <= c2 < 1")
        self.formula = condition_t(WOLFE, c1, c2, NAN)

    @property
    def c1(self):
        """The share of the promised decrease."""
        return self.formula.c1

    @property
    def c2(self):
        """How much of the slope at 0 may be left."""
        return self.formula.c2

    def constants(self):
        """The constants, by the names of the parameters."""
        return {"c1": self.formula.c1, "c2": self.formula.c2}


cdef class StrongWolfe(Wolfe):
    """StrongWolfe(c1=0.0001, c2=0.9)\n--\n
    The strong Wolfe conditions: sufficient decrease, and a slope near zero.

    phi(alpha) <= phi(0) + c1 alpha phi'(0) and abs(phi'(alpha)) <= c2 abs(phi'(0)).

    Parameters
    ----------
    c1, c2 : float, optional
        0 < c1 <= c2 < 1.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright, "Numerical Optimization", 2nd ed., Springer (2006), (3.7).

    Examples
    --------
    >>> import fastls
    >>> fastls.StrongWolfe().holds(1.9, 0.81, 1.8, 1.0, -2.0)     # (1 - alpha)**2
    True
    >>> fastls.StrongWolfe(c2=0.5).holds(1.9, 0.81, 1.8, 1.0, -2.0)
    False
    """

    def __init__(self, c1=1e-4, c2=0.9):
        super().__init__(c1, c2)
        self.formula.kind = STRONG_WOLFE


cdef class ApproximateWolfe(Wolfe):
    """ApproximateWolfe(c1=0.1, c2=0.9, epsilon=1e-06)\n--\n
    The approximate Wolfe conditions, which rounding errors in phi do not disturb.

    (2 c1 - 1) phi'(0) >= phi'(alpha) >= c2 phi'(0), where phi(alpha) is not clearly higher than
    phi(0): phi(alpha) <= phi(0) + epsilon abs(phi(0)) + 2.2e-16 alpha abs(phi'(0)).

    Parameters
    ----------
    c1, c2 : float, optional
        0 < c1 < 1/2, c1 <= c2 < 1.
    epsilon : float, optional
        By what share of itself phi(0) may be exceeded, >= 0.

    Notes
    -----
    For a quadratic function the first inequality is the Armijo condition, told by slopes. Near a
    minimiser values differ by less than their last bit, and their comparison is a matter of chance;
    slopes remain accurate to ε where values are to √ε. The
    last term of the bound, absent from [1]_, is a floor where phi(0) = 0.

    References
    ----------
    .. [1] W. W. Hager and H. Zhang, "A new conjugate gradient method with guaranteed descent and an
       efficient line search", SIAM J. Optim. 16 (2005) 170-192, (4.1) and (4.3).

    Examples
    --------
    >>> import fastls
    >>> condition = fastls.ApproximateWolfe()
    >>> condition.holds(1e-8, 1.0 + 2.2e-16, 0.0, 1.0, -2e-8)      # a bit too high, yet accepted
    True
    """

    def __init__(self, c1=0.1, c2=0.9, epsilon=1e-6):
        check_constants(c1, c2, 0.5, "0 < c1 < 1/2 and c1 <= c2 < 1")
        self.formula = condition_t(APPROXIMATE_WOLFE, c1, c2, as_real(epsilon, "epsilon"))
        if not 0.0 <= self.formula.epsilon < 1.0:
            raise ValueError(f"epsilon must satisfy 0 <= epsilon < 1; got {epsilon!r}")

    @property
    def epsilon(self):
        """By what share of itself phi(0) may be exceeded."""
        return self.formula.epsilon

    def constants(self):
        """The constants, by the names of the parameters."""
        return {"c1": self.formula.c1, "c2": self.formula.c2, "epsilon": self.formula.epsilon}


# The largest number below 1: of a slope as steep as at 0, all but its last bit.
cdef double STEEPEST = 1.0 - 2.0**-53


cdef condition_t rounded_formula(const condition_t *c) noexcept nogil:
    """What a condition says in terms of slopes, where values differ by rounding only; else itself.

    For a quadratic function the Armijo condition says phi'(alpha) <= (2 c1 - 1) phi'(0), and
    Goldstein's lower line phi'(alpha) >= (1 - 2 c) phi'(0).
    """
    cdef double c2 = c.c2
    if c.kind == ARMIJO:
        c2 = STEEPEST
    elif c.kind == GOLDSTEIN:
        c2 = fmax(c.c1, 1.0 - 2.0 * c.c1)
    elif c.kind != WOLFE and c.kind != STRONG_WOLFE:
        return c[0]
    return condition_t(APPROXIMATE_WOLFE, c.c1, c2, ROUNDING) if c.c1 < 0.5 else c[0]


cdef Condition rounded_form(Condition condition):
    """The same as an object; None where a condition knows no slopes."""
    cdef condition_t formula = rounded_formula(&condition.formula)
    if formula.kind == condition.formula.kind:
        return None
    return ApproximateWolfe(formula.c1, formula.c2, formula.epsilon)
