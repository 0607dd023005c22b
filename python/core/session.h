/* A Session as Python sees it, and the runs that it knows. */
#ifndef SOKUJI_PYTHON_SESSION_H
#define SOKUJI_PYTHON_SESSION_H

#include "core.h"

enum { KNOWN_MOST = 8 };

struct Known;

typedef struct Session {
	PyObject_HEAD sj_session *session;
	PyObject *graph;
	struct Known *known[KNOWN_MOST]; /* the newest first */
	int n_known;
} Session;

/* ---- session_quick.c ---- */
bool session_nodes_are_plain(sj_graph *graph);
PyObject *session_learn(PyObject *self, PyObject *arguments);
PyObject *session_quick(PyObject *self, PyObject *const *arguments, Py_ssize_t n);
void session_quick_clear(Session *s);
int session_quick_traverse(const Session *s, visitproc visit, void *arg);

#endif
