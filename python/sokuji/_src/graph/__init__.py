"""Graphs as Python sees them: tf.Graph and tf.Session of 1.x, traced functions and control flow, over the core's graphs."""
