from cpython.ref cimport PyObject

cdef extern from *:
    """
    /* What a dict has for a key, or None. What Cython's own `get` finds is borrowed first, and
       without the GIL another thread may let go of it before it is ours. */
    static CYTHON_INLINE PyObject *fastls_dict_get(PyObject *dict, PyObject *key) {
      PyObject *found;
      #if PY_VERSION_HEX >= 0x030D0000
        if (PyDict_GetItemRef(dict, key, &found) < 0) return NULL;
      #else
        found = PyDict_GetItemWithError(dict, key);
        if (found == NULL && PyErr_Occurred()) return NULL;
        Py_XINCREF(found);
      #endif
      return found != NULL ? found : Py_NewRef(Py_None);
    }
    """
    object dict_get "fastls_dict_get"(PyObject *dictionary, object key)

cdef extern from "Python.h":
    # What nests without end raises RecursionError.
    int enter_deeper "Py_EnterRecursiveCall"(const char *where) except 1
    void leave_deeper "Py_LeaveRecursiveCall"()


cdef object filled(tuple structure, tuple leaves, Py_ssize_t *at)
cdef bint reads(tuple structure, object value, list leaves) except -1
