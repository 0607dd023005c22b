/*
 * What a plan need not compute: the same thing twice, and a product's or convolution's bias and relu one after the other. Bits stay: what is merged is the
 * same operation on the same tensors, and fused rows give their parts' bits. Nothing stateful is merged, and reads only where nothing comes between that might assign.
 */
#include <stddef.h>

#include "base/memory.h"
#include "graph/making.h"

#include "ops_numbers.h"

/* ---- the same thing twice ---- */

typedef struct seen {
	int32_t *places; /* node index + 1; 0: free */
	size_t mask;
	int32_t writes; /* how many nodes that may assign have been seen: part of what a read is */
	int32_t *read_after;
} seen;

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
	const unsigned char *b = bytes;
	for (size_t i = 0; i < n; i++)
		hash = (hash ^ b[i]) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

enum { SMALL_CONSTANT = 64 };

static size_t constant_bytes(const sj_tensor *t) { return (size_t)t->shape.size * sj__dtype_size(t->dtype); }

/* What the node's value is made of, beside its inputs: bytes that equal nodes have alike. */
static const sj_tensor *constant_of(const sj__making *m, const sj_node *node)
{
	const sj_tensor *t = node->kind == SJ__NODE_CONSTANT ? node->value
	                     : sj__making_knows(m, node)     ? node->outputs[0]
	                                                     : NULL;
	return t != NULL && t->dtype != SJ_STRING && constant_bytes(t) <= SMALL_CONSTANT ? t : NULL;
}

static const sj_tensor *input_of(const sj__making *m, const sj_node *node, int j)
{
	const sj_tensor *t = node->inputs[j];
	return t == NULL ? NULL : sj__making_node(m, t)->outputs[sj__output_number(t)];
}

static bool may_merge(const sj__making *m, const sj_node *node)
{
	if (constant_of(m, node) != NULL || node->kind == SJ__NODE_READ)
		return true;
	return node->kind == SJ__NODE_OP && !(node->op->flags & (SJ__OP_STATEFUL | SJ__OP_HAS_POINTERS)) &&
	       node->n_controls == 0 && !sj__making_knows(m, node);
}

static uint64_t hash_of(const sj__making *m, const sj_node *node, const seen *all)
{
	const sj_tensor *constant = constant_of(m, node);
	if (constant != NULL)
		return mix(mix(1, &constant->shape.size, 8), constant->data, constant_bytes(constant));
	if (node->kind == SJ__NODE_READ)
		return mix(mix(2, &node->value, sizeof(void *)), &all->writes, sizeof(int32_t));
	uint64_t hash = mix(3, &node->op, sizeof(void *));
	for (int j = 0; j < node->n_inputs; j++) {
		const sj_tensor *input = input_of(m, node, j);
		hash = mix(hash, &input, sizeof(void *));
	}
	return hash;
}

/* Field by field: what lies between them is nobody's. */
static bool args_are_same(const sj_op *op, const char *a, const char *b)
{
	static const uint8_t sizes[] = {
		[SJ_ATTRIBUTE_BOOL] = sizeof(bool),
		[SJ_ATTRIBUTE_INT] = sizeof(int64_t),
		[SJ_ATTRIBUTE_FLOAT] = sizeof(double),
		[SJ_ATTRIBUTE_DTYPE] = sizeof(sj_dtype),
		[SJ_ATTRIBUTE_ENUM] = sizeof(int),
		[SJ_ATTRIBUTE_INT_OPTION] = sizeof(int64_t),
		[SJ_ATTRIBUTE_FLOAT_OPTION] = sizeof(double),
		[SJ_ATTRIBUTE_BOOL_OPTION] = sizeof(bool),
	};
	for (int i = 0; i < op->n_attributes; i++) {
		const sj_attribute *attribute = &op->attributes[i];
		size_t at = attribute->offset;
		if (attribute->kind >= SJ_ATTRIBUTE_INT_OPTION) {
			if (a[at] != b[at])
				return false;
			at += attribute->kind == SJ_ATTRIBUTE_BOOL_OPTION ? offsetof(sj_bool_option, value)
			                                                  : offsetof(sj_int_option, value);
		}
		if (memcmp(a + at, b + at, sizes[attribute->kind]) != 0)
			return false;
	}
	return true;
}

static bool is_same(const sj__making *m, const sj_node *a, const sj_node *b, const seen *all)
{
	const sj_tensor *x = constant_of(m, a), *y = constant_of(m, b);
	if (x != NULL || y != NULL)
		return x != NULL && y != NULL && x->dtype == y->dtype && sj__same_shape(x, y) &&
		       memcmp(x->data, y->data, constant_bytes(x)) == 0;
	if (a->kind != b->kind || a->op != b->op || a->n_inputs != b->n_inputs || a->n_outputs != b->n_outputs)
		return false;
	if (a->kind == SJ__NODE_READ)
		return a->value == b->value && all->read_after[a->index] == all->read_after[b->index];
	for (int j = 0; j < a->n_inputs; j++)
		if (input_of(m, a, j) != input_of(m, b, j))
			return false;
	return args_are_same(a->op, a->args, b->args);
}

/* A branch that runs for its results alone (a lazy graph's) is not stateful and may assign all the same. */
static bool is_effect(const sj_node *node)
{
	return node->kind == SJ__NODE_CALLABLE &&
	       (node->callable->type.is_stateful || node->callable->type.changes != NULL);
}

static void node_merge(sj__making *m, const sj_node *node, seen *all)
{
	all->writes += is_effect(node);
	all->read_after[node->index] = all->writes;
	if (!may_merge(m, node))
		return;
	size_t at = (size_t)hash_of(m, node, all) & all->mask;
	for (; all->places[at] != 0; at = (at + 1) & all->mask) {
		const sj_node *other = m->graph->nodes[all->places[at] - 1];
		if (is_same(m, other, node, all)) {
			m->twin[node->index] = other->index;
			return;
		}
	}
	all->places[at] = node->index + 1;
}

static sj_status nodes_merge(sj__making *m)
{
	size_t n = (size_t)m->graph->n_nodes, capacity = 16;
	while (capacity < 2 * n)
		capacity *= 2;
	seen all = {.places = sj__memory_new_zeroed(sizeof(int32_t) * (capacity + n)), .mask = capacity - 1};
	if (all.places == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	all.read_after = all.places + capacity;
	for (size_t i = 0; i < n; i++)
		if (m->needed[i])
			node_merge(m, m->graph->nodes[i], &all);
	sj__memory_free(all.places);
	return SJ_OK;
}

/* ---- fusion ---- */

/* How often each node's outputs are used, fetches included. */
static void uses_count(const sj__making *m, int32_t *uses)
{
	for (int i = 0; i < m->graph->n_nodes; i++) {
		const sj_node *node = m->graph->nodes[i];
		for (int j = 0; m->needed[i] && !sj__making_knows(m, node) && j < node->n_inputs; j++)
			if (node->inputs[j] != NULL)
				uses[sj__making_node(m, node->inputs[j])->index]++;
	}
	for (int i = 0; i < m->key->n_fetches; i++)
		uses[sj__making_node(m, m->key->fetches[i])->index]++;
	for (int i = 0; i < m->key->n_targets; i++)
		uses[m->twin[m->key->targets[i]->index]]++;
}

static bool is_row(const sj_node *node, int number) { return node->op == &sj__op_table[number]; }

/* The product or convolution that adding a bias of so many channels to x would be fused with; NULL: none. */
static const sj_node *product_of(const sj__making *m, const sj_tensor *x, const sj_tensor *bias, const int32_t *uses)
{
	const sj_node *node = sj__making_node(m, x);
	if (node->kind != SJ__NODE_OP || uses[node->index] != 1 || node->n_controls > 0 || x->shape.size < 0 ||
	    bias->shape.rank != 1 || (x->dtype != SJ_FLOAT32 && x->dtype != SJ_FLOAT64) ||
	    sj__dims(bias)[0] != sj__dims(x)[x->shape.rank - 1])
		return NULL;
	if (is_row(node, SJ__OP_MATMUL))
		return node;
	const sj_conv2d_args *args = node->args;
	const sj_tensor *input = node->inputs[0], *filter = node->inputs[1];
	return is_row(node, SJ__OP_CONV2D) && args->data_format == SJ_DATA_FORMAT_NHWC &&
	                       sj__dims(input)[3] == sj__dims(filter)[2]
	               ? node
	               : NULL;
}

static bool adds_bias(const sj_node *node)
{
	if (is_row(node, SJ__OP_BIAS_ADD))
		return ((const sj_bias_add_args *)node->args)->data_format == SJ_DATA_FORMAT_NHWC;
	return is_row(node, SJ__OP_ADD) || is_row(node, SJ__OP_ADD_V2);
}

/* The fused rows' arguments begin as the parts' do; what those point to stays with the node. */
static sj__fused *fused_new(sj__making *m, const sj_node *product, sj_tensor *bias, bool relu)
{
	bool is_matmul = is_row(product, SJ__OP_MATMUL);
	const sj_op *op = &sj__op_table[is_matmul ? SJ__OP_FUSED_MATMUL : SJ__OP_FUSED_CONV2D];
	sj__fused *fused = sj__memory_new_zeroed(sizeof(*fused));
	void *args = sj__memory_new_zeroed(op->args_size);
	if (fused == NULL || args == NULL) {
		sj__memory_free(fused);
		sj__memory_free(args);
		return NULL;
	}
	memcpy(args, product->args, product->op->args_size);
	*(size_t *)args = op->args_size;
	*(is_matmul ? &((sj_fused_matmul_args *)args)->relu : &((sj_fused_conv2d_args *)args)->relu) = relu;
	*fused = (sj__fused){
		m->plan->fused, op, args, 3, {product->inputs[0], product->inputs[1], bias},
	};
	m->plan->fused = fused;
	return fused;
}

/* `node` adds a bias, or is the relu of what does. */
static sj_status node_fuse(sj__making *m, const sj_node *node, const int32_t *uses)
{
	const sj_node *add = node;
	bool relu = node->kind == SJ__NODE_OP && is_row(node, SJ__OP_RELU);
	if (relu)
		add = sj__making_node(m, node->inputs[0]);
	if (add->kind != SJ__NODE_OP || !adds_bias(add) || add->n_controls > 0 || node->n_controls > 0 ||
	    (relu && uses[add->index] != 1))
		return SJ_OK;
	const sj_node *product = product_of(m, add->inputs[0], add->inputs[1], uses);
	if (product == NULL)
		return SJ_OK;
	m->fused[add->index] = NULL; /* of the sum alone, which nothing needs any more */
	m->fused[node->index] = fused_new(m, product, add->inputs[1], relu);
	return m->fused[node->index] ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
}

static sj_status nodes_fuse(sj__making *m)
{
	int n = m->graph->n_nodes;
	int32_t *uses = sj__memory_new_zeroed(sizeof(*uses) * ((size_t)n + 1));
	sj_status status = uses ? SJ_OK : SJ_RESOURCE_EXHAUSTED;
	if (uses != NULL)
		uses_count(m, uses);
	for (int i = 0; i < n && status == SJ_OK; i++)
		if (m->needed[i])
			status = node_fuse(m, m->graph->nodes[i], uses);
	sj__memory_free(uses);
	return status;
}

/* ---- effects come last ---- */

/* What the effects so far may have changed. */
typedef struct changes {
	bool any, all;          /* some variable; there is no telling which */
	sj__pointers variables; /* those, if not all */
} changes;

static sj_status changes_note(changes *c, const sj_node *effect)
{
	sj_tensor *const *changed;
	const sj_callable_type *type = &effect->callable->type;
	sj_status status = SJ_OK;
	c->any = true;
	c->all |= type->changes == NULL || !type->is_atomic;
	int n = c->all ? 0 : type->changes(effect->callable->context, &changed);
	for (int i = 0; i < n && status == SJ_OK; i++)
		status = sj__pointers_put(&c->variables, changed[i], 1);
	return status;
}

/* A branch, a loop or a function of the program's: what it reads within is not looked at. */
static bool may_read(const sj_node *node)
{
	return node->kind == SJ__NODE_CALLABLE && !sj__gradient_is_deferred(node->callable);
}

static bool needs_late(const sj__making *m, const sj_node *node)
{
	const sj__fused *fused = m->fused[node->index];
	int n = fused ? fused->n_inputs : node->n_inputs;
	sj_tensor *const *inputs = fused ? fused->inputs : node->inputs;
	for (int j = 0; j < n; j++)
		if (inputs[j] != NULL && m->late[sj__making_node(m, inputs[j])->index])
			return true;
	return false;
}

/*
 * What does not need the effects runs before them, so that little can fail between them and values need not be kept for it. Reads stay behind
 * what may change the variable; among themselves effects keep their order.
 */
static sj_status late_find(sj__making *m)
{
	changes c = {.any = false};
	sj_status status = SJ_OK;
	for (int i = 0; i < m->graph->n_nodes && status == SJ_OK; i++) {
		const sj_node *node = m->graph->nodes[i];
		if (!m->needed[i] || sj__making_knows(m, node))
			continue;
		bool is_read = node->kind == SJ__NODE_READ;
		m->late[i] = is_effect(node) || (c.any && may_read(node)) ||
		             (is_read ? c.all || sj__pointers_get(&c.variables, node->value) > 0 : needs_late(m, node));
		if (is_effect(node))
			status = changes_note(&c, node);
	}
	sj__pointers_release(&c.variables);
	return status;
}

sj_status sj__making_optimise(sj__making *m)
{
	size_t n = (size_t)m->graph->n_nodes + 1;
	m->twin = sj__memory_new(sizeof(*m->twin) * n);
	m->fused = sj__memory_new_zeroed(sizeof(sj__fused *) * n);
	m->late = sj__memory_new_zeroed(n);
	if (m->twin == NULL || m->fused == NULL || m->late == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int i = 0; i < m->graph->n_nodes; i++)
		m->twin[i] = i;
	sj_status status = nodes_merge(m);
	if (status == SJ_OK)
		status = sj__making_needs(m);
	if (status == SJ_OK)
		status = nodes_fuse(m);
	if (status == SJ_OK)
		status = sj__making_needs(m);
	return status == SJ_OK ? late_find(m) : status;
}
