"""What runs around sessions of TensorFlow 1.x: summaries of graphs, hooks, metrics, timelines."""
