/* An extension module of CPython that looks for minima with fastls: fastls_import finds the table. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

#include "fastls.h"

static double wave(double x, void *data)
{
    return sin(x) + *(const double *) data * x;
}

static PyObject *lowest(PyObject *self, PyObject *args)
{
    double tilt;
    int status;
    fastls_interval_result found = {sizeof found};
    (void) self;
    if (!PyArg_ParseTuple(args, "d", &tilt)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    status = fastls->golden_section(wave, &tilt, 2.0, 7.0, NULL, &found);
    Py_END_ALLOW_THREADS
    return Py_BuildValue("id", status, found.x);
}

static PyMethodDef methods[] = {
    {"lowest", lowest, METH_VARARGS, "The status, and where sin(x) + tilt*x is lowest on [2, 7]."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "extension", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit_extension(void)
{
    if (fastls_import() < 0) {
        return NULL;
    }
    return PyModule_Create(&module);
}
