"""Model.summary, as TensorFlow prints it: lines of underscores in 1.x, a table of boxes in 2.x."""

import shutil

from sokuji._src.variables import variables


def summary(model, line_length, positions, print_fn, expand_nested, show_trainable):
    if variables._version == 1:
        _summary_1(model, line_length, positions, print_fn or print)
    else:
        _summary_2(model, line_length, positions, print_fn, show_trainable)


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
        return None
    shapes = [tuple(s._sizes) for s in node.outputs]
    return shapes[0] if len(shapes) == 1 else shapes


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
    """The text in lines of at most the width, broken at spaces where there are some."""
    lines, line = [], ""
    for word in text.split(" "):
        while len(word) > width:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:width])
            word = word[width:]
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = line + " " + word if line else word
    return [*lines, line]


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


def _summary_2(model, line_length, positions, print_fn, show_trainable):
    graph = model._graph
    plain = _is_sequential(model, graph)
    line_length = line_length or min(88 if plain else 108, shutil.get_terminal_size().columns - 4)
    positions = positions or ([0.45, 0.80, 1.0] if plain else [0.3, 0.56, 0.74, 1.0])
    head, alignment = ["Layer (type)", "Output Shape", "Param #"], ["left", "left", "right"]
    if not plain:
        head, alignment = head + ["Connected to"], alignment + ["left"]
    widths, now = [], 0
    for p in positions:
        widths.append(int(p * line_length) - now)
        now += widths[-1]
    lines = ["Model: \"%s\"" % model.name, "┏" + "┳".join("━" * (w + 2) for w in widths) + "┓"]
    lines += _box(widths, head, "┃", alignment)
    lines.append("┡" + "╇".join("━" * (w + 2) for w in widths) + "┩")
    layers = model.layers
    for i, layer in enumerate(layers):
        shape = _shape_of(layer, graph)
        n = "0 (unbuilt)" if not layer.built else "{:,}".format(layer.count_params())
        row = ["%s (%s)" % (layer.name, type(layer).__name__), "?" if shape is None else str(shape), n]
        if not plain:
            row.append(", ".join(_connections(layer, graph)) or "-")
        lines += _box(widths, row, "│", alignment)
        lines.append("└" + "┴".join("─" * (w + 2) for w in widths) + "┘" if i == len(layers) - 1 else "├" + "┼".join("─" * (w + 2) for w in widths) + "┤")
    total, trainable, frozen = model.weights, model.trainable_weights, model.non_trainable_weights

    def size(weights):
        return "{:,} ({})".format(_count(weights), _bytes(sum(w._size * (8 if w._dtype_number in (2, 9) else 4) for w in weights)))

    lines += [" Total params: " + size(total), " Trainable params: " + size(trainable), " Non-trainable params: " + size(frozen)]
    text = "\n".join(lines)
    if print_fn is None:
        print(text)
    else:
        print_fn(text + "\n")
