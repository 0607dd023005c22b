"""Functions of tensors: a table of those that are one operation, and modules, by subject, of those that are more."""
