"""What every other package stands on: dtypes, shapes, conversion, nested structures, printing, exceptions, the log."""
