/*
 * Graphs: operations written down to be run later, any number of times. The mode follows the data: while a graph is open on a thread,
 * or where an operation's input is symbolic, an ordinary call (sj_matmul, sj_assign, sj_optimizer_apply, …) appends a node and
 * returns a symbolic tensor: a dtype, a shape that may be partly unknown, and no value. Everything else runs at once, as always.
 *
 * 	sj_graph *graph = sj_graph_new();
 * 	sj_tensor *x = sj_placeholder(graph, SJ_FLOAT32, SJ_INTS(-1, 4), "x");
 * 	sj_tensor *y = sj_relu(sj_matmul(x, w));                 // a node; w, a variable or an ordinary tensor, is captured
 * 	sj_session *session = sj_session_new(graph);
 * 	sj_session_run(session, 1, &x, &value, 1, &y, &result);  // result: an ordinary tensor
 *
 * A graph owns its nodes and their symbolic tensors; a symbolic tensor kept beyond its graph is refused by operations. One thread
 * at a time builds a graph; several may run it.
 */
#ifndef SOKUJI_GRAPH_H
#define SOKUJI_GRAPH_H

#include <sokuji/callable.h>
#include <sokuji/execute.h>

SJ_BEGIN_DECLARATIONS

typedef struct sj_graph sj_graph;
typedef struct sj_node sj_node;
typedef struct sj_session sj_session;

/* ---- graphs ---- */

/* An empty graph with one reference, the caller's own. NULL and a sticky error without memory. */
SJ_PUBLIC sj_graph *sj_graph_new(void);
/*
 * A graph inside another (a branch, a loop's body, a function being traced): the outer graph's tensors that it uses are captured. It does not keep
 * the outer one. NULL: like sj_graph_new.
 */
SJ_PUBLIC sj_graph *sj_graph_new_inside(sj_graph *outer);
/*
 * Makes an inner graph a part of the outer one, as branches are in TensorFlow 1.8: names are unique over both, and functions of it run only what
 * their outputs need.
 */
SJ_PUBLIC void sj_graph_set_lazy(sj_graph *graph);
SJ_PUBLIC sj_graph *sj_graph_keep(sj_graph *graph);
SJ_PUBLIC void sj_graph_free(sj_graph *graph); /* gives up one reference; NULL is ignored */

/* Opens the graph on this thread: all operations append to it, until the matching end. They nest; NULL opens none: operations run at once. */
SJ_PUBLIC sj_status sj_graph_begin(sj_graph *graph);
SJ_PUBLIC void sj_graph_end(void);
/* The graph open on this thread, or NULL. */
SJ_PUBLIC sj_graph *sj_graph_now(void);
/* No more nodes may be appended: FailedPrecondition. */
SJ_PUBLIC void sj_graph_finalize(sj_graph *graph);
SJ_PUBLIC void sj_graph_unfinalize(sj_graph *graph); /* nodes may be appended again */

/*
 * Tells of every node that a plan runs on this thread, with the times of a monotonic clock; NULL: no more. Nodes are then run one by one, not fused.
 */
typedef void (*sj_node_observer)(void *context, sj_node *node, int64_t begin_ns, int64_t end_ns);
SJ_PUBLIC void sj_graph_observe(sj_node_observer observer, void *context);

/* ---- symbolic tensors ---- */

SJ_PUBLIC bool sj_tensor_is_symbolic(const sj_tensor *tensor);
/* The node that a symbolic tensor comes from and which of its outputs it is; NULL for others and where the graph is gone. */
SJ_PUBLIC sj_node *sj_tensor_node(const sj_tensor *tensor, int *ret_output);
SJ_PUBLIC sj_graph *sj_tensor_graph(const sj_tensor *tensor);
/* Says more of a symbolic tensor's shape: unknown dimensions become the given ones (-1: still unknown). InvalidArgument when they contradict. */
SJ_PUBLIC sj_status sj_tensor_set_shape(sj_tensor *tensor, sj_ints shape);

/* A value to be fed; shape: -1 for unknown dimensions, {-1, NULL} for an unknown rank. Belongs to the graph. nil and a sticky error on failure. */
SJ_PUBLIC sj_tensor *sj_placeholder(sj_graph *graph, sj_dtype dtype, sj_ints shape, const char *name);
/* A node with the value of an ordinary tensor (whose bytes are shared); belongs to the graph. */
SJ_PUBLIC sj_tensor *sj_graph_constant(sj_graph *graph, sj_tensor *value, const char *name);
/*
 * A variable whose value belongs to a session: reading and assigning it append nodes. The reference is the caller's own. It has no
 * value until it is assigned in a session.
 */
SJ_PUBLIC sj_tensor *sj_graph_variable(sj_graph *graph, sj_dtype dtype, sj_ints shape, const char *name,
                                       bool trainable);

/* Appends variable = value (how 0; 3: of any shape), variable += value (1) or variable -= value (2); the result is the value afterwards and belongs to the graph. */
SJ_PUBLIC sj_tensor *sj_graph_assign(sj_graph *graph, int how, sj_tensor *variable, sj_tensor *value);

/* ---- nodes ---- */

/*
 * The name of the next node appended to the open graph on this thread, before it is made unique. NULL: its operation's. Consumed by the next
 * node. With a / at its end it is the whole name, as it stands: of a scope that was made unique before.
 */
SJ_PUBLIC void sj_graph_next_name(sj_graph *graph, const char *name);
/* A name that no node has: the given one, or with _1, _2, … behind it; taken from now on when `take`. Valid until the next call on this graph. */
SJ_PUBLIC const char *sj_graph_unique_name(sj_graph *graph, const char *name, bool take);
/* Another name for a node; AlreadyExists where a node has it. The old name stays taken. */
SJ_PUBLIC sj_status sj_node_rename(sj_node *node, const char *name);
/*
 * Says where the user's program made the nodes that were appended since the last such call, as "net.c:12"; copied. Errors show it with the
 * node's name. From Python it is the user's line.
 */
SJ_PUBLIC sj_status sj_graph_note_origin(sj_graph *graph, const char *origin);
SJ_PUBLIC const char *sj_node_origin(const sj_node *node); /* NULL: not known */
/* What stands in front of the names of nodes from now on ("layer/"); copied. Names are unique with it. */
SJ_PUBLIC sj_status sj_graph_set_scope(sj_graph *graph, const char *prefix);
/* The nodes that every node appended from now on waits for. */
SJ_PUBLIC sj_status sj_graph_set_controls(sj_graph *graph, int n, sj_node *const *controls);

SJ_PUBLIC int sj_graph_size(const sj_graph *graph);                 /* number of nodes */
SJ_PUBLIC sj_node *sj_graph_node(const sj_graph *graph, int index); /* in the order of creation; NULL outside */
SJ_PUBLIC sj_node *sj_graph_find(const sj_graph *graph, const char *name);
SJ_PUBLIC int sj_node_index(const sj_node *node);
SJ_PUBLIC sj_graph *sj_node_graph(const sj_node *node);
SJ_PUBLIC const char *sj_node_name(const sj_node *node);
SJ_PUBLIC const char *sj_node_type(const sj_node *node);      /* "MatMul", "Placeholder", "Const", … */
SJ_PUBLIC const sj_op *sj_node_op(const sj_node *node);       /* NULL: not of the operation table */
SJ_PUBLIC const void *sj_node_args(const sj_node *node);      /* the operation's argument struct */
SJ_PUBLIC sj_callable *sj_node_callable(const sj_node *node); /* NULL: none */
SJ_PUBLIC sj_tensor *sj_node_changed(const sj_node *node,
                                     int index);         /* a variable that running the node changes; NULL: no more */
SJ_PUBLIC sj_tensor *sj_node_value(const sj_node *node); /* the tensor or variable that the node captured; NULL: none */
SJ_PUBLIC int sj_node_input_count(const sj_node *node);
SJ_PUBLIC sj_tensor *sj_node_input(const sj_node *node, int index); /* NULL where it was not given */
SJ_PUBLIC int sj_node_output_count(const sj_node *node);
SJ_PUBLIC sj_tensor *sj_node_output(const sj_node *node, int index);
SJ_PUBLIC int sj_node_control_count(const sj_node *node);
SJ_PUBLIC sj_node *sj_node_control(const sj_node *node, int index);
SJ_PUBLIC sj_status sj_node_add_control(sj_node *node, sj_node *control);
/* A node without inputs and outputs that waits for others. NULL and a sticky error on failure. */
SJ_PUBLIC sj_node *sj_graph_group(sj_graph *graph, int n, sj_node *const *controls, const char *name);

/* What an inner graph uses of outer ones: outer tensor and the placeholder that stands for it, in the order of use. */
SJ_PUBLIC int sj_graph_capture_count(const sj_graph *graph);
SJ_PUBLIC sj_tensor *sj_graph_capture(const sj_graph *graph, int index, sj_tensor **ret_placeholder);

/*
 * Appends what computes the gradient of sum(weight * y) over all ys by each x (TensorFlow's tf.gradients): ret_gradients[i] belongs to
 * the graph (indexed slices: to the open scope), or is NULL where no y depends on x. weights, or any of them, may be NULL: ones. stops: tensors held constant.
 */
SJ_PUBLIC sj_status sj_graph_gradients(sj_graph *graph, int n_ys, sj_tensor *const *ys, sj_tensor *const *weights,
                                       int n_xs, sj_tensor *const *xs, int n_stops, sj_tensor *const *stops,
                                       sj_tensor **ret_gradients);

/* ---- running ---- */

/* A session of the graph (a reference of which it holds): the values of its variables, and its plans. */
SJ_PUBLIC sj_session *sj_session_new(sj_graph *graph);
SJ_PUBLIC void sj_session_free(sj_session *session);

/*
 * Computes the fetches. feeds: symbolic tensors (any, not placeholders alone) with ordinary values; fetches: symbolic tensors;
 * targets: nodes to be run for their effect. ret_values: ordinary tensors of the caller's own. Only what the fetches
 * and targets need is run. For each set of feeds, fetches and targets a plan is made once and kept. InvalidArgument for tensors of another graph,
 * a missing feed, a value of a wrong dtype or shape; a failed run names the node (sj_session_failed) and changes no variable.
 */
SJ_PUBLIC sj_status sj_session_run(sj_session *session, int n_feeds, sj_tensor *const *feeds, sj_tensor *const *values,
                                   int n_fetches, sj_tensor *const *fetches, int n_targets, sj_node *const *targets,
                                   sj_tensor **ret_values);
/* The node that failed in this thread's last run, or NULL. */
SJ_PUBLIC sj_node *sj_session_failed(void);
/* The session's own instance of a graph variable (for saving and looking); belongs to the session. */
SJ_PUBLIC sj_tensor *sj_session_variable(sj_session *session, sj_tensor *variable);
/*
 * Whether graphs and functions are optimised and made ready for the shapes that are fed (they are; the bits are the same either way). For all threads; what
 * has begun to run goes on as it began.
 */
SJ_PUBLIC void sj_graph_set_optimized(bool optimized);
SJ_PUBLIC bool sj_graph_is_optimized(void);

/* The session that is running on this thread, or NULL. */
SJ_PUBLIC sj_session *sj_session_now(void);

/* ---- functions ---- */

/* A graph with ordered inputs and outputs, to be called like an operation. */
typedef struct sj_concrete_function sj_concrete_function;

/*
 * Of the graph's placeholders `inputs` and any of its tensors `outputs`; what the graph captured from outer graphs is passed at each call by
 * itself, unless the inputs name all the placeholders that stand for it. Stateful nodes run even where no output needs them. Holds a reference of the graph. NULL and a sticky error on failure.
 */
SJ_PUBLIC sj_concrete_function *sj_concrete_function_new(sj_graph *graph, int n_inputs, sj_tensor *const *inputs,
                                                         int n_outputs, sj_tensor *const *outputs);
SJ_PUBLIC sj_concrete_function *sj_concrete_function_keep(sj_concrete_function *function);
SJ_PUBLIC void sj_concrete_function_free(sj_concrete_function *function);
SJ_PUBLIC sj_graph *sj_concrete_function_graph(const sj_concrete_function *function);
/* Runs it; where a tape records, its operations are recorded; where a graph is open or an input symbolic, they are appended. */
SJ_PUBLIC sj_status sj_concrete_function_call(sj_concrete_function *function, int n_inputs, sj_tensor *const *inputs,
                                              int n_outputs, sj_tensor **ret_outputs);
/* Random numbers that its operations draw with seeds begin anew at the next call. */
SJ_PUBLIC void sj_concrete_function_restart(sj_concrete_function *function);

/* An ordinary C function, traced once for each signature (dtypes and shapes) of its inputs. */
typedef struct sj_function sj_function;
/* Fills ret_outputs with tensors of the open scope, from inputs that are symbolic while it is traced. */
typedef void sj_function_body(void *context, int n_inputs, sj_tensor *const *inputs, int n_outputs,
                              sj_tensor **ret_outputs);

SJ_PUBLIC sj_function *sj_function_new(sj_function_body *body, void *context, int n_outputs);
SJ_PUBLIC void sj_function_free(sj_function *function);
/* Calls it: ret_outputs belong to the open scope (nil and a sticky error on failure). */
SJ_PUBLIC sj_status sj_function_call(sj_function *function, int n_inputs, sj_tensor *const *inputs,
                                     sj_tensor **ret_outputs);
/* How many signatures have been traced. */
SJ_PUBLIC int sj_function_traces(const sj_function *function);

/* ---- control flow ---- */

/*
 * The outputs of `then` where the bool scalar `condition` holds, else of `otherwise`, which have as many outputs of the same dtypes; both take the
 * inputs. A condition with a value decides at once.
 */
SJ_PUBLIC sj_status sj_cond(sj_tensor *condition, sj_concrete_function *then, sj_concrete_function *otherwise,
                            int n_inputs, sj_tensor *const *inputs, int n_outputs, sj_tensor **ret_outputs);
/*
 * state = body(state) while condition(state), a bool scalar, holds; at most `limit` times (negative: no limit). body has as many outputs as inputs,
 * of the same dtypes. ret_state: the last one, references of the caller's own.
 */
SJ_PUBLIC sj_status sj_while(sj_concrete_function *condition, sj_concrete_function *body, int64_t limit, int n_state,
                             sj_tensor *const *state, sj_tensor **ret_state);

SJ_END_DECLARATIONS

#endif
