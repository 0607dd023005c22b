"""Model.summary, as TensorFlow prints it: lines of underscores in 1.x, a table of boxes in 2.x."""

import re
import shutil

from sokuji._src.variables import variables


def summary(model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range=None):
    if variables._version == 1:
        _summary_1(model, line_length, positions, print_fn or print)
    else:
        _summary_2(model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)


def _count(weights):
    return sum(w._size for w in weights)


def _is_sequential(model, graph):
    if graph is None or type(model).__name__ == "Sequential" or hasattr(model, "_input_layer"):
        return True
    if any(n > 1 for n in graph.depth_counts.values()) or any(len(node.sources) > 1 for node in graph.nodes):
        return False
    layers = [id(node.layer) for node in graph.nodes]
    return len(set(layers)) == len(layers)


def _shape_of(layer, graph):
    node = next((n for n in (graph.nodes if graph else layer._nodes) if n.layer is layer), None) if graph or layer._nodes else None
    if node is None:
        return _built_shape(layer)
    shapes = [tuple(s._sizes) for s in node.outputs]
    return shapes[0] if len(shapes) == 1 else shapes


def _built_shape(layer):
    """2.x: what a layer that no symbol ran through gives for the shape that it was built for."""
    shape = getattr(layer, "_build_shape", None)
    if shape is None or variables._version == 1 or not layer.built:
        return None
    try:
        return layer.compute_output_shape(shape)
    except Exception:  # layers of programs need not know
        return None


# ---- 1.x ----


def _row(fields, positions, out):
    line = ""
    for i, field in enumerate(fields):
        if i > 0:
            line = line[:-1] + " "
        line = (line + str(field))[: positions[i]]
        line += " " * (positions[i] - len(line))
    out(line)


def _summary_1(model, line_length, positions, out):
    graph = model._graph
    plain = _is_sequential(model, graph)
    if plain:
        line_length, positions, head = line_length or 65, positions or [0.45, 0.85, 1.0], ["Layer (type)", "Output Shape", "Param #"]
    else:
        line_length, positions = line_length or 98, positions or [0.33, 0.55, 0.67, 1.0]
        head = ["Layer (type)", "Output Shape", "Param #", "Connected to"]
    if positions[-1] <= 1:
        positions = [int(line_length * p) for p in positions]
    out("_" * line_length)
    _row(head, positions, out)
    out("=" * line_length)
    layers = model.layers
    for i, layer in enumerate(layers):
        shape = _shape_of(layer, graph) if graph is not None else None
        n = layer.count_params() if layer.built else 0
        fields = ["%s (%s)" % (layer.name, type(layer).__name__), "multiple" if shape is None else shape, n]
        if plain:
            _row(fields, positions, out)
        else:
            found = _connections(layer, graph)
            _row([*fields, found[0] if found else ""], positions, out)
            for more in found[1:]:
                _row(["", "", "", more], positions, out)
        out(("=" if i == len(layers) - 1 else "_") * line_length)
    trainable, frozen = _count(model.trainable_weights), _count(model.non_trainable_weights)
    out("Total params: {:,}".format(trainable + frozen))
    out("Trainable params: {:,}".format(trainable))
    out("Non-trainable params: {:,}".format(frozen))
    out("_" * line_length)


def _connections(layer, graph):
    found = []
    for node in graph.nodes:
        if node.layer is layer:
            for source in node.sources:
                found.append("%s[%d][%d]" % (source.node.layer.name, source.node.layer._nodes.index(source.node), source.index))
    return found


# ---- 2.x ----


def _bytes(n):
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if n < 1024 or unit == "TB":
            return "%.2f %s" % (n, unit)
        n /= 1024


def _wrapped(text, width):
    """The text in lines of at most the width, broken at spaces; a longer word is cut."""
    lines, line = [], ""
    for word in re.findall(r"\s*\S+\s*", text):
        if line and len(line) + len(word.rstrip()) > width:
            lines.append(line)
            line = ""
        line += word
    lines = [one.rstrip() for one in [*lines, line]]
    return [one if len(one) <= width else one[: width - 1] + "…" for one in lines]


def _reduced(widths, most):
    """The widths of columns that together have at most so many characters: each gives up about as much."""
    excess, made = sum(widths) - most, []
    for i, w in enumerate(widths):
        part = round(excess / (len(widths) - i)) if excess > 0 else 0
        made.append(w - min(w, part))
        excess -= min(w, part)
    return made


def _box(widths, rows, vertical, alignment):
    height = []
    cells = [_wrapped(text, w) for text, w in zip(rows, widths)]
    for k in range(max(len(c) for c in cells)):
        parts = []
        for cell, w, align in zip(cells, widths, alignment):
            text = cell[k] if k < len(cell) else ""
            parts.append(" " + (text.rjust(w) if align == "right" else text.center(w) if align == "center" else text.ljust(w)) + " ")
        height.append(vertical + vertical.join(parts) + vertical)
    return height


def _rows(layers, graph, plain, expand, show_trainable, level=0):
    for layer in layers:
        shape = _shape_of(layer, graph)
        built = getattr(layer, "built", True)
        n = "0 (unbuilt)" if not built else "{:,}".format(layer.count_params()) if hasattr(layer, "count_params") else "0"
        name = ("   " * level + "└ " if level else "") + "%s (%s)" % (layer.name, getattr(layer, "keras_operation", None) or type(layer).__name__)
        row = [name, "?" if shape is None else str(shape), n]
        if not plain:
            row.append(", ".join(_connections(layer, graph)) or "-")
        if show_trainable:
            row.append("-" if not getattr(layer, "weights", None) else "Y" if layer.trainable else "N")
        yield row
        if expand and getattr(layer, "layers", None):
            inner = [one for one in layer.layers]
            yield from _rows(inner, layer._graph if plain else graph, plain, expand, show_trainable, level + 1)


def _range_of(layers, layer_range):
    if layer_range is None:
        return layers
    names = [layer.name for layer in layers]
    found = [[i for i, n in enumerate(names) if re.match(end, n)] for end in layer_range]
    if not all(found):
        raise ValueError("Passed layer_names do not match the layer names in the model. Received: %s" % (layer_range,))
    low, high = min(found[0]), max(found[1])
    return layers[min(low, high) : max(low, high) + 1]


def _summary_2(model, line_length, positions, print_fn, expand_nested, show_trainable, layer_range):
    graph = model._graph
    plain = _is_sequential(model, graph)
    positions = positions or ([0.45, 0.80, 1.0] if plain else [0.3, 0.56, 0.74, 1.0])
    head, alignment = ["Layer (type)", "Output Shape", "Param #"], ["left", "left", "right"]
    if not plain:
        head, alignment = head + ["Connected to"], alignment + ["left"]
    if show_trainable:
        positions, head, alignment = [p * 0.9 for p in positions] + [1.0], head + ["Trainable"], alignment + ["center"]
    line_length = line_length or min((88 if plain else 108) + 12 * show_trainable, shutil.get_terminal_size().columns - 4)
    widths, now = [], 0
    for p in positions:
        widths.append(int(p * line_length) - now)
        now += widths[-1]
    if min(widths) < 4:
        raise ValueError("Insufficient console width to print summary.")
    widths = [w - 2 for w in _reduced([w + 2 for w in widths], line_length - len(widths) - 1)]
    lines = ["Model: \"%s\"" % model.name, "┏" + "┳".join("━" * (w + 2) for w in widths) + "┓"]
    lines += _box(widths, head, "┃", alignment)
    lines.append("┡" + "╇".join("━" * (w + 2) for w in widths) + "┩")
    layers = graph.operations if graph is not None and not hasattr(model, "_input_layer") else model.layers
    rows = list(_rows(_range_of(layers, layer_range), graph, plain, expand_nested, show_trainable))
    for i, row in enumerate(rows):
        lines += _box(widths, row, "│", alignment)
        lines.append("└" + "┴".join("─" * (w + 2) for w in widths) + "┘" if i == len(rows) - 1 else "├" + "┼".join("─" * (w + 2) for w in widths) + "┤")
    optimizer = model.optimizer.variables if model.compiled and model.optimizer is not None and model.optimizer.built else []
    trainable, frozen = model.trainable_weights, model.non_trainable_weights

    def size(weights):
        return "{:,} ({})".format(_count(weights), _bytes(sum(w._size * (8 if w._dtype_number in (2, 9) else 4) for w in weights)))

    lines += [" Total params: " + size([*trainable, *frozen, *optimizer]), " Trainable params: " + size(trainable), " Non-trainable params: " + size(frozen)]
    if optimizer:
        lines.append(" Optimizer params: " + size(optimizer))
    text = "\n".join(lines)
    if print_fn is None:
        print(text)
    else:
        print_fn(text + "\n")
