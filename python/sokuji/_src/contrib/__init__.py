"""What of TensorFlow lies beside its public names: modules inside it that programs import, its tutorials' data."""
