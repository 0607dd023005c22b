"""Which names of tf.* come from the modules that hold checks, control flow, and what is beside array_ops and math_ops."""

from . import array_more, check_ops, control_flow, errors, execution, losses, math_more, math_ops, nn_more, nn_ops, random_more, small, sparse, string_ops


_LOSSES = ("add_loss", "get_losses", "get_regularization_losses", "get_regularization_loss", "get_total_loss")


def add(version, names, spaces):
    space = lambda name: spaces.setdefault(name, {})  # noqa: E731
    (_add_1 if version == 1 else _add_2)(names, space)
    small.add(version, names, space)


def _add_1(names, space):
    for module in (check_ops, control_flow, array_more, math_more, string_ops):
        names.update(module.NAMES_1)
    names.update(execution.NAMES_1)
    space("contrib.eager").update(execution.TFE)
    names["OpError"] = errors.OpError
    names.update(truediv=math_ops.truediv_1, divide=math_ops.divide_1)
    space("linalg").update(math_more.LINALG_1)
    space("math")["polyval"] = math_more.polyval
    space("nn").update(nn_more.NN_1)
    space("losses").update({name: getattr(losses, name) for name in _LOSSES})
    space("losses")["mean_pairwise_squared_error"] = nn_more.mean_pairwise_squared_error
    names.update(random_more.NAMES_1)
    space("initializers").update(random_more.INITIALIZERS_1)
    space("contrib.layers").update(random_more.CONTRIB_LAYERS)
    space("test").update(random_more.TEST)
    space("manip")["roll"] = array_more.roll


def _add_2(names, space):
    names.update(control_flow.NAMES_2)
    names.update(array_more.NAMES_2)
    del names["accumulate_n"]
    names["complex"], names["norm"] = math_more.complex_, math_more.norm_2
    names["reduce_logsumexp"] = math_more.reduce_logsumexp_2
    names["assert_equal"] = check_ops.DEBUGGING_2["assert_equal"]
    names["Assert"] = check_ops.Assert
    math = space("math")
    math.update(array_more.MATH_2)
    math.update({name: value for name, value in math_more.MATH_2.items() if value is not None})
    math.update(zero_fraction=nn_ops.zero_fraction, is_non_decreasing=check_ops.is_non_decreasing, floordiv=math_more.floor_div,
                is_strictly_increasing=check_ops.is_strictly_increasing, mod=math.get("floormod"))  # fmt: skip
    linalg = space("linalg")
    linalg.update({name: value for name, value in math_more.LINALG_2.items() if value is not None})
    linalg["l2_normalize"] = nn_ops.l2_normalize
    space("nn").update(nn_more.NN_2)
    math.update(nn_more.MATH_2)
    names.update(random_more.NAMES_2)
    space("random").update(random_more.RANDOM_2)
    space("test").update(random_more.TEST)
    space("debugging").update(check_ops.DEBUGGING_2)
    space("debugging")["Assert"] = check_ops.Assert
    names.update(sparse.NAMES_2)
    space("sparse").update(sparse.SPARSE_2)
    space("strings").update(string_ops.STRINGS_2)
    space("io").update(string_ops.IO_2)
