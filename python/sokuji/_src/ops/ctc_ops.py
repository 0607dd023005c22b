"""Connectionist temporal classification: its loss with gradient (Graves et al. 2006, in logarithms), and the greedy and the beam search decoder."""

import collections

import numpy as np

from sokuji._src.core.execute import convert, invalid, run, tensor, with_gradient
from sokuji._src.ops.sparse_ops import SparseTensor

_NONE = -np.inf


def _log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def _one(logp, label, blank):
    """(loss, d loss / d logits) of one sequence: logp is (steps, classes), log-normalised."""
    steps, path = len(logp), [blank]
    for symbol in label:
        path += [symbol, blank]
    n = len(path)
    may_skip = np.array([i > 1 and path[i] != blank and path[i] != path[i - 2] for i in range(n)])
    here = logp[:, path]

    def forward(scores, skip):
        made = np.full((steps, n), _NONE)
        made[0, : min(2, n)] = scores[0, : min(2, n)]
        for t in range(1, steps):
            before = np.logaddexp(made[t - 1], np.concatenate([[_NONE], made[t - 1, :-1]]))
            far = np.concatenate([[_NONE, _NONE], made[t - 1, :-2]])[:n]
            made[t] = np.where(skip, np.logaddexp(before, far), before) + scores[t]
        return made

    alpha = forward(here, may_skip)
    backward_skip = np.array([i > 1 and path[::-1][i] != blank and path[::-1][i] != path[::-1][i - 2] for i in range(n)])
    beta = forward(here[::-1, ::-1], backward_skip)[::-1, ::-1]
    total = np.logaddexp(alpha[-1, -1], alpha[-1, -2] if n > 1 else _NONE)
    if total == _NONE:
        return np.inf, np.zeros_like(logp)
    share = np.exp(alpha + beta - here - total)
    gradient = np.exp(logp)
    for i, symbol in enumerate(path):
        gradient[:, symbol] -= share[:, i]
    return -total, gradient


def _loss(logits, labels, lengths, blank):
    """The loss of each sequence of (steps, batch, classes)."""

    @with_gradient
    def loss(x):
        given = np.asarray(x, np.float64)
        losses, gradient = np.zeros(given.shape[1]), np.zeros(given.shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            for i, label in enumerate(labels):
                if lengths[i] > given.shape[0]:
                    raise invalid("sequence_length(%d) <= %d" % (i, given.shape[0]))
                if lengths[i]:
                    losses[i], gradient[: lengths[i], i] = _one(_log_softmax(given[: lengths[i], i]), label, blank)
        kind = x.dtype.as_numpy_dtype
        return tensor(losses.astype(kind)), lambda dy: convert(gradient.astype(kind), 0) * run("Reshape", dy, convert([1, -1, 1], 3))

    return loss(logits)


def _rows(labels, lengths=None):
    if isinstance(labels, SparseTensor):
        rows = [[] for _ in range(labels.shape.as_list()[0])]
        if any(not 0 <= row < len(rows) for row in np.asarray(labels.indices)[:, 0].tolist()):
            raise invalid("ctc_loss: the labels are no valid sparse tensor: an index is outside their shape")
        for (row, _), value in zip(np.asarray(labels.indices).tolist(), np.asarray(labels.values).tolist()):
            rows[row].append(value)
        return rows
    return [row[:n] for row, n in zip(np.asarray(labels).tolist(), np.asarray(lengths).tolist())]


def ctc_loss(labels, logits, label_length, logit_length, logits_time_major=True, unique=None, blank_index=None, name=None):
    """Minus the log probability of the labels for each row, with its gradient."""
    if isinstance(labels, SparseTensor) and blank_index is None:
        raise ValueError("Argument `blank_index` must be provided when labels is a SparseTensor.")
    x = convert(logits, 0)
    x = x if logits_time_major else run("Transpose", x, convert([1, 0, 2], 3))
    blank = 0 if blank_index is None else int(blank_index)
    _check(np.asarray(x), logit_length)
    return _loss(x, _rows(labels, label_length), np.asarray(logit_length).tolist(), blank + x._shape_tuple[2] if blank < 0 else blank)


def ctc_loss_1(labels, inputs=None, sequence_length=None, preprocess_collapse_repeated=False, ctc_merge_repeated=True, ignore_longer_outputs_than_inputs=False,
               time_major=True, logits=None):  # fmt: skip
    """Minus the log probability of the labels for each row, with its gradient."""
    if preprocess_collapse_repeated or not ctc_merge_repeated:
        raise NotImplementedError("not implemented: tf.nn.ctc_loss with preprocess_collapse_repeated or without ctc_merge_repeated")
    return ctc_loss(labels, inputs if inputs is not None else logits, None, sequence_length, time_major, None, -1)


def _decoded(rows):
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = np.array([v for row in rows for v in row], np.int64)
    return SparseTensor(np.array(places, np.int64).reshape(-1, 2), values, np.array([len(rows), max([len(r) for r in rows], default=0)], np.int64))


def _check(x, lengths):
    lengths = np.asarray(tensor(lengths))
    if x.ndim != 3 or x.shape[2] == 0:
        raise invalid("inputs must be (steps, batch, classes) with classes; they are %s" % (x.shape,))
    if lengths.shape != (x.shape[1],) or (lengths < 0).any() or (lengths > x.shape[0]).any():
        raise invalid("sequence_length must be a number in [0, %d] for each of %d sequences; it is %s" % (x.shape[0], x.shape[1], lengths.tolist()))


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True, blank_index=None, name=None):
    """([sparse labels], scores (batch, 1)): the best class at each step, without repeats and blanks."""
    x = np.asarray(tensor(inputs))
    _check(x, sequence_length)
    blank = x.shape[2] - 1 if blank_index is None else int(blank_index) % x.shape[2]
    rows, scores = [], np.zeros((x.shape[1], 1), x.dtype)
    for i, n in enumerate(np.asarray(sequence_length).tolist()):
        best = x[:n, i].argmax(-1).tolist()
        scores[i] = -x[:n, i].max(-1).sum()
        rows.append([s for k, s in enumerate(best) if s != blank and not (merge_repeated and k and best[k - 1] == s)])
    return [_decoded(rows)], tensor(scores)


def _beams(logp, width, blank):
    """[(prefix, log probability)] of the likeliest prefixes, best first."""
    beams = {(): (0.0, _NONE)}  # prefix -> log probabilities of ending in a blank and in a symbol
    for scores in logp:
        new = collections.defaultdict(lambda: [_NONE, _NONE])
        for prefix, (by_blank, by_symbol) in beams.items():
            total = np.logaddexp(by_blank, by_symbol)
            new[prefix][0] = np.logaddexp(new[prefix][0], total + scores[blank])
            for symbol, score in enumerate(scores):
                if symbol == blank:
                    continue
                longer, begin = (*prefix, symbol), total
                if prefix and prefix[-1] == symbol:
                    new[prefix][1] = np.logaddexp(new[prefix][1], by_symbol + score)
                    begin = by_blank
                new[longer][1] = np.logaddexp(new[longer][1], begin + score)
        best = sorted(new, key=lambda p: -np.logaddexp(*new[p]))[:width]
        beams = {p: tuple(new[p]) for p in best}
    return [(p, np.logaddexp(*v)) for p, v in beams.items()]


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, name=None):
    """([sparse labels], log probabilities) of the top_paths best label sequences."""
    x = np.asarray(tensor(inputs), np.float64)
    _check(x, sequence_length)
    if top_paths > beam_width:
        raise invalid("top_paths is %d; it must not exceed beam_width, %d" % (top_paths, beam_width))
    with np.errstate(divide="ignore"):
        found = [_beams(_log_softmax(x[:n, i]), beam_width, x.shape[2] - 1) for i, n in enumerate(np.asarray(sequence_length).tolist())]
    if any(len(rows) < top_paths for rows in found):
        raise invalid("ctc_beam_search_decoder: less leaves in the beam search than requested: top_paths is %d" % top_paths)
    scores = np.array([[score for _, score in rows[:top_paths]] for rows in found], np.float32)
    return [_decoded([list(rows[k][0]) for rows in found]) for k in range(top_paths)], tensor(scores)


NN_2 = {"ctc_loss": ctc_loss, "ctc_greedy_decoder": ctc_greedy_decoder, "ctc_beam_search_decoder": ctc_beam_search_decoder}
