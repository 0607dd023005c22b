"""
Seeing what there is and what it does: graphs and traced functions as text(), dot() (Graphviz) and events() (TensorBoard); timeline(path) writes a Chrome trace
of what runs within its block, eagerly, in sessions and in functions.
"""

from sokuji._src.sessions.profile import dot, events, graph_def, text, timeline

__all__ = ["dot", "events", "graph_def", "text", "timeline"]
