# tf: 2.21
# Parsing of examples and sequences, sparse tensors as strings, BMP and GIF pictures, sound, boxes.
import struct

import numpy as np
import tensorflow as tf
from support.attempt_2 import attempt


def seq():
    ex = tf.train.SequenceExample()
    ex.context.feature["n"].int64_list.value.append(3)
    fl = ex.feature_lists.feature_list["t"]
    for v in (1.0, 2.0):
        fl.feature.add().float_list.value.append(v)
    return ex.SerializeToString()
attempt("seq", lambda: tf.nest.map_structure(lambda t: t.numpy().tolist(), tf.io.parse_single_sequence_example(seq(), {"n": tf.io.FixedLenFeature([], tf.int64)}, {"t": tf.io.FixedLenSequenceFeature([], tf.float32)})))
attempt("seqs", lambda: tf.nest.map_structure(lambda t: t.numpy().tolist(), tf.io.parse_sequence_example([seq(), seq()], {"n": tf.io.FixedLenFeature([], tf.int64)}, {"t": tf.io.FixedLenSequenceFeature([], tf.float32)})))
def ex(**k):
    return tf.train.Example(features=tf.train.Features(feature={n: tf.train.Feature(int64_list=tf.train.Int64List(value=v)) if isinstance(v[0], int) else tf.train.Feature(float_list=tf.train.FloatList(value=v)) for n, v in k.items()})).SerializeToString()
attempt("SparseFeature", lambda: str(tf.io.SparseFeature("i", "v", tf.float32, 10)))
attempt("parse sparse", lambda: tf.sparse.to_dense(tf.io.parse_example([ex(i=[1, 3], v=[0.5, 2.0])], {"s": tf.io.SparseFeature("i", "v", tf.float32, 5)})["s"]))
attempt("parse ragged", lambda: tf.io.parse_example([ex(v=[0.5, 2.0]), ex(v=[1.0])], {"v": tf.io.RaggedFeature(tf.float32)})["v"].to_list())
attempt("parse varlen", lambda: tf.sparse.to_dense(tf.io.parse_example([ex(v=[0.5, 2.0]), ex(v=[1.0])], {"v": tf.io.VarLenFeature(tf.float32)})["v"]))
attempt("parse missing", lambda: tf.io.parse_example([ex(v=[0.5])], {"w": tf.io.FixedLenFeature([1], tf.float32)}))
attempt("parse default", lambda: tf.io.parse_example([ex(v=[0.5])], {"w": tf.io.FixedLenFeature([2], tf.float32, [1.0, 2.0])})["w"])
st = tf.SparseTensor([[0, 1], [2, 0]], [3.0, 4.0], [3, 2])
attempt("serialize_sparse", lambda: tf.io.serialize_sparse(st).shape)
attempt("serialize many", lambda: tf.sparse.to_dense(tf.io.deserialize_many_sparse(tf.io.serialize_many_sparse(st), tf.float32)))
attempt("serialize tensor", lambda: tf.io.parse_tensor(tf.io.serialize_tensor(tf.constant([[1, 2]])), tf.int32))
attempt("parse wrong", lambda: tf.io.parse_tensor(tf.io.serialize_tensor(tf.constant([[1, 2]])), tf.float32))
attempt("decode_raw", lambda: tf.io.decode_raw([b"\x01\x00\x02\x00"], tf.int16, little_endian=True))
attempt("decode_padded", lambda: tf.io.decode_raw([b"\x01", b"\x01\x02"], tf.uint8, fixed_length=3))
attempt("base64", lambda: tf.io.decode_base64(tf.io.encode_base64([b"hello", b"a"], pad=True)))
attempt("compressed", lambda: tf.io.decode_compressed([__import__("zlib").compress(b"abc")], "ZLIB"))
attempt("csv", lambda: [v.numpy().tolist() for v in tf.io.decode_csv(["1,2.5,a", "3,,b"], [[0], [7.0], ["x"]])])
attempt("json", lambda: tf.io.decode_json_example(b'{"features": {"feature": {"a": {"int64List": {"value": ["1"]}}}}}').numpy() if True else 0)
attempt("bmp", lambda: tf.io.decode_bmp(b"BM" + (54 + 16).to_bytes(4, "little") + b"\0" * 4 + (54).to_bytes(4, "little") + (40).to_bytes(4, "little") + (2).to_bytes(4, "little") + (2).to_bytes(4, "little") + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + b"\0" * 24 + bytes(range(16))))
attempt("image is", lambda: (tf.io.is_jpeg(b"\xff\xd8\xff\xe0").numpy(),))
png = tf.io.encode_png(tf.cast(tf.reshape(tf.range(12), [2, 2, 3]), tf.uint8))
attempt("image", lambda: tf.io.decode_image(png))
attempt("image f", lambda: tf.io.decode_image(png, dtype=tf.float32, channels=1))
attempt("png16", lambda: tf.io.decode_png(tf.io.encode_png(tf.cast(tf.reshape(tf.range(4), [2, 2, 1]) * 1000, tf.uint16)), dtype=tf.uint16))
attempt("jpeg", lambda: tf.io.decode_jpeg(tf.io.encode_jpeg(tf.cast(tf.fill([8, 8, 3], 100), tf.uint8), quality=90))[0, 0])
attempt("extract_jpeg_shape", lambda: tf.io.extract_jpeg_shape(tf.io.encode_jpeg(tf.cast(tf.fill([8, 4, 3], 100), tf.uint8))))
attempt("decode_and_crop", lambda: tf.io.decode_and_crop_jpeg(tf.io.encode_jpeg(tf.cast(tf.fill([8, 8, 3], 100), tf.uint8)), [1, 2, 3, 4]).shape)
attempt("adjust_jpeg_quality", lambda: tf.image.adjust_jpeg_quality(tf.fill([8, 8, 3], 0.5), 50)[0, 0])
attempt("wav", lambda: [np.round(v.numpy(), 4).tolist() for v in tf.audio.decode_wav(tf.audio.encode_wav([[0.5], [-0.25]], 8000))])
attempt("nms overlaps", lambda: tf.image.non_max_suppression_overlaps([[1.0, 0.6], [0.6, 1.0]], [0.9, 0.8], 2, 0.5))
attempt("nms padded", lambda: [v.numpy().tolist() for v in tf.image.non_max_suppression_padded([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.9], [2.0, 2.0, 3.0, 3.0]], [0.9, 0.8, 0.7], 3, pad_to_max_output_size=True)])
attempt("combined", lambda: [v.numpy().tolist() for v in tf.image.combined_non_max_suppression(tf.constant([[[[0.0, 0.0, 1.0, 1.0]], [[0.0, 0.0, 1.0, 0.9]]]]), tf.constant([[[0.9], [0.8]]]), 2, 2)])
attempt("draw", lambda: tf.image.draw_bounding_boxes(tf.zeros([1, 3, 3, 3]), [[[0.0, 0.0, 1.0, 1.0]]], [[1.0, 0.0, 0.0]])[0, :, :, 0])
attempt("crop_and_resize", lambda: tf.image.crop_and_resize(tf.reshape(tf.range(9.0), [1, 3, 3, 1]), [[0.0, 0.0, 1.0, 0.5]], [0], [2, 2])[0, :, :, 0])
attempt("extract_glimpse", lambda: tf.image.extract_glimpse(tf.reshape(tf.range(9.0), [1, 3, 3, 1]), [2, 2], [[0.0, 0.0]])[0, :, :, 0])
attempt("patches", lambda: tf.image.extract_patches(tf.reshape(tf.range(9.0), [1, 3, 3, 1]), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID").shape)
attempt("yuv", lambda: tf.image.rgb_to_yuv([[[0.2, 0.4, 0.6]]]))
attempt("total variation", lambda: tf.image.total_variation(tf.reshape(tf.range(9.0), [1, 3, 3, 1])))
attempt("psnr", lambda: tf.image.psnr(tf.zeros([1, 8, 8, 1]), tf.ones([1, 8, 8, 1]) * 0.1, 1.0))
attempt("grads", lambda: [v[0, :, :, 0].numpy().tolist() for v in tf.image.image_gradients(tf.reshape(tf.range(9.0), [1, 3, 3, 1]))])
attempt("sless flip", lambda: tf.image.stateless_random_flip_left_right(tf.reshape(tf.range(4.0), [2, 2, 1]), [3, 4])[..., 0])
attempt("sless crop", lambda: tf.image.stateless_random_crop(tf.reshape(tf.range(9), [3, 3]), [2, 2], [1, 2]))
attempt("sless bright", lambda: tf.image.stateless_random_brightness(tf.ones([1, 1, 1]), 0.5, [1, 2]))
attempt("sless sat", lambda: tf.image.stateless_random_saturation(tf.constant([[[0.2, 0.4, 0.6]]]), 0.5, 1.0, [1, 2]))
attempt("sless jpeg", lambda: tf.image.stateless_random_jpeg_quality(tf.fill([8, 8, 3], 0.5), 50, 70, [1, 2])[0, 0])
attempt("ragged cross", lambda: tf.ragged.cross([tf.ragged.constant([["a"], ["b", "c"]]), tf.ragged.constant([["d"], ["e"]])]).to_list())
attempt("gfile", lambda: sorted(n for n in dir(tf.io.gfile) if not n.startswith("_")))


def frame(indices, left, top, w, h, extra=b""):
    bits, n = 0, 0
    for i in indices:  # a clear code before every colour keeps codes at 3 bits
        for code in (4, i):
            bits |= code << n
            n += 3
    bits |= 5 << n
    data = bits.to_bytes((n + 3 + 7) // 8, "little")
    return extra + b"\x2c" + struct.pack("<HHHHB", left, top, w, h, 0) + b"\x02" + bytes([len(data)]) + data + b"\0"


head = b"GIF89a" + struct.pack("<HHBBB", 3, 2, 0x91, 0, 0) + bytes([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7])
still = head + frame([0, 1, 2, 3, 0, 1], 0, 0, 3, 2) + b"\x3b"
moving = head + frame([0, 1, 2, 3, 0, 1], 0, 0, 3, 2) + frame([2, 2], 1, 1, 2, 1) + frame([3, 1], 0, 0, 2, 1, b"\x21\xf9\x04\x01\x00\x00\x01\x00") + b"\x3b"
print(tf.io.decode_gif(still).numpy().tolist())
print(tf.io.decode_gif(moving).numpy().tolist())
print(tf.io.decode_image(moving).shape, tf.io.decode_image(moving, expand_animations=False).shape, tf.io.decode_image(still).shape)
print(tf.io.decode_image(moving, dtype=tf.float32)[1, 1].numpy().tolist())
for f in (lambda: tf.io.decode_gif(b"GIF89a123"), lambda: tf.io.decode_gif(b"abc"), lambda: tf.io.decode_png(moving).shape, lambda: tf.io.decode_png(still).shape, lambda: tf.io.decode_jpeg(still).shape, lambda: tf.io.decode_bmp(still)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__)
