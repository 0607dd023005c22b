"""Graphs as programs of 1.x write them: tf.Graph, tf.Operation, tf.Session, graph variables, over the core's graphs."""
