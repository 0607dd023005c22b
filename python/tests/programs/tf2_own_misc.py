# tf: 2.21
# Control flow, nests, specs, conversions, debugging, checkpoints, saved models, linear algebra and images.
import numpy as np
import tensorflow as tf
from support.show_2 import S

S("map_fn", lambda: (tf.map_fn(lambda x: x * x, [1, 2, 3]), tf.map_fn(lambda x: (x, -x), tf.constant([1, 2]), fn_output_signature=(tf.int32, tf.int32)), tf.map_fn(lambda t: t[0] + t[1], (tf.constant([1, 2]), tf.constant([3, 4])), fn_output_signature=tf.int32), tf.map_fn(lambda x: tf.cast(x, tf.float32), [1, 2], dtype=tf.float32)))
S("map_fn bad", lambda: tf.map_fn(lambda x: tf.cast(x, tf.float32), [1, 2]))
S("map_fn diff", lambda: tf.map_fn(lambda x: x, (tf.constant([1, 2]), tf.constant([3, 4, 5]))))
S("map_fn scalar", lambda: tf.map_fn(lambda x: x, tf.constant(1)))
S("fold", lambda: (tf.foldl(lambda a, x: a - x, [1, 2, 3]), tf.foldr(lambda a, x: a - x, [1, 2, 3]), tf.foldl(lambda a, x: a + x, [1, 2], initializer=10), tf.scan(lambda a, x: a + x, [1, 2, 3]), tf.scan(lambda a, x: a + x, [1, 2, 3], reverse=True), tf.scan(lambda a, x: (a[0] + x, a[1] * x), tf.constant([1, 2, 3]), initializer=(0, 1))))
S("vmap", lambda: (tf.vectorized_map(lambda x: tf.reduce_sum(x), tf.ones([3, 2])), tf.vectorized_map(lambda t: t[0] * t[1], (tf.constant([1., 2.]), tf.constant([3., 4.]))), tf.vectorized_map(lambda x: tf.linalg.matvec(tf.eye(2), x), tf.ones([3, 2]))))
S("while", lambda: (tf.while_loop(lambda i: i < 10, lambda i: [i + 3], [0]), tf.while_loop(lambda i, s: i < 4, lambda i, s: (i + 1, s + i), (0, 0), maximum_iterations=2), tf.while_loop(lambda d: d["i"] < 3, lambda d: [{"i": d["i"] + 1}], [{"i": tf.constant(0)}])))
S("while shape", lambda: tf.function(lambda: tf.while_loop(lambda i, x: i < 2, lambda i, x: (i + 1, tf.concat([x, x], 0)), (0, tf.ones([1])), shape_invariants=(tf.TensorShape([]), tf.TensorShape([None]))))())
S("while bad", lambda: tf.function(lambda: tf.while_loop(lambda i, x: i < 2, lambda i, x: (i + 1, tf.concat([x, x], 0)), (0, tf.ones([1]))))())
S("while cond bad", lambda: tf.while_loop(1, lambda x: x, [0]))
S("cond", lambda: (tf.cond(tf.constant(True), lambda: 1, lambda: 2), tf.cond(True, lambda: (1, {"a": 2}), lambda: (3, {"a": 4})), tf.function(lambda p: tf.cond(p, lambda: 1, lambda: 2))(tf.constant(False))))
S("cond bad", lambda: tf.function(lambda p: tf.cond(p, lambda: 1, lambda: (1, 2)))(tf.constant(False)))
S("cond dtype", lambda: tf.function(lambda p: tf.cond(p, lambda: 1, lambda: 2.))(tf.constant(False)))
S("cond notcallable", lambda: tf.cond(True, 1, 2))
S("case exclusive", lambda: tf.case([(tf.constant(True), lambda: 1), (tf.constant(True), lambda: 2)], exclusive=True))
S("case none", lambda: tf.case([(tf.constant(False), lambda: 1)]))
def ta():
    a = tf.TensorArray(tf.float32, size=3, clear_after_read=False, element_shape=[2])
    a = a.write(0, [1., 2.]); a = a.write(2, [5., 6.]); a = a.write(1, [3., 4.])
    return a.stack(), a.concat(), a.read(1), a.size(), a.gather([0, 2]), a.element_shape, a.dtype, a.dynamic_size
S("ta", ta)
S("ta unstack", lambda: tf.TensorArray(tf.int32, 3).unstack([1, 2, 3]).stack())
S("ta split", lambda: tf.TensorArray(tf.int32, 2, infer_shape=False).split([1, 2, 3], [1, 2]).read(1))
S("ta read twice", lambda: (lambda a: (a.read(0), a.read(0)))(tf.TensorArray(tf.int32, 1).write(0, 1)))
S("ta oob", lambda: tf.TensorArray(tf.int32, 1).write(3, 1))
S("ta dynamic", lambda: tf.TensorArray(tf.int32, 0, dynamic_size=True).write(2, 7).stack())
S("ta dtype", lambda: tf.TensorArray(tf.int32, 1).write(0, 1.5))
S("ta shape", lambda: tf.TensorArray(tf.int32, 2).write(0, [1]).write(1, [1, 2]).stack())
S("nest bad", lambda: tf.nest.map_structure(lambda a, b: a, [1], (1,)))
S("nest bad2", lambda: tf.nest.assert_same_structure([1, 2], [1]))
S("nest bad3", lambda: tf.nest.pack_sequence_as([1], [1, 2]))
S("spec", lambda: (tf.TensorSpec([None, 2]).is_compatible_with(tf.ones([3, 2])), tf.TensorSpec([2], tf.int32, "n"), tf.TensorSpec.from_spec(tf.TensorSpec([1]), "q"), tf.TensorSpec([1]).most_specific_compatible_type(tf.TensorSpec([2])), tf.TensorSpec([1]) == tf.TensorSpec([1]), tf.SparseTensorSpec([2, 2], tf.int32), tf.type_spec_from_value(tf.ones([1])), tf.IndexedSlicesSpec([2]), tf.TensorArraySpec([2]) if 0 else None, tf.OptionalSpec(tf.TensorSpec([])), tf.data.DatasetSpec(tf.TensorSpec([]))))
S("shape", lambda: (tf.TensorShape([1, None]) + [3] if 0 else tf.TensorShape([1, None]).concatenate([3]), tf.TensorShape([None, 2]).merge_with([3, None]), tf.TensorShape(None).rank, tf.TensorShape([2, 3]).num_elements(), tf.TensorShape([2, 3])[1], tf.TensorShape([2, 3])[1:], list(tf.TensorShape([2, None])), tf.TensorShape([2]).is_compatible_with([None]), tf.TensorShape([2, None]).is_fully_defined(), tf.TensorShape([1]) == [1], tf.TensorShape([2, 3]).as_list(), tf.TensorShape([2]).assert_has_rank(1), tf.broadcast_static_shape([2, 1], [3]) if 0 else tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3])), str(tf.TensorShape([1, None])), tf.TensorShape([1]).ndims, tf.TensorShape([2, 3]).with_rank(2)))
S("shape bad", lambda: tf.TensorShape([1, 2]).merge_with([1, 3]))
S("shape neg", lambda: tf.TensorShape([-1]))
S("dtype", lambda: (tf.float32.max, tf.int8.min, tf.as_dtype("int32"), tf.float32.as_numpy_dtype, tf.int32.is_integer, tf.float32.size, tf.bfloat16.name, tf.as_dtype(np.float64), tf.uint8.limits, tf.complex64.real_dtype, tf.int32 == "int32", tf.string.is_numpy_compatible, tf.bool.is_bool, tf.float16.is_floating, tf.dtypes.as_dtype(float), tf.float32.as_datatype_enum, str(tf.int32), tf.qint8.is_quantized))
S("dtype bad", lambda: tf.as_dtype("foo"))
S("convert", lambda: (tf.constant(1, tf.float32), tf.constant([[1, 2]], shape=[2, 1]), tf.constant(5, shape=[2]), tf.convert_to_tensor([1, 2.5]), tf.constant(np.arange(3)), tf.constant(True), tf.constant([1, 2], tf.int8), tf.constant(1 + 2j), tf.constant(b"x"), tf.constant(2 ** 40), tf.constant([]), tf.constant(np.float16(1)), tf.convert_to_tensor((tf.constant(1), 2))))
S("const bad", lambda: tf.constant([1, "a"]))
S("const bad shape", lambda: tf.constant([1, 2, 3], shape=[2]))
S("const ragged", lambda: tf.constant([[1], [1, 2]]))
S("const dtype", lambda: tf.constant(1.5, tf.int32))
S("const big", lambda: tf.constant(300, tf.uint8))
S("const None", lambda: tf.constant(None))
S("bool vec", lambda: bool(tf.constant([True, False])))
S("bool one", lambda: (bool(tf.constant([True])), bool(tf.constant(0.0)), bool(tf.constant([[1]]))))
S("bool empty", lambda: bool(tf.constant([])))
S("bool str", lambda: bool(tf.constant("a")))
S("int", lambda: (int(tf.constant(3)), float(tf.constant(3)), complex(tf.constant(3.)), round(float(tf.constant(2.6))), hash is not None, [1, 2, 3][tf.constant(1)], list(range(tf.constant(2)))))
S("int vec", lambda: int(tf.constant([1, 2])))
S("hash", lambda: hash(tf.constant(1)))
S("in", lambda: 1 in tf.constant([1, 2]))
S("format", lambda: ("{}".format(tf.constant(1)), f"{tf.constant(1.5)}", "%s" % tf.constant([1]), "%d" % tf.constant(1), "{:.2f}".format(tf.constant(1.234))))
S("format vec", lambda: "{:.2f}".format(tf.constant([1.234])))
S("numpy attr", lambda: (tf.constant([1, 2]).ndim, tf.constant([[1]]).shape[0], len(tf.constant([1, 2])), tf.constant(1.).device[-5:], tf.constant([1.]).dtype.name))
S("T", lambda: tf.constant([[1]]).T)
S("setitem", lambda: tf.constant([1]).__setitem__(0, 1))
S("len scalar", lambda: len(tf.constant(1)))
S("iter scalar", lambda: list(tf.constant(1)))
S("errors", lambda: tf.errors.InvalidArgumentError(None, None, "m").error_code)
S("err str", lambda: (str(tf.errors.NotFoundError(None, None, "mm")), tf.errors.OutOfRangeError.__mro__[1].__name__, tf.errors.INVALID_ARGUMENT))
S("ops eager", lambda: (tf.identity_n([tf.constant(1), tf.constant(2)]), tf.shape_n([tf.ones([1]), tf.ones([2])]), tf.ensure_shape([1, 2], [2]), tf.guarantee_const(1) if 0 else None, tf.no_op(), tf.group([tf.constant(1)]), tf.stop_gradient(1.), tf.tuple([tf.constant(1)]) if hasattr(tf, "tuple") else None))
S("ensure bad", lambda: tf.ensure_shape([1, 2], [3]))
S("debug", lambda: (tf.debugging.assert_equal(1, 1), tf.debugging.check_numerics(1., "m"), tf.debugging.is_numeric_tensor(tf.constant("a")), tf.debugging.assert_near(1., 1.), tf.debugging.assert_shapes([(tf.ones([2, 3]), ("a", "b"))]), tf.debugging.assert_type(tf.constant(1), tf.int32), tf.debugging.assert_scalar(1), tf.debugging.assert_rank(tf.ones([1]), 1), tf.debugging.assert_rank_in(tf.ones([1]), [0, 1]), tf.debugging.assert_non_negative(0), tf.debugging.assert_proper_iterable([1]), tf.debugging.assert_same_float_dtype([tf.constant(1.)]), tf.debugging.assert_all_finite([1.], "m"), tf.debugging.assert_integer(tf.constant(1)), tf.debugging.assert_none_equal(1, 2), tf.debugging.assert_greater(2, 1), tf.debugging.assert_less_equal(1, 1), tf.debugging.assert_negative(-1), tf.debugging.assert_non_positive(0), tf.debugging.assert_positive(1)))
S("check on", lambda: chk())
def chk():
    tf.debugging.enable_check_numerics()
    try: return tf.math.log(-1.)
    finally: tf.debugging.disable_check_numerics()
S("traceback", lambda: (tf.debugging.disable_traceback_filtering(), tf.debugging.is_traceback_filtering_enabled(), tf.debugging.enable_traceback_filtering()))
def dev():
    with tf.device("/CPU:0"): return tf.constant(1).device
S("device bad", lambda: dev2())
def dev2():
    with tf.device("/GPU:7"): return tf.constant(1).device
S("sampler", lambda: (tf.random.log_uniform_candidate_sampler([[1]], 1, 2, True, 5, seed=1)[0].shape, tf.random.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 3, unigrams=[1., 1., 1.])[0].shape if 0 else None))
S("gen nd", lambda: tf.random.Generator.from_non_deterministic_state().normal([2]).shape)
S("gen split", lambda: [g.state.numpy().tolist() for g in tf.random.Generator.from_seed(1).split(2)])
S("gen save", lambda: (tf.train.Checkpoint(g=tf.random.Generator.from_seed(1)).save("gg")))
S("threefry", lambda: tf.random.Generator.from_seed(1, alg="threefry").normal([1]))
S("sparse", lambda: (tf.sparse.to_dense(tf.sparse.SparseTensor([[0, 1]], [5], [2, 2])), tf.sparse.add(tf.sparse.eye(2), tf.sparse.eye(2)), tf.sparse.concat(0, [tf.sparse.eye(2), tf.sparse.eye(2)]), tf.sparse.expand_dims(tf.sparse.eye(2), 0), tf.sparse.fill_empty_rows(tf.sparse.SparseTensor([[0, 0]], [1], [2, 1]), 9), tf.sparse.map_values(tf.square, tf.sparse.eye(2)), tf.sparse.mask if 0 else None, tf.sparse.maximum(tf.sparse.eye(2), tf.sparse.eye(2) * 2.), tf.sparse.reduce_sum(tf.sparse.eye(2), 0), tf.sparse.reduce_max(tf.sparse.eye(2), 0), tf.sparse.reorder(tf.SparseTensor([[1, 0], [0, 1]], [1, 2], [2, 2])), tf.sparse.reset_shape(tf.sparse.eye(2), [3, 3]), tf.sparse.reshape(tf.sparse.eye(2), [4]), tf.sparse.retain(tf.sparse.eye(2), [True, False]), tf.sparse.slice(tf.sparse.eye(3), [0, 0], [2, 2]), tf.sparse.softmax(tf.sparse.eye(2)), tf.sparse.sparse_dense_matmul(tf.sparse.eye(2), tf.ones([2, 2])), tf.sparse.split(tf.sparse.eye(2), 2, 0), tf.sparse.to_indicator(tf.sparse.from_dense([[1, 0]]), 3), tf.sparse.transpose(tf.sparse.eye(2, 3)), tf.sparse.cross([[["a"]], [["b"]]]) if 0 else None, tf.sparse.bincount([1, 1, 2]), tf.sparse.eye(2) * 3., tf.sparse.segment_mean(tf.eye(2), [0, 1], [0, 0])))
S("sparse bad", lambda: tf.sparse.to_dense(tf.SparseTensor([[5, 5]], [1], [2, 2])))
S("sparse ops", lambda: tf.sparse.eye(2) + 1)
S("lookup", lambda: lk())
def lk():
    t = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    t.insert(["a", "b"], [1, 2]); t.remove(["a"])
    d = tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, -1, 0, -2); d.insert([5], [6])
    return t.lookup(["a", "b"]), t.size(), [sorted(x.numpy().tolist()) for x in t.export()], d.lookup([5, 7]), t.key_dtype, d[tf.constant([5], tf.int64)]
S("lookup file", lambda: lkf())
def lkf():
    tf.io.write_file("voc.txt", "a\nb\n")
    t = tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer("voc.txt", tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), -1)
    return t.lookup(["b", "z"]), t.size(), t.default_value
S("timer", lambda: tf.timestamp().dtype)
S("summary", lambda: smr())
def smr():
    w = tf.summary.create_file_writer("lg")
    with w.as_default(): 
        r = tf.summary.scalar("a", 1., step=1), tf.summary.histogram("h", [1., 2.], step=1), tf.summary.text("t", "x", step=1), tf.summary.image("i", tf.zeros([1, 2, 2, 3]), step=1), tf.summary.should_record_summaries()
    w.flush(); w.close(); return r
S("summary nostep", lambda: sm2())
def sm2():
    with tf.summary.create_file_writer("lg2").as_default(): return tf.summary.scalar("a", 1.)
def ck():
    v = tf.Variable(1.); c = tf.train.Checkpoint(v=v, n=tf.train.Checkpoint(w=tf.Variable([2.])))
    m = tf.train.CheckpointManager(c, "ck", max_to_keep=2)
    p = [m.save() for _ in range(3)]; v.assign(9.)
    s = c.restore(m.latest_checkpoint); s.assert_consumed(); s.assert_existing_objects_matched()
    return p, m.checkpoints, v, [(n, sh) for n, sh in tf.train.list_variables("ck")], tf.train.latest_checkpoint("ck"), tf.train.load_variable("ck", "v/.ATTRIBUTES/VARIABLE_VALUE"), c.save_counter, tf.train.get_checkpoint_state("ck").model_checkpoint_path
S("ckpt missing", lambda: tf.train.Checkpoint(q=tf.Variable(1.)).restore("ck/ckpt-3").assert_consumed())
S("ckpt not found", lambda: tf.train.Checkpoint(q=tf.Variable(1.)).restore("nope"))
S("ckpt read", lambda: tf.train.load_checkpoint("ck").get_variable_to_shape_map())
def sv():
    class M(tf.Module):
        def __init__(self): super().__init__(); self.v = tf.Variable(2.); self.c = [tf.Variable(1.)]; self.n = 5
        @tf.function(input_signature=[tf.TensorSpec([None])])
        def f(self, x): return {"y": x * self.v}
        @tf.function
        def g(self, x, k=2): return x * k
    m = M(); m.g(tf.constant(1.)); m.g(tf.constant(1), 3)
    tf.saved_model.save(m, "sm", signatures={"serving_default": m.f})
    r = tf.saved_model.load("sm")
    out = r.f(tf.constant([1.])), r.g(tf.constant(2.)), r.g(tf.constant(2), 3), list(r.signatures), r.signatures["serving_default"](x=tf.constant([3.])), r.v, r.c[0], hasattr(r, "n"), r.signatures["serving_default"].structured_outputs, r.signatures["serving_default"].structured_input_signature
    try: r.g(tf.constant(1.), 7)
    except Exception as e: out += (type(e).__name__,)
    return out
S("saved contains", lambda: (tf.saved_model.contains_saved_model("sm"), sorted(tf.io.gfile.listdir("sm"))))
L = tf.linalg
A = tf.constant([[4., 1.], [2., 3.]]); P = tf.constant([[4., 1.], [1., 3.]]); b = tf.constant([[1.], [2.]])
A = tf.constant([[4., 1.], [2., 3.]]); P = tf.constant([[4., 1.], [1., 3.]]); b = tf.constant([[1.], [2.]])
A = tf.constant([[4., 1.], [2., 3.]]); P = tf.constant([[4., 1.], [1., 3.]]); b = tf.constant([[1.], [2.]])
S("basic", lambda: (L.det(A), L.inv(A), L.solve(A, b), L.lstsq(A, b), L.cholesky(P), L.cholesky_solve(L.cholesky(P), b), L.trace(A), L.slogdet(A), L.logdet(P), L.matrix_rank(A), L.pinv(A), L.expm(A * .1), L.sqrtm(P), L.logm(tf.cast(P, tf.complex64)), L.adjoint(A), L.matrix_transpose(A), L.norm(A), L.norm(A, 1), L.norm(A, "fro", [0, 1]), L.norm(A, np.inf, axis=1)))
S("eigh", lambda: (L.eigvalsh(P), tf.abs(L.eigh(P)[1])))
S("eig", lambda: tf.sort(tf.math.real(L.eig(A)[0])))
S("eigvals", lambda: tf.sort(tf.math.real(L.eigvals(A))))
S("svd qr lu", lambda: (L.svd(A, compute_uv=False), tf.abs(L.qr(A)[1]), L.lu(A)[1], L.lu_reconstruct(*L.lu(A)), L.lu_matrix_inverse(*L.lu(A)), L.lu_solve(*L.lu(A), b)))
S("tri", lambda: (L.triangular_solve(tf.constant([[1., 0.], [2., 3.]]), b), L.band_part(A, 0, -1), L.diag([1, 2]), L.diag([1, 2], k=1), L.diag_part(A), L.diag_part(A, k=(-1, 0)), L.set_diag(A, [9., 9.]), L.tensor_diag([1, 2]), L.tensor_diag_part(A), L.tridiagonal_solve(tf.constant([[[1., 1., 0.], [4., 4., 4.], [0., 1., 1.]]]), tf.ones([1, 3])), L.tridiagonal_matmul(tf.constant([[1., 1., 0.], [4., 4., 4.], [0., 1., 1.]]), tf.ones([3, 1]), diagonals_format="compact") if 0 else None))
S("cross", lambda: (L.cross([1, 0, 0], [0, 1, 0]), L.l2_normalize([3., 4.]), L.normalize([3., 4.]), L.matmul(A, A), L.matvec(A, [1., 2.]), L.einsum("ij->ji", A), L.eye(2, batch_shape=[1]), L.global_norm([A])))
S("singular", lambda: L.inv(tf.zeros([2, 2])))
S("not square", lambda: L.det(tf.ones([2, 3])))
S("LinOp full", lambda: (L.LinearOperatorFullMatrix(A).matmul(b), L.LinearOperatorFullMatrix(A).solve(b), L.LinearOperatorFullMatrix(A).determinant(), L.LinearOperatorFullMatrix(A).to_dense(), L.LinearOperatorFullMatrix(A).shape))
S("LinOp diag", lambda: (L.LinearOperatorDiag([1., 2.]).matvec([3., 4.]), L.LinearOperatorDiag([1., 2.]).inverse().to_dense(), L.LinearOperatorIdentity(2).to_dense(), L.LinearOperatorScaledIdentity(2, 3.).trace(), L.LinearOperatorLowerTriangular(A).to_dense(), L.LinearOperatorDiag([1., 2.]).log_abs_determinant()))
s = tf.constant([1., 2., 3., 4., 5., 6., 7., 8.])
G = tf.signal
S("fft", lambda: (G.rfft(s), G.irfft(G.rfft(s)), G.fft(tf.cast(s, tf.complex64)), G.ifft(tf.cast(s, tf.complex64)), G.rfft(s, [4]), G.fft2d(tf.cast(A, tf.complex64)), G.rfft2d(A), G.irfft2d(G.rfft2d(A)), G.fftshift(s), G.ifftshift(s), G.fft3d(tf.ones([2, 2, 2], tf.complex64)), G.rfft3d(tf.ones([2, 2, 2]))))
S("stft", lambda: (tf.abs(G.stft(s, 4, 2)), G.inverse_stft(G.stft(s, 4, 2), 4, 2, window_fn=G.inverse_stft_window_fn(2)), G.frame(s, 4, 2), G.frame(s, 4, 3, pad_end=True, pad_value=-1), G.overlap_and_add([[1., 1.], [1., 1.]], 1)))
S("windows", lambda: (G.hann_window(4), G.hamming_window(4), G.hann_window(5, periodic=False), G.kaiser_window(4), G.kaiser_bessel_derived_window(4), G.vorbis_window(4)))
S("dct", lambda: (G.dct(s), G.dct(s, type=1), G.dct(s, type=3, norm="ortho") , G.dct(s, norm="ortho"), G.idct(G.dct(s, norm="ortho"), norm="ortho"), G.dct(s, type=4), G.mdct(s, 4), G.inverse_mdct(G.mdct(s, 4))))
S("mel", lambda: (G.linear_to_mel_weight_matrix(4, 8, 8000., 100., 3000.), G.mfccs_from_log_mel_spectrograms(tf.ones([1, 4]))))
S("dct bad", lambda: G.dct(s, type=5))
I = tf.image
im = tf.reshape(tf.range(18, dtype=tf.float32), [1, 3, 2, 3]) / 18
S("resize", lambda: [I.resize(im, [2, 2], m)[0, :, :, 0] for m in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")])
S("resize2", lambda: (I.resize(im, [6, 6], preserve_aspect_ratio=True).shape, I.resize(im, [5, 3], antialias=True)[0, :, :, 1], I.resize_with_pad(im, 4, 4).shape, I.resize_with_crop_or_pad(im, 2, 4)[0, :, :, 0], I.crop_and_resize(im, [[0., 0., 1., 1.]], [0], [2, 2])[0, :, :, 0]))
S("flip", lambda: (I.flip_left_right(im)[0, 0, :, 0], I.flip_up_down(im)[0, :, 0, 0], I.rot90(im).shape, I.transpose(im).shape, I.central_crop(im[0], .5).shape, I.crop_to_bounding_box(im, 1, 0, 1, 1), I.pad_to_bounding_box(im, 0, 0, 4, 4).shape))
S("color", lambda: (I.rgb_to_grayscale(im)[0, 0], I.grayscale_to_rgb(im[..., :1]).shape, I.rgb_to_hsv(im)[0, 1], I.hsv_to_rgb(im)[0, 1], I.rgb_to_yiq(im)[0, 1], I.rgb_to_yuv(im)[0, 1], I.yuv_to_rgb(im)[0, 1]))
S("adjust", lambda: (I.adjust_brightness(im, .1)[0, 0, 0], I.adjust_contrast(im, 2.)[0, 0, 0], I.adjust_gamma(im, 2.)[0, 0, 1], I.adjust_hue(im, .2)[0, 0, 1], I.adjust_saturation(im, .5)[0, 0, 1], I.per_image_standardization(im)[0, 0, 0], I.convert_image_dtype(im, tf.uint8)[0, 0, 1], I.convert_image_dtype(tf.constant([255], tf.uint8), tf.float32)))
S("boxes", lambda: (I.non_max_suppression([[0., 0., 1., 1.], [0., 0., .9, 1.], [2., 2., 3., 3.]], [.9, .8, .7], 3), I.draw_bounding_boxes(im, [[[0., 0., 1., 1.]]], [[1., 0., 0.]])[0, 0], I.extract_patches(im, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID").shape, I.non_max_suppression_with_scores([[0., 0., 1., 1.]], [.9], 3), I.combined_non_max_suppression(tf.zeros([1, 1, 1, 4]), tf.ones([1, 1, 1]), 1, 1)[3] if 0 else None))
S("io", lambda: (I.decode_png(I.encode_png(tf.zeros([2, 2, 3], tf.uint8))).shape, tf.io.decode_image(tf.io.encode_png(tf.zeros([2, 2, 1], tf.uint8))).shape, I.is_jpeg(b"\xff\xd8\xff")))
S("bad rank", lambda: I.resize(tf.ones([2, 2]), [1, 1]))
S("bad gray", lambda: I.rgb_to_grayscale(tf.ones([2, 2, 2])))
N = tf.nn
h = tf.reshape(tf.range(16, dtype=tf.float32), [1, 4, 4, 1])
S("act", lambda: (N.relu6([7.]), N.elu([-1.]), N.selu([-1.]), N.gelu([1.]), N.gelu([1.], approximate=True), N.silu([1.]), N.swish([1.], beta=2.), N.leaky_relu([-1.]), N.crelu([-1., 2.]), N.softplus([1.]), N.softsign([1.]), N.tanh([1.]), N.log_softmax([1., 2.]), N.softmax([[1., 2.]], 0), N.relu([-1])))
S("conv", lambda: (N.conv2d(h, tf.ones([2, 2, 1, 1]), 1, "VALID"), N.conv2d(h, tf.ones([2, 2, 1, 1]), [1, 2, 2, 1], "SAME"), N.conv1d(tf.ones([1, 4, 1]), tf.ones([2, 1, 1]), 1, "SAME"), N.conv2d_transpose(tf.ones([1, 2, 2, 1]), tf.ones([2, 2, 1, 1]), [1, 4, 4, 1], 2), N.depthwise_conv2d(h, tf.ones([2, 2, 1, 2]), [1, 1, 1, 1], "VALID").shape, N.separable_conv2d(h, tf.ones([2, 2, 1, 2]), tf.ones([1, 1, 2, 3]), [1, 1, 1, 1], "SAME").shape, N.conv3d(tf.ones([1, 2, 2, 2, 1]), tf.ones([2, 2, 2, 1, 1]), [1] * 5, "VALID"), N.convolution(h, tf.ones([2, 2, 1, 1]), dilations=2), N.atrous_conv2d(h, tf.ones([2, 2, 1, 1]), 2, "VALID"), N.dilation2d(h, tf.zeros([2, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4), N.erosion2d(h, tf.zeros([2, 2, 1]), [1] * 4, "VALID", "NHWC", [1] * 4)))
S("norm", lambda: (N.moments(h, [1, 2]), N.weighted_moments(y3, [0], [1., 1., 2.]), N.batch_normalization(y3, 1., 2., .1, .5, 1e-3), N.l2_normalize(y3), N.local_response_normalization(h)[0, 0], N.normalize_moments(3., 6., 14., None), N.sufficient_statistics(y3, [0]), N.zero_fraction([0., 1.]), N.fused_batch_norm if hasattr(N, "fused_batch_norm") else "none"))
y3 = tf.constant([1., 2., 3.])
S("norm", lambda: (N.weighted_moments(y3, [0], [1., 1., 2.]), N.batch_normalization(y3, 1., 2., .1, .5, 1e-3), N.normalize_moments(3., 6., 14., None), N.sufficient_statistics(y3, [0])))
S("dropout", lambda: (N.dropout(tf.ones([4]), .5, seed=1).shape, N.experimental.stateless_dropout(tf.ones([6]), .5, [1, 2])))
S("dropout bad", lambda: N.dropout(tf.ones([4]), 1.5))
S("ctc", lambda: N.ctc_loss([[1, 2]], tf.zeros([3, 1, 4]), [2], [3], blank_index=0))
S("beam", lambda: N.ctc_beam_search_decoder(tf.math.log(tf.constant([[[.1, .5, .4]], [[.8, .1, .1]]])), [2])[1])
