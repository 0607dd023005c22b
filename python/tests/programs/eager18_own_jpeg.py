# tf: 1.8
# JPEG pictures of one colour, which every decoder gives alike.
import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
grey = tf.image.encode_jpeg(np.full([9, 8, 3], 128, np.uint8))
print(tf.image.decode_jpeg(grey).shape, tf.image.decode_jpeg(grey).dtype, np.unique(tf.image.decode_jpeg(grey).numpy()))
print(tf.image.decode_jpeg(grey, channels=1).shape, tf.image.decode_jpeg(grey, channels=3, ratio=2).shape, tf.image.decode_image(grey).numpy()[0, 0], tf.image.is_jpeg(grey).numpy())
print(tf.image.extract_jpeg_shape(grey).numpy())
try:
    tf.image.decode_jpeg(b"no picture")
except tf.errors.InvalidArgumentError:
    print("InvalidArgumentError")
