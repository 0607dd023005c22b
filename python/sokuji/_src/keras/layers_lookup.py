"""Layers that make numbers of words, integers and categories: lookups, text, hashes, bins and encodings. They compute with NumPy, in graphs as a Python function, and have no gradient."""

import collections

import numpy as np

from sokuji import _core
from sokuji._src.core import dtypes
from sokuji._src.core.errors import InvalidArgumentError
from sokuji._src.core.execute import convert
from sokuji._src.keras import graph as keras_graph
from sokuji._src.keras.layers_base import Layer, serialization
from sokuji._src.ops import array_ops, string_hashes, string_ops
from sokuji._src.ops.ragged import RaggedTensor
from sokuji._src.ops.sparse_ops import SparseTensor

_MOST = np.iinfo(np.int64).max  # what encodings leave out


def _array(t):
    return np.asarray(t.numpy() if isinstance(t, _core.Handle) else t)


def _tensor(array, dtype):
    """A tensor of an array; strings come as objects."""
    if dtype == "string":
        return convert(np.asarray(array, object), 7) if np.size(array) else convert(np.zeros(np.shape(array), object), 7)
    return convert(np.asarray(array).astype(dtype), 0)


def _in_python(function, t, dtype, shape):
    """function(array) as a tensor, now or when the graph runs."""
    if isinstance(t, _core.EagerTensor):
        return _tensor(function(_array(t)), dtype)
    made = _core.py_call(lambda values: [_tensor(function(_array(values[0])), dtype)], "Lookup", True, [t], [(dtypes.as_dtype(dtype)._number, shape)])
    return made[0]


def _choice(value, allowed, name):
    value = {"binary": "multi_hot", "tf-idf": "tf_idf"}.get(value, value) if name == "output_mode" else value
    if value not in allowed:
        raise ValueError("Unknown value for `%s` argument. Expected one of %s. Received: %s=%s" % (name, allowed, name, value))
    return value


def encode(indices, mode, depth, dtype, weights=None):
    """What an index, or a row of them, stands for: indices outside 0 … depth - 1 are left out."""
    if mode == "int":
        return indices.astype(dtype)
    if not indices.ndim:
        indices = indices[None]
    if mode == "one_hot":
        if indices.ndim > 1 and indices.shape[-1] == 1:
            indices = indices[..., 0]
        return (indices[..., None] == np.arange(depth)).astype(dtype)
    if indices.ndim < 3 and (indices < 0).any():
        raise InvalidArgumentError(None, None, "Input arr must be non-negative!")
    axis = -1 if indices.ndim < 3 else 1
    hits = np.moveaxis(indices, axis, -1)[..., None] == np.arange(depth)
    if weights is not None:
        hits = hits * np.moveaxis(weights, axis, -1)[..., None]
    return (hits.any(-2) if mode == "multi_hot" else hits.sum(-2)).astype(dtype)


def _encoded_shape(shape, mode, depth):
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    return (*shape[:-1], depth) if len(shape) < 3 else (shape[0], *shape[2:], depth)


def _sparse(t):
    array = _array(t)
    where = np.argwhere(array != 0)
    return SparseTensor(where.astype(np.int64), convert(array[tuple(where.T)], t._dtype_number), array.shape)


class _Preprocessing(Layer):
    """Takes lists, arrays, ragged and sparse tensors as they are."""

    _refuses_shapes = False

    def _call_fully(self, inputs, *arguments, **keywords):
        if keras_graph.has_symbols((inputs, arguments, keywords)):
            return keras_graph.apply(self, inputs, arguments, keywords)
        if not isinstance(inputs, (_core.Handle, RaggedTensor, SparseTensor)) and not self._takes_several:
            inputs = convert(inputs, 0)
        if not self.built:
            self._build_now(inputs)
        return self.call(inputs, *arguments, **keywords)

    _takes_several = False

    def build(self, input_shape=None):
        self.built = True

    def build_from_config(self, config):
        self.built = True

    def _batches(self, data, steps=None):
        if isinstance(data, (list, tuple, np.ndarray, _core.Handle, RaggedTensor)) or not hasattr(data, "__iter__"):
            yield data
            return
        for i, batch in enumerate(data):
            if steps is not None and i >= steps:
                return
            yield batch


class IndexLookup(_Preprocessing):
    """What StringLookup and IntegerLookup share."""

    def _set_up(self, max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse, pad_to_max_tokens, oov_method, salt):
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError("If set, `max_tokens` must be greater than 1. Received: max_tokens=%s" % max_tokens)
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError("If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens=%s" % max_tokens)
        if num_oov_indices < 0:
            raise ValueError("`num_oov_indices` must be greater than or equal to 0. Received: num_oov_indices=%s" % num_oov_indices)
        _choice(oov_method, ("floormod", "farmhash"), "oov_method")
        if salt is not None:
            if self._kind == "int64" and oov_method != "farmhash":
                raise ValueError("`salt` can only be used when `oov_method='farmhash'`. Received: oov_method=%s" % oov_method)
            salt = _pair_of(salt, "IndexLookup")
        output_mode = _choice(output_mode, ("int", "one_hot", "multi_hot", "count", "tf_idf"), "output_mode")
        if invert and output_mode != "int":
            raise ValueError("`output_mode` must be `'int'` when `invert` is true. Received: output_mode=%s" % output_mode)
        if sparse and output_mode == "int":
            raise ValueError("`sparse` may only be true if `output_mode` is `'one_hot'`, `'multi_hot'`, `'count'` or `'tf_idf'`. Received: sparse=True and output_mode=int")
        if idf_weights is not None and output_mode != "tf_idf":
            raise ValueError("`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: idf_weights=%s and output_mode=%s" % (idf_weights, output_mode))
        if output_mode == "tf_idf" and vocabulary is not None and idf_weights is None:
            raise ValueError("When specifying the `vocabulary` argument, in TF-IDF output mode, the `idf_weights` argument must also be provided.")
        self.invert, self.max_tokens, self.num_oov_indices, self.mask_token, self.oov_token = invert, max_tokens, num_oov_indices, mask_token, oov_token
        self.output_mode, self.sparse, self.pad_to_max_tokens, self.oov_method, self.salt = output_mode, sparse, pad_to_max_tokens, oov_method, salt
        self.input_vocabulary = vocabulary if not isinstance(vocabulary, str) else None
        self.input_idf_weights, self._static, self._size, self._tokens, self._rows = idf_weights, vocabulary is not None, None, [], {}
        self.__dict__["idf_weights"] = None
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
        self.reset_state()

    dtype = compute_dtype = variable_dtype = property(lambda self: "float32")
    vocabulary_dtype = property(lambda self: self._kind)
    _oov_start = property(lambda self: 1 if self.mask_token is not None and self.output_mode == "int" else 0)
    _token_start = property(lambda self: self._oov_start + self.num_oov_indices)
    _depth = property(lambda self: self.max_tokens if self.pad_to_max_tokens else self._size)

    def _key(self, token):
        return token.encode(self.encoding) if isinstance(token, str) else bytes(token) if self._kind == "string" else int(token)

    # ---- the vocabulary ----

    def vocabulary_size(self):
        return len(self._tokens) + self._token_start

    def get_vocabulary(self, include_special_tokens=True):
        tokens = [np.str_(t.decode(self.encoding)) if self._kind == "string" else np.int64(t) for t in self._tokens]
        if not include_special_tokens:
            return tokens
        return [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices + tokens

    def _take(self, tokens):
        """The tokens become the vocabulary."""
        size = len(tokens) + self._token_start
        if self.output_mode != "int" and not self.pad_to_max_tokens and self._size not in (None, size):
            raise RuntimeError("When using `output_mode=%s` and `pad_to_max_tokens=False`, the vocabulary size cannot be changed after the layer is called. "
                               "Old vocab size is %d, new vocab size is %d" % (self.output_mode, self._size, size))  # fmt: skip
        self._tokens, self._size = tokens, size
        self.__dict__["_rows"] = {t: i + self._token_start for i, t in enumerate(tokens)}

    def set_vocabulary(self, vocabulary, idf_weights=None):
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ValueError("`idf_weights` must be set if output_mode is 'tf_idf', and only then. Received: output_mode=%s and idf_weights=%s" % (self.output_mode, idf_weights))
        if isinstance(vocabulary, str):
            try:
                with open(vocabulary, "rb") as file:
                    vocabulary = [line.rstrip(b"\r") for line in file.read().split(b"\n")]
            except FileNotFoundError:
                raise ValueError("Vocabulary file %s does not exist." % vocabulary) from None
            vocabulary = vocabulary[:-1] if vocabulary and not vocabulary[-1] else vocabulary
        keys = [self._key(t) for t in (_array(vocabulary).tolist() if not isinstance(vocabulary, (list, tuple)) else vocabulary)]
        if not keys:
            raise ValueError("Cannot set an empty vocabulary. Received: vocabulary=%s" % (vocabulary,))
        special = [None if t is None else self._key(t) for t in [self.mask_token] * self._oov_start + [self.oov_token] * self.num_oov_indices]
        found = keys[: len(special)] == special
        tokens = keys[len(special) :] if found else keys
        repeated = [t for t, n in collections.Counter(tokens).items() if n > 1]
        if repeated:
            raise ValueError("The passed vocabulary has at least one repeated term. Please uniquify your dataset. The repeated terms are: %s" % repeated)
        for what, token in (("mask", self.mask_token), ("OOV", self.oov_token if self.invert else None)):
            if token is not None and self._key(token) in tokens:
                raise ValueError("Found reserved %s token at unexpected location in `vocabulary`. Either remove all mask and OOV tokens, or include them only at the "
                                 "start of the vocabulary in precisely this order: %s. Received: %s" % (what, special, token))  # fmt: skip
        size = len(tokens) + self._token_start
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError("Attempted to set a vocabulary larger than the maximum vocab size. Received vocabulary size is %d; `max_tokens` is %d." % (size, self.max_tokens))
        if idf_weights is not None:
            weights = _array(idf_weights).astype(np.float32)
            if len(weights) != len(keys):
                raise ValueError("`idf_weights` must be the same length as vocabulary. len(idf_weights) is %d; len(vocabulary) is %d" % (len(weights), len(keys)))
            self._weigh(weights, 0 if found else self._token_start)
        self._take(tokens)

    def _weigh(self, weights, front):
        back = max(0, self.max_tokens - front - len(weights)) if self.pad_to_max_tokens else 0
        padded = np.concatenate([np.full(front, np.average(weights) if len(weights) else 0.0), weights, np.zeros(back)])
        self.__dict__["idf_weights"] = padded.astype(np.float32)

    def adapt(self, data, steps=None):
        """Learns the vocabulary: the most frequent tokens first, of equally frequent ones the last by name."""
        self.reset_state()
        for batch in self._batches(data, steps):
            if not isinstance(batch, (RaggedTensor, SparseTensor)) and np.ndim(_array(batch)) == 1 and batch is data:
                batch = _array(batch)[:, None]
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        if self._static:
            raise ValueError("Cannot adapt layer '%s' after setting a static vocabulary via `vocabulary` argument or `set_vocabulary()` method." % self.name)
        rows = data.to_list() if isinstance(data, RaggedTensor) else _array(data.values if isinstance(data, SparseTensor) else data)
        if not isinstance(rows, list):
            rows = (rows[None] if rows.ndim < 2 else rows.reshape(len(rows), -1)).tolist() if rows.ndim else [[rows.item()]]
        for row in rows:
            keys = [self._key(t) for t in row]
            self._counts.update(keys)
            self._documents.update(set(keys))
        self.__dict__["_n_documents"] += len(rows)

    def finalize_state(self):
        if self._static or not self._counts:
            self._take(self._tokens)
            return
        for token in (self.mask_token, self.oov_token):
            if token is not None:
                self._counts.pop(self._key(token), None)
        ordered = [t for t, _ in sorted(self._counts.items(), key=lambda item: (item[1], item[0]), reverse=True)]
        tokens = ordered[: self.max_tokens - self._token_start if self.max_tokens else None]
        self._take(tokens)
        if self.output_mode == "tf_idf":
            self._weigh(np.log(1 + self._n_documents / (1 + np.array([self._documents[t] for t in tokens], np.float64))).astype(np.float32), self._token_start)
        self.reset_state()

    def reset_state(self):
        self.__dict__.update(_counts=collections.Counter(), _documents=collections.Counter(), _n_documents=0)

    # ---- looking up ----

    def _found(self, array):
        """The index of each token, or the token of each index."""
        if self.invert:
            names = dict(enumerate(self._tokens, self._token_start))
            missing = self._key(self.oov_token)
            masked = {0: self._key(self.mask_token)} if self.mask_token is not None else {}
            flat = [masked.get(k, names.get(k, missing)) for k in array.ravel().tolist()]
            return np.array([*flat, None], object)[:-1].reshape(array.shape)
        mask = None if self.mask_token is None else self._key(self.mask_token)
        first, n = self._oov_start, self.num_oov_indices

        def index(token):
            if token == mask and mask is not None:
                return 0 if self.output_mode == "int" else _MOST
            known = self._rows.get(token)
            if known is not None:
                return known
            if not n:
                if keras_graph.trying:
                    return 0
                raise InvalidArgumentError(None, None, "When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values %r, consider setting "
                                                       "`num_oov_indices=1`." % token)  # fmt: skip
            if n == 1:
                return first
            if self._kind == "int64" and self.oov_method == "floormod":
                return first + token % n
            text = token if self._kind == "string" else str(token).encode()
            return first + (string_hashes.siphash(self.salt, text) if self.salt is not None else string_hashes.fingerprint(text)) % n

        return np.array([index(k) for k in array.ravel().tolist()], np.int64).reshape(array.shape)

    def call(self, inputs):
        kind = "int64" if self.invert else self._kind
        if isinstance(inputs, SparseTensor):
            return SparseTensor(inputs.indices, self._looked_up(inputs.values, kind), inputs.dense_shape)
        if isinstance(inputs, RaggedTensor) and self.output_mode == "int":
            return inputs.with_flat_values(self._looked_up(inputs.flat_values, kind))
        if self.output_mode != "int" and self._depth is None:
            raise RuntimeError("When using `output_mode=%s` and `pad_to_max_tokens=False`, you must set the layer's vocabulary before calling it. Either pass a "
                               "`vocabulary` argument to the layer, or call `adapt` with some sample data." % self.output_mode)  # fmt: skip
        if isinstance(inputs, RaggedTensor):
            rows = inputs.to_list()
            return self.encoded(lambda array: self._of_rows(rows), convert(0, 3), (len(rows), None))
        if self.output_mode == "int":
            return self._looked_up(inputs, kind)
        return self.encoded(self._found, self._cast_to(inputs, kind), inputs._shape_tuple)

    def _of_rows(self, rows):
        """The indices of rows that are not equally long: the rest is left out."""
        longest = max([len(row) for row in rows] + [1])
        made = np.full((len(rows), longest), _MOST, np.int64)
        for target, row in zip(made, rows):
            target[: len(row)] = self._found(np.array([*row, None], object)[:-1])
        return made

    def encoded(self, found, inputs, shape):
        def function(array):
            made = encode(found(array), "count" if self.output_mode == "tf_idf" else self.output_mode, self._depth, np.int64)
            return made * self.idf_weights if self.output_mode == "tf_idf" else made

        made = _in_python(function, inputs, "float32" if self.output_mode == "tf_idf" else "int64", _encoded_shape(shape, self.output_mode, self._depth))
        return _sparse(made) if self.sparse else made

    def _cast_to(self, inputs, kind):
        if (kind == "string") != (inputs._dtype_number == 7):
            raise ValueError("Layer %s takes inputs of dtype %s. Received: %s" % (self.name, kind, inputs.dtype))
        return inputs if kind == "string" else array_ops.cast(inputs, kind)

    def _looked_up(self, inputs, kind):
        return _in_python(self._found, self._cast_to(inputs, kind), self._kind if self.invert else "int64", inputs._shape_tuple)

    # ---- configuration and files ----

    def get_config(self):
        vocabulary, weights = (v if v is None or isinstance(v, (list, tuple)) else _array(v).tolist() for v in (self.input_vocabulary, self.input_idf_weights))
        made = {"name": self.name, "trainable": self.trainable, "dtype": serialization.policy("float32"), "invert": self.invert, "max_tokens": self.max_tokens,
                "num_oov_indices": self.num_oov_indices, "oov_token": self.oov_token, "mask_token": self.mask_token, "output_mode": self.output_mode,
                "sparse": self.sparse, "pad_to_max_tokens": self.pad_to_max_tokens, "idf_weights": weights, "vocabulary": vocabulary,
                "vocabulary_size": self._size, "oov_method": self.oov_method, "salt": self.salt}  # fmt: skip
        return {**made, **({"encoding": self.encoding} if self._kind == "string" else {"vocabulary_dtype": self._kind})}

    @classmethod
    def from_config(cls, config):
        config = {k: v for k, v in config.items() if k not in ("vocabulary_size", "has_input_vocabulary", "trainable", "dtype")}
        return cls(**config)

    def get_build_config(self):
        return {}

    def save_own_variables(self, store):
        if self.output_mode == "tf_idf":
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store):
        if self.output_mode == "tf_idf":
            self.__dict__["idf_weights"] = store["idf_weights"]

    def save_assets(self, folder):
        """The file's bytes by its name; a vocabulary that was given stands in the configuration."""
        if self.input_vocabulary is not None:
            return {}
        return {"vocabulary.txt": "\n".join(str(w) for w in self.get_vocabulary()).encode()}

    def load_assets(self, files):
        if self.input_vocabulary is not None or "vocabulary.txt" not in files:
            return
        lines = files["vocabulary.txt"].decode().split("\n")
        self._take([self._key(w if self._kind == "string" else int(w)) for w in lines[self._token_start :]])


def _pair_of(salt, what):
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError("The `salt` argument for `%s` can only be a tuple of size 2 integers, or a single integer. Received: salt=%s." % (what, salt))


class StringLookup(IndexLookup):
    """The index of each word in a vocabulary, given or learned by adapt; inverted the word of each index."""

    _kind = "string"

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token="[UNK]", vocabulary=None, idf_weights=None, invert=False, output_mode="int",
                 pad_to_max_tokens=False, sparse=False, encoding="utf-8", name=None, salt=None, oov_method="floormod", **kwargs):  # fmt: skip
        super().__init__(name=name, **kwargs)
        self.encoding = encoding
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse, pad_to_max_tokens, oov_method, salt)


class IntegerLookup(IndexLookup):
    """The index of each integer in a vocabulary, given or learned by adapt."""

    _kind = "int64"

    def __init__(self, max_tokens=None, num_oov_indices=1, mask_token=None, oov_token=-1, vocabulary=None, vocabulary_dtype="int64", idf_weights=None, invert=False,
                 output_mode="int", sparse=False, pad_to_max_tokens=False, oov_method="floormod", salt=None, name=None, **kwargs):  # fmt: skip
        if vocabulary_dtype != "int64":
            raise ValueError("Only `vocabulary_dtype='int64'` is supported at this time. Received: vocabulary_dtype=%s" % vocabulary_dtype)
        super().__init__(name=name, **kwargs)
        self._set_up(max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, idf_weights, invert, output_mode, sparse, pad_to_max_tokens, oov_method, salt)


class TextVectorization(_Preprocessing):
    """Standardizes and splits texts and looks up the words, or counts them."""

    def __init__(self, max_tokens=None, standardize="lower_and_strip_punctuation", split="whitespace", ngrams=None, output_mode="int", output_sequence_length=None,
                 pad_to_max_tokens=False, vocabulary=None, idf_weights=None, sparse=False, ragged=False, encoding="utf-8", name=None, **kwargs):  # fmt: skip
        if not callable(standardize):
            _choice(standardize, ("lower_and_strip_punctuation", "lower", "strip_punctuation", None), "standardize")
        if not callable(split):
            _choice(split, ("whitespace", "character", None), "split")
        output_mode = _choice(output_mode, ("int", "one_hot", "multi_hot", "count", "tf_idf"), "output_mode")
        if not (ngrams is None or isinstance(ngrams, int) or (isinstance(ngrams, tuple) and all(isinstance(n, int) for n in ngrams))):
            raise ValueError("`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams=%s" % (ngrams,))
        if output_sequence_length is not None and (output_mode != "int" or not isinstance(output_sequence_length, int)):
            raise ValueError("`output_sequence_length` must be either None or an integer, and must not be set if `output_mode` is not 'int'. Received: "
                             "output_sequence_length=%s" % (output_sequence_length,))  # fmt: skip
        if ragged and output_mode != "int":
            raise ValueError("`ragged` must not be true unless `output_mode` is `'int'`. Received: ragged=%s and output_mode=%s" % (ragged, output_mode))
        kwargs.pop("vocabulary_size", None)
        super().__init__(name=name, **kwargs)
        self._standardize, self._split, self._ngrams, self._ragged, self._length, self._encoding = standardize, split, ngrams, ragged, output_sequence_length, encoding
        self.__dict__["_lookup_layer"] = StringLookup(max_tokens=max_tokens, vocabulary=vocabulary, idf_weights=idf_weights, pad_to_max_tokens=pad_to_max_tokens,
                                                      mask_token="", output_mode=output_mode, sparse=sparse, encoding=encoding)  # fmt: skip

    def adapt(self, data, batch_size=None, steps=None):
        self._lookup_layer.reset_state()
        for batch in self._batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        made = self._words(data if isinstance(data, _core.Handle) else convert(data, 0))
        self._lookup_layer.update_state(_ragged(made) if isinstance(made, list) else made)

    for _name in ("finalize_state", "reset_state", "get_vocabulary", "vocabulary_size", "set_vocabulary", "save_own_variables", "load_own_variables", "save_assets", "load_assets"):
        locals()[_name] = (lambda own: lambda self, *arguments, **keywords: getattr(self._lookup_layer, own)(*arguments, **keywords))(_name)

    def _words(self, t):
        """Rows of words as lists, or an array of words where nothing is split."""
        if self._standardize in ("lower", "lower_and_strip_punctuation"):
            t = string_ops.lower(t)
        if self._standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            t = string_ops.regex_replace(t, r"[!\"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~']", "")
        if callable(self._standardize):
            t = self._standardize(t)
        if self._split is not None and t.ndim > 1:
            if t._shape_tuple[-1] != 1:
                raise ValueError("When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape dimension must be 1. Received: "
                                 "inputs.shape=%s with rank=%d" % (t._shape_tuple, t.ndim))  # fmt: skip
            t = t[..., 0]
            if t.ndim > 1:
                raise NotImplementedError("not implemented: TextVectorization of inputs with more than two dimensions; reshape them to a vector")
        if callable(self._split):
            made = self._split(t)
            made = made.to_list() if isinstance(made, RaggedTensor) else _array(made)
        else:
            made = _array(t)
            if self._split is not None:
                cut = (lambda s: s.split()) if self._split == "whitespace" else lambda s: [c.encode() for c in s.decode("utf-8", "replace")]
                made = [cut(s) for s in made.tolist()] if made.ndim else np.array([*cut(made.item()), None], object)[:-1]
        if self._ngrams is None:
            return made
        widths = range(1, self._ngrams + 1) if isinstance(self._ngrams, int) else self._ngrams
        rows = [[b" ".join(row[i : i + n]) for n in widths for i in range(len(row) - n + 1)] for row in (made if isinstance(made, list) else [made.tolist()] if made.ndim == 1 else made.tolist())]
        return rows if isinstance(made, list) or made.ndim > 1 else np.array([*rows[0], None], object)[:-1]

    def call(self, inputs):
        lookup = self._lookup_layer
        if lookup.output_mode != "int" and lookup._depth is None:
            return lookup.call(convert([""], 0))  # which says what is missing

        def indices(array):
            made = self._words(convert(array, 7))
            if not isinstance(made, list):
                return lookup._found(made)
            rows = lookup._of_rows(made)
            return np.where(rows == _MOST, 0, rows) if lookup.output_mode == "int" else rows

        if lookup.output_mode != "int":
            shape = inputs._shape_tuple if self._split is None or len(inputs._shape_tuple) > 1 else (*inputs._shape_tuple, None)
            return lookup.encoded(indices, inputs, shape)
        if self._ragged:
            if not isinstance(inputs, _core.EagerTensor):
                raise NotImplementedError("not implemented: TextVectorization with ragged=True in graphs; use output_sequence_length")
            made = self._words(inputs)
            rows = [lookup._found(np.array([*row, None], object)[:-1])[: self._length] for row in (made if isinstance(made, list) else [made])]
            return RaggedTensor.from_row_lengths(np.concatenate(rows).astype(np.int64), [len(r) for r in rows])

        def padded(array):
            made = indices(array)
            if isinstance(self._words(convert(array, 7)), list) and not made.size:
                made = made[:, :0]
            if self._length is None:
                return made
            made = made[..., : self._length]
            return np.pad(made, [(0, 0)] * (made.ndim - 1) + [(0, self._length - made.shape[-1])])

        rows = inputs._shape_tuple[:1] if self._split is not None else inputs._shape_tuple[:-1]
        return _in_python(padded, inputs, "int64", (*rows, self._length))

    def get_config(self):
        own = self._lookup_layer
        config = own.get_config()
        return {"name": self.name, "trainable": self.trainable, "dtype": serialization.policy("float32"), "max_tokens": own.max_tokens,
                "standardize": serialization.serialize(self._standardize), "split": serialization.serialize(self._split), "ngrams": self._ngrams,
                "output_mode": own.output_mode, "output_sequence_length": self._length, "pad_to_max_tokens": own.pad_to_max_tokens, "sparse": own.sparse,
                "ragged": self._ragged, "vocabulary": config["vocabulary"], "idf_weights": config["idf_weights"], "encoding": self._encoding,
                "vocabulary_size": own.vocabulary_size()}  # fmt: skip

    @classmethod
    def from_config(cls, config):
        config = {k: v for k, v in serialization.revive_parts(config).items() if k != "dtype"}
        return cls(**{**config, "ngrams": tuple(config["ngrams"]) if isinstance(config.get("ngrams"), list) else config.get("ngrams")})


def _ragged(rows):
    return RaggedTensor.from_row_lengths(convert(np.array([*[w for row in rows for w in row], None], object)[:-1], 7), [len(row) for row in rows])


class CategoryEncoding(_Preprocessing):
    """Categories as ones and zeros, or as counts."""

    def __init__(self, num_tokens=None, output_mode="multi_hot", sparse=False, **kwargs):
        super().__init__(**kwargs)
        if num_tokens is None or num_tokens < 1:
            raise ValueError("`num_tokens` must be set to use this layer, and must be >= 1. Received: num_tokens=%s." % num_tokens)
        self.num_tokens, self.sparse = num_tokens, sparse
        self.output_mode = _choice(output_mode, ("count", "one_hot", "multi_hot"), "output_mode")

    def call(self, inputs, count_weights=None):
        if count_weights is not None and self.output_mode != "count":
            raise ValueError("`count_weights` is not used when `output_mode` is not `'count'`. Received `count_weights=%s`." % (count_weights,))
        weights = None if count_weights is None else _array(count_weights)
        made = _in_python(lambda array: encode(array.astype(np.int64), self.output_mode, self.num_tokens, np.float32, weights), inputs, "float32",
                          _encoded_shape(inputs._shape_tuple, self.output_mode, self.num_tokens))  # fmt: skip
        return _sparse(made) if self.sparse else made

    def get_config(self):
        return {"name": self.name, "trainable": self.trainable, "dtype": serialization.policy(self.dtype), "num_tokens": self.num_tokens, "output_mode": self.output_mode}


class Discretization(_Preprocessing):
    """The bin that each number lies in; the bounds are given, or learned by adapt so that the bins are equally full."""

    def __init__(self, bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode="int", sparse=False, dtype=None, name=None):
        super().__init__(name=name, dtype=dtype)
        output_mode = _choice(output_mode, ("int", "one_hot", "multi_hot", "count"), "output_mode")
        if sparse and output_mode == "int":
            raise ValueError("`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or `'count'`. Received: output_mode=int")
        if num_bins is not None and num_bins < 0:
            raise ValueError("`num_bins` must be greater than or equal to 0. Received: `num_bins=%s`" % num_bins)
        if (num_bins is None) == (bin_boundaries is None):
            raise ValueError("You need to set either `num_bins` or `bin_boundaries`. Received: `num_bins=%s` and `bin_boundaries=%s`" % (num_bins, bin_boundaries))
        self.__dict__["bin_boundaries"] = bin_boundaries
        self.num_bins, self.epsilon, self.output_mode, self.sparse = num_bins, epsilon, output_mode, sparse
        self.reset_state()

    def adapt(self, data, steps=None):
        if self.num_bins is None:
            raise ValueError("Cannot adapt a Discretization layer that has been initialized with `bin_boundaries`, use `num_bins` instead.")
        self.reset_state()
        for batch in self._batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def update_state(self, data):
        values = np.sort(_array(data).astype(np.float32).ravel())
        step = max(values.size * self.epsilon, 1)
        bounds = values[int(step - 1) :: int(step)]
        merged = np.concatenate((np.stack([bounds, np.ones_like(bounds) * step]), self.summary), axis=1)
        self.__dict__["summary"] = _compressed(merged[:, np.argsort(merged[0])], self.epsilon)

    def finalize_state(self):
        if self.num_bins is not None:
            self.__dict__["bin_boundaries"] = _compressed(self.summary, 1.0 / self.num_bins)[0, :-1].tolist()

    def reset_state(self):
        self.__dict__["summary"] = np.zeros((2, 0), np.float32)

    def call(self, inputs):
        if self.bin_boundaries is None:
            raise ValueError("You need to either pass the `bin_boundaries` argument at construction time or call `adapt(dataset)` before you can start using the "
                             "`Discretization` layer.")  # fmt: skip
        depth, kind = len(self.bin_boundaries) + 1, "int32" if self.output_mode == "int" else self.dtype
        made = _in_python(lambda array: encode(np.searchsorted(np.asarray(self.bin_boundaries, np.float32), array.astype(np.float32), "right"), self.output_mode, depth, kind),
                          inputs, kind, _encoded_shape(inputs._shape_tuple, self.output_mode, depth))  # fmt: skip
        return _sparse(made) if self.sparse else made

    def load_own_variables(self, store):
        pass

    def get_config(self):
        return {"bin_boundaries": self.bin_boundaries, "num_bins": self.num_bins, "epsilon": self.epsilon, "output_mode": self.output_mode, "sparse": self.sparse,
                "name": self.name, "dtype": self.dtype}  # fmt: skip

    @classmethod
    def from_config(cls, config):
        bounds = config.get("bin_boundaries")
        made = cls(**{**config, "bin_boundaries": None} if config.get("num_bins") is not None else config)
        made.__dict__["bin_boundaries"] = bounds
        return made


def _compressed(summary, epsilon):
    """A summary of values and weights with about 1 / epsilon entries."""
    if summary.shape[1] * epsilon < 1:
        return summary
    percents = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    parts = weights / weights[-1]
    bins, weights = np.interp(percents, parts, summary[0]), np.interp(percents, parts, weights)
    return np.stack((bins, weights - np.concatenate(([0], weights[:-1])))).astype(np.float32)


class Hashing(_Preprocessing):
    """A bin for each value by its hash."""

    def __init__(self, num_bins, mask_value=None, salt=None, output_mode="int", sparse=False, **kwargs):
        kwargs["dtype"] = kwargs.get("dtype") or ("int64" if output_mode == "int" else "float32")
        super().__init__(**kwargs)
        if num_bins is None or num_bins <= 0:
            raise ValueError("The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins=%s." % num_bins)
        self.output_mode = _choice(output_mode, ("int", "one_hot", "multi_hot", "count"), "output_mode")
        if output_mode == "int" and self.dtype not in ("int32", "int64"):
            raise ValueError("When `output_mode=\"int\"`, `dtype` should be an integer type, 'int32' or 'in64'. Received: dtype=%s" % self.dtype)
        if sparse and output_mode == "int":
            raise ValueError("`sparse` may only be true if `output_mode` is `\"one_hot\"`, `\"multi_hot\"`, or `\"count\"`. Received: output_mode=int")
        self.num_bins, self.mask_value, self.sparse = num_bins, mask_value, sparse
        self.salt = None if salt is None else _pair_of(salt, "Hashing")

    def _bin(self, value):
        if self.mask_value is not None and self.num_bins > 1 and value == (self.mask_value.encode() if isinstance(self.mask_value, str) else self.mask_value):
            return 0
        text = value if isinstance(value, bytes) else str(int(value)).encode()
        kept = int(self.mask_value is not None and self.num_bins > 1)
        hashed = string_hashes.fingerprint(text) if self.salt is None else string_hashes.siphash(self.salt, text)
        return hashed % (self.num_bins - kept) + kept

    def call(self, inputs):
        if isinstance(inputs, (SparseTensor, RaggedTensor)):
            raise NotImplementedError("not implemented: tf.keras.layers.Hashing of sparse and ragged tensors; hash their values")

        def function(array):
            bins = np.array([self._bin(v) for v in array.ravel().tolist()], np.int64).reshape(array.shape)
            return encode(bins, self.output_mode, self.num_bins, self.dtype)

        made = _in_python(function, inputs, self.dtype, _encoded_shape(inputs._shape_tuple, self.output_mode, self.num_bins))
        return _sparse(made) if self.sparse else made

    def get_config(self):
        return {"name": self.name, "trainable": self.trainable, "dtype": serialization.policy(self.dtype), "num_bins": self.num_bins, "salt": self.salt,
                "mask_value": self.mask_value, "output_mode": self.output_mode, "sparse": self.sparse}  # fmt: skip


_ALL, _MUL = (1 << 64) - 1, 0xC6A4A7935BD1E995


def _joined(a, b):
    """The fingerprint of two, as crossed features are hashed."""

    def mixed(v):
        return v ^ v >> 47

    made = ((a ^ _MUL) ^ mixed(b * _MUL & _ALL) * _MUL & _ALL) * _MUL & _ALL
    return mixed(mixed(made) * _MUL & _ALL)


class HashedCrossing(_Preprocessing):
    """A bin for each combination of the inputs' values, by its hash."""

    _takes_several = True

    def __init__(self, num_bins, output_mode="int", sparse=False, name=None, dtype=None, **kwargs):
        super().__init__(name=name, dtype=dtype or ("int64" if output_mode == "int" else None), **kwargs)
        self.num_bins, self.sparse, self.output_mode = num_bins, sparse, _choice(output_mode, ("int", "one_hot"), "output_mode")

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError("`HashedCrossing` should be called on at least two inputs. Received: inputs=%s" % (inputs,))
        inputs = [t if isinstance(t, _core.Handle) else convert(t, 0) for t in inputs]
        shape = inputs[0]._shape_tuple
        if len(shape) > 2 or (len(shape) == 2 and shape[-1] != 1) or any(t._shape_tuple != shape for t in inputs):
            raise ValueError("All `HashedCrossing` inputs should have equal shape, `()`, `(batch_size)` or `(batch_size, 1)`. Received: %s" % [t._shape_tuple for t in inputs])
        if not all(t.dtype.is_integer or t._dtype_number == 7 for t in inputs):
            raise ValueError("All `HashedCrossing` inputs should have an integer or string dtype. Received: %s" % [t.dtype for t in inputs])

        def function(values):
            made = []
            for row in zip(*(_array(v).ravel().tolist() for v in values)):
                hashed = 0xDECAFCAFFE
                for v in row:
                    hashed = _joined(hashed, string_hashes.fingerprint(v) if isinstance(v, bytes) else v & _ALL)
                made.append(hashed % self.num_bins)
            return [_tensor(encode(np.array(made, np.int64).reshape(_array(values[0]).shape), self.output_mode, self.num_bins, self.dtype), self.dtype)]

        if all(isinstance(t, _core.EagerTensor) for t in inputs):
            made = function(inputs)[0]
        else:
            made = _core.py_call(function, "HashedCrossing", True, inputs, [(dtypes.as_dtype(self.dtype)._number, _encoded_shape(shape, self.output_mode, self.num_bins))])[0]
        return _sparse(made) if self.sparse else made

    def get_config(self):
        return {"num_bins": self.num_bins, "output_mode": self.output_mode, "sparse": self.sparse, "name": self.name, "dtype": self.dtype}


LAYERS = {name: value for name, value in list(globals().items()) if isinstance(value, type) and issubclass(value, Layer) and value.__module__ == __name__
          and not name.startswith("_") and name != "IndexLookup"}  # fmt: skip
