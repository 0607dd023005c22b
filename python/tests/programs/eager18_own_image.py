# tf: 1.8
# tolerance: 1e-3
# tf.image under eager execution: resizing, flips, crops, colours, random changes with seeds.
import numpy as np
import tensorflow as tf
tf.enable_eager_execution()
I = tf.image


def show(label, make, digits=4):
    try:
        t = make()
        print(label, t.dtype.name, t.shape.as_list(), np.round(t.numpy().astype(np.float64), digits).tolist())
    except Exception as e:
        print(label, "raises", type(e).__name__)


grid = tf.reshape(tf.range(12.0), [3, 4, 1])
for m in range(4):
    show("method %d" % m, lambda: tf.squeeze(I.resize_images(grid, [2, 6], m), -1))
    show("aligned %d" % m, lambda: tf.squeeze(I.resize_images(grid, [5, 3], m, align_corners=True), -1))
show("ints", lambda: tf.squeeze(I.resize_images(tf.cast(grid, tf.int32), [2, 2])))
show("same", lambda: I.resize_images(grid, [3, 4])[0])
show("matrix", lambda: I.resize_images(tf.ones([2, 2]), [4, 4]))
image = tf.cast(tf.reshape(tf.range(6), [2, 3, 1]), tf.float32)
for name, f in (("lr", I.flip_left_right), ("ud", I.flip_up_down), ("t", I.transpose_image), ("rot", I.rot90), ("std", I.per_image_standardization)):
    show(name, lambda: f(image))
show("rot3", lambda: I.rot90(image, 3))
show("crop", lambda: I.crop_to_bounding_box(image, 0, 1, 2, 2))
show("crop out", lambda: I.crop_to_bounding_box(image, 1, 1, 2, 2))
show("pad", lambda: I.pad_to_bounding_box(image, 1, 0, 3, 4))
show("crop or pad", lambda: I.resize_image_with_crop_or_pad(image, 1, 5))
show("central", lambda: I.central_crop(grid, 0.5))
rgb = tf.constant([[[0.2, 0.4, 0.6], [1.0, 0.0, 0.5]]])
for name, f in (("gray", I.rgb_to_grayscale), ("hsv", I.rgb_to_hsv), ("hue", lambda t: I.adjust_hue(t, 0.25)), ("sat", lambda t: I.adjust_saturation(t, 0.5)),
                ("bright", lambda t: I.adjust_brightness(t, 0.3)), ("contrast", lambda t: I.adjust_contrast(t, 2.0)), ("gamma", lambda t: I.adjust_gamma(t, 2.0)),
                ("tv", I.total_variation), ("yuv", lambda t: I.hsv_to_rgb(I.rgb_to_hsv(t)))):
    show(name, lambda: f(rgb))
show("uint8 bright", lambda: I.adjust_brightness(tf.constant([[[10, 20, 250]]], tf.uint8), 0.5))
show("u8", lambda: I.convert_image_dtype(tf.constant([0.0, 0.5, 1.0]), tf.uint8))
show("f32", lambda: I.convert_image_dtype(tf.constant([0, 128, 255], tf.uint8), tf.float32))
show("sat cast", lambda: I.convert_image_dtype(tf.constant([-0.5, 1.5]), tf.uint8, saturate=True))
for seed in range(4):
    show("random flip", lambda: tf.squeeze(I.random_flip_left_right(image, seed=seed)))
show("random bright", lambda: tf.squeeze(I.random_brightness(image, 1.0, seed=3)))
show("random contrast", lambda: tf.squeeze(I.random_contrast(image, 0.5, 1.5, seed=3)))
show("random sat", lambda: I.random_saturation(rgb, 0.5, 1.5, seed=3))
show("random hue", lambda: I.random_hue(rgb, 0.2, seed=3))
show("nms", lambda: I.non_max_suppression([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.9, 1.0], [0.5, 0.5, 1.0, 1.0]], [0.5, 0.9, 0.3], 3))
with tf.GradientTape() as tape:
    tape.watch(grid)
    y = tf.reduce_sum(I.resize_images(grid, [2, 6]) ** 2)
show("gradient", lambda: tf.squeeze(tape.gradient(y, grid)))
