"""tf.keras.preprocessing.text: words to numbers. 1.x and 2.x part where a word is unknown (oov_token) and in what they make small letters of."""

import collections
import hashlib
import json

import numpy as np

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(text, filters=_FILTERS, lower=True, split=" "):
    """The words between the marks of `split`; characters of `filters` part too."""
    text = text.lower() if lower else text
    return [word for word in text.translate({ord(c): split for c in filters}).split(split) if word]


def hashing_trick(text, n, hash_function=None, filters=_FILTERS, lower=True, split=" ", analyzer=None):
    """Each word's number from 1 to n - 1, by its hash ('md5' is the same in every run)."""
    if hash_function == "md5":
        hash_function = lambda word: int(hashlib.md5(word.encode()).hexdigest(), 16)  # noqa: E731
    return [(hash_function or hash)(word) % (n - 1) + 1 for word in (text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text))]


def one_hot(text, n, filters=_FILTERS, lower=True, split=" "):
    """Each word's number from 1 to n - 1, by Python's hash, which differs from run to run."""
    return hashing_trick(text, n, hash, filters, lower, split)


def text_to_word_sequence_2(input_text, filters=_FILTERS, lower=True, split=" "):
    """The words between the marks of `split`; characters of `filters` part too."""
    return text_to_word_sequence(input_text, filters, lower, split)


def one_hot_2(input_text, n, filters=_FILTERS, lower=True, split=" ", analyzer=None):
    """Each word's number from 1 to n - 1, by Python's hash, which differs from run to run."""
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


class Tokenizer_1:
    """Numbers words by how often they occur, from 1 on."""

    _version = 1

    def __init__(self, num_words=None, filters=_FILTERS, lower=True, split=" ", char_level=False, oov_token=None, **kwargs):
        num_words = kwargs.pop("nb_words", num_words)
        self.document_count = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
        self.num_words, self.filters, self.lower, self.split, self.char_level, self.oov_token = num_words, filters, lower, split, char_level, oov_token
        self.word_counts, self.word_docs, self.index_docs = collections.OrderedDict(), {}, {}
        self.word_index, self.index_word = {}, {}

    def _words(self, text):
        if not (self.char_level or isinstance(text, list)):
            return text_to_word_sequence(text, self.filters, self.lower, self.split)
        if self._version == 1 or not self.lower:
            return text
        return [word.lower() for word in text] if isinstance(text, list) else text.lower()

    def fit_on_texts(self, texts):
        """Counts the words of texts (strings, or lists of words), and numbers them anew."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] = self.word_docs.get(word, 0) + 1
        known = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        if self._version == 2 and self.oov_token is not None:
            known = [self.oov_token] + known
        self.word_index = {word: i for i, word in enumerate(known, 1)}
        if self._version == 1 and self.oov_token is not None:
            self.word_index.setdefault(self.oov_token, len(self.word_index) + 1)
        self.index_word = {i: word for word, i in self.word_index.items()}
        self.index_docs = {self.word_index[word]: n for word, n in self.word_docs.items()}

    def fit_on_sequences(self, sequences):
        self.document_count += len(sequences)
        for sequence in sequences:
            for i in set(sequence):
                self.index_docs[i] = self.index_docs.get(i, 0) + 1

    def _number(self, word):
        """The word's number; None: it is left out."""
        number, unknown = self.word_index.get(word), self.word_index.get(self.oov_token) if self.oov_token is not None else None
        if number is None:
            return unknown
        if self.num_words and number >= self.num_words:
            return unknown if self._version == 2 else None
        return number

    def texts_to_sequences_generator(self, texts):
        for text in texts:
            yield [number for number in map(self._number, self._words(text)) if number is not None]

    def texts_to_sequences(self, texts):
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_matrix(self, texts, mode="binary"):
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences, mode="binary"):
        """A row a sequence: whether each number is in it, how often, which part it is, or that weighed by how rare it is ('tfidf')."""
        if not self.num_words and not self.word_index:
            raise ValueError("Specify a dimension (num_words argument), or fit on some text data first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        width = self.num_words or len(self.word_index) + 1
        ways = {"count": lambda n, i, length: n, "freq": lambda n, i, length: n / length, "binary": lambda n, i, length: 1,
                "tfidf": lambda n, i, length: (1 + np.log(n)) * np.log(1 + self.document_count / (1 + self.index_docs.get(i, 0)))}  # fmt: skip
        matrix = np.zeros((len(sequences), width))
        for row, sequence in zip(matrix, sequences):
            for i, n in collections.Counter(i for i in sequence if i < width).items():
                if mode not in ways:
                    raise ValueError("Unknown vectorization mode:", mode)
                row[i] = ways[mode](n, i, len(sequence))
        return matrix


class Tokenizer_2(Tokenizer_1):
    """Numbers words by how often they occur; 1 is the unknown word where there is an oov_token."""

    _version, _analyzer = 2, None

    def __init__(self, num_words=None, filters=_FILTERS, lower=True, split=" ", char_level=False, oov_token=None, analyzer=None, **kwargs):
        super().__init__(num_words, filters, lower, split, char_level, oov_token, **kwargs)
        self._analyzer = analyzer

    def _words(self, text):
        return super()._words(text) if self._analyzer is None else self._analyzer(text)

    def sequences_to_texts_generator(self, sequences):
        for sequence in sequences:
            words = [self.index_word.get(self._number(self.index_word[i]) if i in self.index_word else self.word_index.get(self.oov_token)) for i in sequence]
            yield " ".join(word for word in words if word is not None)

    def sequences_to_texts(self, sequences):
        return list(self.sequences_to_texts_generator(sequences))

    def get_config(self):
        config = {name: getattr(self, name) for name in ("num_words", "filters", "lower", "split", "char_level", "oov_token", "document_count")}
        config.update({name: json.dumps(getattr(self, name)) for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")})
        return config

    def to_json(self, **kwargs):
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string):
    """The tokenizer of a JSON text."""
    config = json.loads(json_string)["config"]
    held = {name: json.loads(config.pop(name)) for name in ("word_counts", "word_docs", "index_docs", "index_word", "word_index")}
    made = Tokenizer_2(**config)
    for name, value in held.items():
        setattr(made, name, {int(k): v for k, v in value.items()} if name.startswith("index") else value)
    return made


def names(version):
    made = {"text_to_word_sequence": text_to_word_sequence, "hashing_trick": hashing_trick, "one_hot": one_hot}
    kind = (Tokenizer_1, Tokenizer_2)[version - 1]
    kind.__name__ = kind.__qualname__ = "Tokenizer"
    made["Tokenizer"] = kind
    if version == 2:
        made.update(tokenizer_from_json=tokenizer_from_json, text_to_word_sequence=text_to_word_sequence_2, one_hot=one_hot_2)
    return made
