"""AutoGraph: Python functions whose if, while and for can be a graph's. See README.md."""
