from fastls.oracle.oracle cimport oracle_t
from fastls.search.trace cimport trace_t
from fastls.status cimport status_t
from fastls.step.method cimport StepSearch, problem_t, step_parameters_t, step_t


cdef class Zoom(StepSearch):
    pass


cdef status_t run_zoom(
    const step_parameters_t *c, const problem_t *problem, oracle_t *oracle, trace_t *trace,
    step_t *answer,
) noexcept nogil
