"""Graphs as Python sees them: traced functions and control flow."""
