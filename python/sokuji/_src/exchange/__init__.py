"""Graphs as files: GraphDef, meta graphs, SavedModel."""
