"""Names of 2.x's operations whose modules are imported late: sparse tensors, sequences' losses, windows over images."""

from sokuji._src.api import missing, ragged_dispatch  # noqa: F401  (what the first ragged tensor installs)
from sokuji._src.io import pictures
from sokuji._src.ops import ctc_ops, image_late_ops, late_2_ops, linalg_late_ops, math_late_ops, nn_late_ops, ragged, raw_ops, signal_ops, sparse_ops_2, string_late_ops
from sokuji._src.variables import creators


def _candidates(held):
    def load():
        from sokuji._src.graph import candidates

        return getattr(candidates, held)

    return load


def operators():
    """What tf.linalg has of LinearOperator."""
    from sokuji._src.ops import linear_compositions

    return linear_compositions.NAMES


def get_static_value(tensor, partial=False):
    """The value as a NumPy array, or None where it is not known before the graph runs; of variables None."""
    from sokuji._src.api import assemble_graphs

    return assemble_graphs.constant_value(tensor)


_OPERATORS = """Adjoint BlockDiag BlockLowerTriangular Circulant Circulant2D Circulant3D Composition Diag FullMatrix Householder Identity Inversion Kronecker
    LowRankUpdate LowerTriangular Permutation ScaledIdentity Toeplitz Tridiag Zeros"""
_SAMPLERS = "uniform_candidate_sampler log_uniform_candidate_sampler learned_unigram_candidate_sampler fixed_unigram_candidate_sampler all_candidate_sampler"


def add(names, spaces):
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    missing.put_off(space("nn"), "nce_loss sampled_softmax_loss compute_accidental_hits fixed_unigram_candidate_sampler learned_unigram_candidate_sampler all_candidate_sampler",
                    _candidates("NN_2"))  # fmt: skip
    missing.put_off(space("random"), _SAMPLERS, _candidates("RANDOM_2"))
    space("sparse").update(sparse_ops_2.SPARSE_2)
    space("nn").update({**sparse_ops_2.NN_2, **ctc_ops.NN_2, **nn_late_ops.NN_2})
    space("image").update({**nn_late_ops.IMAGE_2, **image_late_ops.IMAGE_2, **pictures.IO_2})
    space("io").update(pictures.IO_2)
    space("math").update({**math_late_ops.MATH_2, **{n: names[n] for n in math_late_ops.FROM_ROOT}, **{n: spaces["nn"][n] for n in math_late_ops.FROM_NN}})
    space("math.special").update(math_late_ops.SPECIAL_2)
    space("linalg").update(linalg_late_ops.LINALG_2)
    missing.put_off(space("linalg"), " ".join("LinearOperator" + kind for kind in ["", *_OPERATORS.split()]), operators)
    names.update(norm=linalg_late_ops.norm, matrix_square_root=linalg_late_ops.sqrtm)
    space("signal").update(signal_ops.SIGNAL_2)
    space("strings").update(string_late_ops.STRINGS_2)
    space("lookup").update(string_late_ops.LOOKUP)
    space("lookup.experimental").update(string_late_ops.LOOKUP_EXPERIMENTAL)
    space("io").update(string_late_ops.IO_2)
    space("raw_ops").update(raw_ops.names())
    space("sets").update(raw_ops.SETS)
    space("ragged").update(ragged.RAGGED, cross=sparse_ops_2.ragged_cross)
    names.update({**late_2_ops.ROOT, **creators.NAMES, "get_static_value": get_static_value})
    names.update((name, space("debugging")[name]) for name in ("assert_greater", "assert_less", "assert_rank"))
    for dotted in ("math", "linalg", "linalg.experimental", "image", "nn"):
        space(dotted).update(getattr(late_2_ops, dotted.upper().replace(".", "_")))
    space("math")["scalar_mul"] = names["scalar_mul"]
    names["as_string"] = spaces["strings"]["as_string"]
    names["RaggedTensor"] = ragged.RaggedTensor
