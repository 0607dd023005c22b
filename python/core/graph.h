/* Graphs as Python sees them: Graph, Node and SymbolicTensor, one object for each of the library's. */
#ifndef SOKUJI_PYTHON_GRAPH_H
#define SOKUJI_PYTHON_GRAPH_H

#include "core.h"

typedef struct Graph {
	PyObject_HEAD sj_graph *graph; /* own reference */
	PyObject *outer;               /* the Graph it is inside of, or NULL */
	PyObject *nodes;               /* list of Node or None, by index */
	int n_noted;                   /* of how many nodes the user's line is noted */
	PyObject *dict, *weak_references;
} Graph;

typedef struct Node {
	PyObject_HEAD sj_node *node; /* the graph's */
	PyObject *graph;
	PyObject *outputs; /* list of SymbolicTensor or None */
	PyObject *dict, *weak_references;
} Node;

typedef struct SymbolicTensor {
	Handle handle;
	PyObject *node;
	PyObject *dict;
} SymbolicTensor;

typedef struct ConcreteFunction {
	PyObject_HEAD sj_concrete_function *function;
	PyObject *graph;
	int n_outputs;
	bool is_heavy; /* a call may take long whatever the inputs are */
	PyObject *dict, *weak_references;
} ConcreteFunction;

/* Calls it, without the interpreter where that may take long. outputs: references of the caller's own. */
sj_status graph_function_run(const ConcreteFunction *f, int n_inputs, sj_tensor **inputs, sj_tensor **outputs);

extern PyTypeObject Traced_Type, Graph_Type, Node_Type, SymbolicTensor_Type, Session_Type, ConcreteFunction_Type;

/* The object of a node or a symbolic tensor of a graph that Python made; NULL and a Python error otherwise. */
PyObject *graph_node_object(sj_node *node);
/* The object of a node's k-th output. */
PyObject *graph_output_of(PyObject *node, int k);
/* None, or the exception of a call that failed. */
PyObject *graph_done(sj_status status);
/* Tensors and variables of a list or tuple into an array (borrowed), which ends with the caller's PyMem_Free; NULL and an error. */
sj_tensor **graph_tensors_of(PyObject *sequence, const char *what, Py_ssize_t *ret_n);
/* Objects of n own references, as a list; takes the references over. */
PyObject *graph_list_of(Py_ssize_t n, sj_tensor **own);
/* A shape given as None or a sequence of int, None and -1, in dims (room for SJ_MAX_RANK). */
int graph_shape_of(PyObject *shape, sj_ints *ret_shape, int64_t *dims);

#endif
