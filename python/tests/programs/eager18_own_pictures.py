# tf: 1.8
# tolerance: 1e-4
# Pictures: changes of size, place and colour, boxes, likeness, random changes.
import re
import numpy as np
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)


def show(r):
    if isinstance(r, tf.SparseTensor):
        return "sparse %s %s %s" % (show(r.indices), show(r.values), show(r.dense_shape))
    if isinstance(r, tf.IndexedSlices):
        return "slices %s %s" % (show(r.values), show(r.indices))
    if isinstance(r, tuple) and hasattr(r, "_fields"):
        return type(r).__name__ + "(" + ", ".join("%s=%s" % (f, show(getattr(r, f))) for f in r._fields) + ")"
    if isinstance(r, (list, tuple)):
        return "[" + ", ".join(show(q) for q in r) + "]"
    if isinstance(r, dict):
        return "{" + ", ".join("%s: %s" % (k, show(r[k])) for k in sorted(r)) + "}"
    if isinstance(r, (tf.Tensor, tfe.Variable)) or hasattr(r, "numpy"):
        a = r.numpy()
        if isinstance(a, np.ndarray) and a.dtype.kind == "f":
            a = np.round(a.astype(np.float64), 5) + 0.0
        return "%s %s %s" % (r.dtype.name, tuple(r.shape.as_list()), a.tolist() if hasattr(a, "tolist") else a)
    if isinstance(r, np.ndarray):
        return "ndarray %s %s %s" % (r.dtype, r.shape, r.tolist())
    return "%s %s" % (type(r).__name__, r)


def outcome(label, make):
    try:
        print(label, show(make()))
    except Exception as e:
        print(label, "raises", type(e).__name__)


I = tf.image
rs = np.random.RandomState(1)
im = tf.constant(rs.rand(4, 5, 3).astype(np.float32)); u8 = tf.constant(rs.randint(0, 256, (4, 5, 3)).astype(np.uint8)); bt = tf.stack([im, im * 0.5])
for m in range(4):
    outcome("resize %d" % m, lambda: I.resize_images(im, [3, 7], method=m))
    outcome("resize ac %d" % m, lambda: I.resize_images(im, [6, 2], method=m, align_corners=True))
    outcome("resize u8 %d" % m, lambda: I.resize_images(u8, [2, 3], method=m))
outcome("resize same", lambda: I.resize_images(u8, [4, 5]).dtype.name)
outcome("resize enum", lambda: I.resize_images(im, (2, 2), I.ResizeMethod.AREA))
outcome("resize bad size", lambda: I.resize_images(im, [3]))
outcome("resize bad method", lambda: I.resize_images(im, [3, 3], method=9))
outcome("resize bad rank", lambda: I.resize_images(im[0], [3, 3]))
outcome("resize tensor size", lambda: I.resize_images(im, tf.constant([2, 2])))
outcome("resize float size", lambda: I.resize_images(im, [2.0, 2.0]))
outcome("resize_bilinear", lambda: I.resize_bilinear(bt, [2, 2]))
outcome("resize_nn", lambda: I.resize_nearest_neighbor(tf.cast(bt * 255, tf.int32), [2, 2]))
outcome("resize_bicubic", lambda: I.resize_bicubic(bt, [5, 3]))
outcome("resize_area", lambda: I.resize_area(bt, [2, 3], align_corners=True))
outcome("crop_or_pad", lambda: I.resize_image_with_crop_or_pad(im, 2, 7))
outcome("crop_or_pad b", lambda: I.resize_image_with_crop_or_pad(bt, 6, 3))
outcome("crop_or_pad 0", lambda: I.resize_image_with_crop_or_pad(im, 0, 3))
outcome("central", lambda: I.central_crop(im, 0.5))
outcome("central 1", lambda: I.central_crop(im, 1.0).shape)
outcome("central 0", lambda: I.central_crop(im, 0.0))
outcome("crop_bb", lambda: I.crop_to_bounding_box(im, 1, 2, 2, 3))
outcome("crop_bb out", lambda: I.crop_to_bounding_box(im, 3, 2, 2, 3))
outcome("pad_bb", lambda: I.pad_to_bounding_box(im, 1, 0, 6, 6).shape)
outcome("pad_bb small", lambda: I.pad_to_bounding_box(im, 1, 0, 3, 6))
outcome("flip lr", lambda: I.flip_left_right(u8))
outcome("flip ud b", lambda: I.flip_up_down(bt))
outcome("transpose", lambda: I.transpose_image(u8))
for k in (-1, 0, 1, 2, 7):
    outcome("rot %d" % k, lambda: I.rot90(u8[:2, :3], k))
outcome("rot b", lambda: I.rot90(bt).shape)
outcome("grayscale", lambda: I.rgb_to_grayscale(u8))
outcome("grayscale f", lambda: I.rgb_to_grayscale(im))
outcome("to rgb", lambda: I.grayscale_to_rgb(u8[..., :1]).shape)
outcome("hsv back", lambda: I.hsv_to_rgb(I.rgb_to_hsv(im)))
outcome("yiq", lambda: I.rgb_to_yiq(im))
outcome("yiq back", lambda: I.yiq_to_rgb(im))
outcome("yuv", lambda: I.rgb_to_yuv(im))
outcome("yuv back", lambda: I.yuv_to_rgb(im))
outcome("brightness", lambda: I.adjust_brightness(u8, 0.2))
outcome("brightness f", lambda: I.adjust_brightness(im, -0.2))
outcome("contrast", lambda: I.adjust_contrast(im, 2.0))
outcome("contrast u8", lambda: I.adjust_contrast(u8, 0.5))
outcome("gamma", lambda: I.adjust_gamma(im, 2.0, 0.5))
outcome("gamma neg", lambda: I.adjust_gamma(im, -1.0))
outcome("hue", lambda: I.adjust_hue(im, 0.3))
outcome("hue u8", lambda: I.adjust_hue(u8, -0.3))
outcome("saturation", lambda: I.adjust_saturation(im, 0.5))
outcome("saturation u8", lambda: I.adjust_saturation(u8, 3.0))
outcome("std", lambda: I.per_image_standardization(u8))
outcome("std const", lambda: I.per_image_standardization(tf.ones([2, 2, 1])))
outcome("convert u8->f", lambda: I.convert_image_dtype(u8, tf.float32))
outcome("convert f->u8", lambda: I.convert_image_dtype(im, tf.uint8))
outcome("convert f->u8 sat", lambda: I.convert_image_dtype(im * 3, tf.uint8, saturate=True))
outcome("convert u8->i16", lambda: I.convert_image_dtype(u8, tf.int16))
outcome("tv", lambda: I.total_variation(bt))
outcome("tv 3d", lambda: I.total_variation(im))
outcome("psnr", lambda: I.psnr(im, im * 0.9, 1.0))
outcome("psnr u8", lambda: I.psnr(u8, u8 // 2, 255))
big = tf.constant(rs.rand(1, 16, 16, 1).astype(np.float32))
outcome("ssim", lambda: I.ssim(big, big * 0.8 + 0.1, 1.0))
outcome("ssim small", lambda: I.ssim(im, im, 1.0))
outcome("ssim msl", lambda: I.ssim_multiscale(tf.tile(big, [1, 12, 12, 1]), tf.tile(big, [1, 12, 12, 1]) * 0.9, 1.0))
outcome("sobel", lambda: I.sobel_edges(bt)[..., 0, :])
outcome("gradients", lambda: I.image_gradients(bt))
bx = tf.constant([[0.0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]])
sc = tf.constant([0.9, 0.75, 0.6, 0.95, 0.5, 0.3])
outcome("nms 0.5", lambda: I.non_max_suppression(bx, sc, 30, iou_threshold=0.95))
outcome("nms zero", lambda: I.non_max_suppression(bx, sc, 0))
outcome("nms bad", lambda: I.non_max_suppression(bx, sc[:2], 3))
outcome("nms bad iou", lambda: I.non_max_suppression(bx, sc, 3, iou_threshold=2.0))
outcome("draw", lambda: I.draw_bounding_boxes(tf.zeros([1, 4, 5, 3]), [[[0.0, 0.0, 0.7, 0.7]]]))
outcome("crop_resize", lambda: I.crop_and_resize(bt, [[0.1, 0.2, 0.8, 0.9], [0.0, 0, 1, 1.5]], [0, 1], [2, 3]))
outcome("crop_resize nn", lambda: I.crop_and_resize(bt, [[0.1, 0.2, 0.8, 0.9]], [0], [2, 3], method="nearest", extrapolation_value=7.0))
outcome("crop_resize bad", lambda: I.crop_and_resize(bt, [[0.1, 0.2, 0.8, 0.9]], [5], [2, 3]))
outcome("patches", lambda: tf.extract_image_patches(bt, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID"))
outcome("patches rates", lambda: tf.extract_image_patches(bt, [1, 2, 2, 1], [1, 1, 1, 1], [1, 2, 2, 1], "SAME").shape)
outcome("glimpse", lambda: I.extract_glimpse(bt, [2, 2], [[0.0, 0.0], [0.5, -0.5]]))
outcome("glimpse noc", lambda: I.extract_glimpse(bt, [2, 2], [[1.0, 1.0], [0.5, 0.5]], centered=False, normalized=False))
outcome("png", lambda: I.decode_png(I.encode_png(u8)))
outcome("png 1", lambda: I.decode_png(I.encode_png(u8), channels=1).shape)
outcome("png u16", lambda: I.decode_png(I.encode_png(tf.cast(u8, tf.uint16)), dtype=tf.uint16).dtype)
outcome("jpeg", lambda: I.decode_jpeg(I.encode_jpeg(u8)).shape)
outcome("jpeg q", lambda: tf.substr(I.encode_jpeg(u8, quality=50, format="rgb"), 0, 3))
outcome("image", lambda: I.decode_image(I.encode_png(u8)).shape)
outcome("bad", lambda: I.decode_image("nothing"))
outcome("bad png", lambda: I.decode_png("nothing"))
outcome("is_jpeg", lambda: I.is_jpeg(I.encode_jpeg(u8)))
outcome("jpeg shape", lambda: I.extract_jpeg_shape(I.encode_jpeg(u8)))
tf.set_random_seed(3)
outcome("random_flip", lambda: I.random_flip_left_right(u8, seed=1))
outcome("random_flip ud", lambda: I.random_flip_up_down(u8, seed=4))
outcome("random_brightness", lambda: I.random_brightness(im, 0.3, seed=2))
outcome("random_brightness neg", lambda: I.random_brightness(im, -0.3, seed=2))
outcome("random_contrast", lambda: I.random_contrast(im, 0.3, 0.9, seed=2))
outcome("random_contrast bad", lambda: I.random_contrast(im, 0.9, 0.3, seed=2))
outcome("random_hue", lambda: I.random_hue(im, 0.3, seed=2))
outcome("random_saturation", lambda: I.random_saturation(im, 0.3, 0.9, seed=2))
outcome("random_crop", lambda: tf.random_crop(u8, [2, 2, 3], seed=2))
outcome("random_crop big", lambda: tf.random_crop(u8, [9, 2, 3], seed=2))
def grad(f, *xs):
    return list(tfe.gradients_function(f)(*xs))
outcome("g bilinear", lambda: grad(lambda x: tf.reduce_sum(I.resize_bilinear(x, [3, 7]) ** 2), bt))
outcome("g nn", lambda: grad(lambda x: tf.reduce_sum(I.resize_nearest_neighbor(x, [3, 7]) ** 2), bt))
outcome("g bicubic", lambda: grad(lambda x: tf.reduce_sum(I.resize_bicubic(x, [3, 7]) ** 2), bt))
outcome("g crop_resize", lambda: grad(lambda x, y: tf.reduce_sum(I.crop_and_resize(x, y, [0], [2, 3]) ** 2), bt, tf.constant([[0.1, 0.2, 0.8, 0.9]])))
outcome("g gray", lambda: grad(lambda x: tf.reduce_sum(I.rgb_to_grayscale(x) ** 2), im))
outcome("g sat", lambda: grad(lambda x: tf.reduce_sum(I.adjust_saturation(x, 0.5) ** 2), im))
outcome("g tv", lambda: grad(lambda x: tf.reduce_sum(I.total_variation(x)), bt))
outcome("g std", lambda: grad(lambda x: tf.reduce_sum(I.per_image_standardization(x) ** 3), im))
outcome("contrib rotate", lambda: tf.contrib.image.rotate(bt, 0.5))
outcome("contrib translate", lambda: tf.contrib.image.translate(bt, [1, 0]))
outcome("contrib transform", lambda: tf.contrib.image.transform(bt, [1, 0.1, 0, 0, 1, 0, 0, 0]))
outcome("contrib bipartite", lambda: tf.contrib.image.angles_to_projective_transforms(0.3, 4.0, 5.0))
