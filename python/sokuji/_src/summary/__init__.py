"""What TensorBoard reads: event files and the two versions' ways to write them."""
