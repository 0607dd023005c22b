# tf: 1.8
# Static shapes, ranks refused and names of tf.image functions.
import numpy as np
import tensorflow as tf
I = tf.image
sess = tf.Session()
def attempt(label, action):
    try:
        result = action()
    except Exception as e:
        print(label, "->", type(e).__name__)
    else:
        print(label, "->", result)
def sh(t): return t.shape.as_list() if t.shape.ndims is not None else None
img = tf.reshape(tf.range(24.0), [2, 4, 3])
for k in range(-1, 6):
    r = I.rot90(img, k); print(k, sh(r), sess.run(r).shape, r.name)
bat = tf.reshape(tf.range(48.0), [2, 2, 4, 3])
print(sh(I.rot90(bat, 1)), sess.run(I.rot90(bat, 1)).shape)
u = tf.placeholder(tf.float32, None)
p3 = tf.placeholder(tf.float32, [None, None, 3])
p4 = tf.placeholder(tf.float32, [None, 8, None, 3])
def each(label, f):
    for n, t in (("img", img), ("batch", bat), ("unknown", u), ("p3", p3), ("p4", p4)):
        attempt(label + " " + n, lambda: (sh(f(t)), f(t).name.split("/")[0], f(t).dtype.name))
each("rot90", lambda t: I.rot90(t))
each("lr", I.flip_left_right)
each("ud", I.flip_up_down)
each("tr", I.transpose_image)
each("rlr", lambda t: I.random_flip_left_right(t, seed=1))
each("rud", lambda t: I.random_flip_up_down(t, seed=1))
each("central", lambda t: I.central_crop(t, 0.5))
each("central1", lambda t: I.central_crop(t, 1.0))
each("crop", lambda t: I.crop_to_bounding_box(t, 0, 1, 2, 2))
each("pad", lambda t: I.pad_to_bounding_box(t, 1, 1, 9, 9))
each("croppad", lambda t: I.resize_image_with_crop_or_pad(t, 3, 5))
each("resize", lambda t: I.resize_images(t, [3, 5]))
each("resizet", lambda t: I.resize_images(t, tf.placeholder(tf.int32, [2])))
each("bright", lambda t: I.adjust_brightness(t, 0.1))
each("contrast", lambda t: I.adjust_contrast(t, 0.1))
each("hue", lambda t: I.adjust_hue(t, 0.1))
each("sat", lambda t: I.adjust_saturation(t, 0.1))
each("gamma", lambda t: I.adjust_gamma(t, 0.1))
each("gray", I.rgb_to_grayscale)
each("hsv", I.rgb_to_hsv)
each("rgb", I.hsv_to_rgb)
each("tv", I.total_variation)
each("conv", lambda t: I.convert_image_dtype(t, tf.uint8))
each("rcrop", lambda t: tf.random_crop(t, [2, 2, 3]))
each("rbright", lambda t: I.random_brightness(t, 0.1, seed=1))
each("rhue", lambda t: I.random_hue(t, 0.1, seed=1))
each("rsat", lambda t: I.random_saturation(t, 0.1, 0.3, seed=1))
each("rcon", lambda t: I.random_contrast(t, 0.1, 0.3, seed=1))
each("psnr", lambda t: I.psnr(t, t, 1.0))
each("gray2rgb", lambda t: I.grayscale_to_rgb(t[..., :1]))
each("boxes", lambda t: I.draw_bounding_boxes(t, [[[0., 0., 1., 1.]]]))
print(sh(I.non_max_suppression(tf.zeros([3, 4]), tf.zeros([3]), 2)))
