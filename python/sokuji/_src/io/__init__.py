"""Files and formats: records, tf.gfile, downloads, protocol buffers."""
