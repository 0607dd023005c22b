/* Names of nodes: made unique as TensorFlow does, by _1, _2, … behind the name, and found again by hashing. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "graph/graph.h"

static uint64_t hash_of(const char *name)
{
	uint64_t hash = 14695981039346656037u;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211u;
	return hash ^ hash >> 29;
}

static int64_t place_of(const sj__names *names, const char *name)
{
	int64_t mask = names->capacity - 1, at = (int64_t)(hash_of(name) & (uint64_t)mask);
	while (names->places[at].name != NULL && strcmp(names->places[at].name, name) != 0)
		at = (at + 1) & mask;
	return at;
}

static sj_status names_grow(sj__names *names)
{
	sj__names wider = {.capacity = names->capacity ? names->capacity * 2 : 64, .count = names->count};
	if (names->count * 2 < names->capacity)
		return SJ_OK;
	wider.places = sj__memory_new_zeroed(sizeof(*wider.places) * (size_t)wider.capacity);
	if (wider.places == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	for (int64_t i = 0; i < names->capacity; i++)
		if (names->places[i].name != NULL)
			wider.places[place_of(&wider, names->places[i].name)] = names->places[i];
	sj__memory_free(names->places);
	*names = wider;
	return SJ_OK;
}

void sj__names_clear(sj__names *names)
{
	for (int64_t i = 0; i < names->capacity; i++)
		sj__memory_free((char *)names->places[i].name);
	sj__memory_free(names->places);
	*names = (sj__names){0};
}

static char *text_copy(const char *text)
{
	size_t n = strlen(text) + 1;
	char *copy = sj__memory_new(n);
	return copy ? memcpy(copy, text, n) : NULL;
}

static sj_status name_take(sj__names *names, const char *name)
{
	sj_status status = names_grow(names);
	if (status != SJ_OK)
		return status;
	int64_t at = place_of(names, name);
	if (names->places[at].name != NULL)
		return SJ_OK;
	names->places[at].name = text_copy(name);
	if (names->places[at].name == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	names->places[at].next = 1;
	names->count++;
	return SJ_OK;
}

static bool is_taken(const sj__names *names, const char *name)
{
	return names->capacity > 0 && names->places[place_of(names, name)].name != NULL;
}

/* Lazy graphs have their names from the graph around them. */
static sj__names *names_of(sj_graph *graph)
{
	while (graph->is_lazy && sj__graph_outer(graph) != NULL)
		graph = sj__graph_outer(graph);
	return &graph->names;
}

/* The scope and the name with the first number that is free, an own copy. */
static sj_status unique_text(sj_graph *graph, const char *name, char **ret_text)
{
	sj__names *names = names_of(graph);
	const char *scope = graph->scope ? graph->scope : "";
	size_t n = strlen(scope) + strlen(name) + 24;
	char *text = sj__memory_new(n);
	if (text == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	int length = snprintf(text, n, "%s%s", scope, name);
	*ret_text = text;
	if (!is_taken(names, text))
		return SJ_OK;
	int64_t *next = &names->places[place_of(names, text)].next, number = *next;
	do
		snprintf(text + length, n - (size_t)length, "_%lld", (long long)number++);
	while (is_taken(names, text));
	*next = number;
	return SJ_OK;
}

/* A name that ends in / is meant as it stands: the scope that it names was made unique before. */
static sj_status exact_text(const char *name, char **ret_text)
{
	*ret_text = text_copy(name);
	if (*ret_text == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	(*ret_text)[strlen(name) - 1] = 0;
	return SJ_OK;
}

sj_status sj__names_unique(sj_graph *graph, const char *name, char **ret_name)
{
	size_t n = strlen(name);
	bool is_exact = n > 1 && name[n - 1] == '/';
	sj_status status = is_exact ? exact_text(name, ret_name) : unique_text(graph, name, ret_name);
	if (status == SJ_OK)
		status = name_take(names_of(graph), *ret_name);
	if (status != SJ_OK) {
		sj__memory_free(*ret_name);
		*ret_name = NULL;
	}
	return status;
}

void sj__names_set_node(sj_graph *graph, const char *name, sj_node *node)
{
	if (is_taken(&graph->names, name))
		graph->names.places[place_of(&graph->names, name)].node = node;
}

/* ---- the public face ---- */

static sj_status text_replace(char **text, const char *with)
{
	char *copy = NULL;
	if (with != NULL && (copy = text_copy(with)) == NULL)
		return SJ_RESOURCE_EXHAUSTED;
	sj__memory_free(*text);
	*text = copy;
	return SJ_OK;
}

void sj_graph_set_lazy(sj_graph *graph)
{
	if (graph != NULL)
		graph->is_lazy = true;
}

void sj_graph_next_name(sj_graph *graph, const char *name)
{
	if (graph != NULL)
		text_replace(&graph->next_name, name);
}

sj_status sj_graph_set_scope(sj_graph *graph, const char *prefix)
{
	return graph ? text_replace(&graph->scope, prefix)
	             : sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_set_scope: the graph is NULL");
}

sj_status sj_graph_note_origin(sj_graph *graph, const char *origin)
{
	if (graph == NULL || origin == NULL)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_graph_note_origin: the %s is NULL",
		                graph ? "origin" : "graph");
	char *last = graph->n_origins > 0 ? graph->origins[graph->n_origins - 1] : NULL;
	if (graph->n_noted < graph->n_nodes && (last == NULL || strcmp(last, origin) != 0)) {
		sj_status status = sj__grow(&graph->origins, graph->n_origins, &graph->origins_capacity,
		                            sizeof(char *));
		if (status != SJ_OK || (last = text_copy(origin)) == NULL)
			return SJ_RESOURCE_EXHAUSTED;
		graph->origins[graph->n_origins++] = last;
	}
	for (; graph->n_noted < graph->n_nodes; graph->n_noted++)
		graph->nodes[graph->n_noted]->origin = last;
	return SJ_OK;
}

sj_status sj_node_rename(sj_node *node, const char *name)
{
	char *text = NULL;
	if (node == NULL || name == NULL || *name == 0)
		return sj__fail(SJ_INVALID_ARGUMENT, "sj_node_rename: the %s is missing", node ? "name" : "node");
	sj_node *other = sj_graph_find(node->graph, name);
	if (other != NULL && other != node)
		return sj__fail(SJ_ALREADY_EXISTS, "sj_node_rename: another node is called '%s'", name);
	sj_status status = text_replace(&text, name);
	if (status == SJ_OK)
		status = name_take(&node->graph->names, name);
	if (status != SJ_OK) {
		sj__memory_free(text);
		return status;
	}
	sj__names_set_node(node->graph, node->name, NULL);
	sj__memory_free(node->name);
	node->name = text;
	sj__names_set_node(node->graph, name, node);
	return SJ_OK;
}

const char *sj_graph_unique_name(sj_graph *graph, const char *name, bool take)
{
	char *text = NULL;
	if (graph == NULL || name == NULL)
		return "";
	sj_status status = take ? sj__names_unique(graph, name, &text) : unique_text(graph, name, &text);
	sj__memory_free(graph->unique);
	graph->unique = text;
	if (status != SJ_OK)
		sj__error_stick(status);
	return text ? text : "";
}

sj_node *sj_graph_find(const sj_graph *graph, const char *name)
{
	if (graph == NULL || name == NULL || !is_taken(&graph->names, name))
		return NULL;
	return graph->names.places[place_of(&graph->names, name)].node;
}
