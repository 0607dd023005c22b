"""Strings, parsing and formatting one by one: see ops_cases.py. Run with TensorFlow 1.8.0, then with
2.21:

python ops_string.py
"""

import numpy as np
import tensorflow as tf

from ops_cases import V1, Cases

cases = Cases("ops_string")
op, function = cases.op, cases.function


def strings(*values):
    return np.array(values, object)


def csv():
    defaults = [[1.5], [2], [""]]
    lines = strings("1.25,7,abc", "-3e2,,", ' 4 , 5 ,"a ""quoted"", one"', "inf,-9,\u5373")
    decode = lambda records, defaults, **options: V1.decode_csv(records, defaults, **options)  # noqa: E731
    name = "tf.decode_csv"
    function(name, decode, lines, defaults=defaults)
    function(name, decode, strings("1;2;x"), defaults=defaults, field_delim=";")
    function(name, decode, strings('1,2,a"b"c', '3,4,"x'), defaults=defaults, use_quote_delim=False)
    function(name, decode, strings("NA,2,z", "1,NA,NA"), defaults=defaults, na_value="NA")
    function(name, decode, strings("1,2,a\r", "3,4,b\n"), defaults=defaults)
    function(name, decode, strings('"1","2","a,\nb"'), defaults=defaults)
    function(name, decode, strings("9,8,7,6"), defaults=[[0.0], [0]], select_cols=[1, 3])


def numbers():
    for dtype in (tf.float32, tf.float64):
        texts = strings(
            "1",
            "-2.5",
            " 3 ",
            "1e3",
            "1e-50",
            "1e400",
            "inf",
            "-inf",
            "nan",
            "0x10",
            "+7",
            ".5",
            "1.",
            "-0",
        )
        for text in texts:
            op("StringToNumber", strings(text), out_type=dtype)
        long = strings("0.1", "3.4028235e38", "16777217", "1.17549435e-38", "123456789.123456789")
        op("StringToNumber", long, out_type=dtype)
    for dtype in (tf.int32, tf.int64):
        for text in (
            "0",
            "-7",
            " 42 ",
            "2147483647",
            "-2147483648",
            "2147483648",
            "9223372036854775807",
            "1.5",
            "",
            "abc",
        ):
            op("StringToNumber", strings(text), out_type=dtype)
    floats = np.array(
        [0, -0.0, 1, -1.5, 0.1, 1e10, 1e-10, 123456.789, 1e38, np.inf, -np.inf, np.nan, 1 / 3]
    )
    for dtype in (np.float32, np.float64):
        for options in (
            {},
            {"precision": 3},
            {"scientific": True},
            {"shortest": True},
            {"precision": 2, "width": 9, "fill": "0"},
            {"width": 12},
            {"width": 12, "fill": "-"},
            {"precision": 4, "shortest": True},
        ):
            op("AsString", floats.astype(dtype), **options)
    for dtype in (np.int8, np.int32, np.int64):
        op("AsString", np.array([0, -5, 100], dtype))
        op("AsString", np.array([0, -5, 100], dtype), width=5, fill="0")
        op("AsString", np.array([0, -5, 100], dtype), width=5)
    op("AsString", np.array([True, False]))
    op("AsString", np.array([1 + 2j, -0.5j], np.complex64))


def splitting():
    texts = strings("hello big world", "", " a  b ", "one")
    for delimiter in (" ", "", "ab", "o"):
        for skip in (True, False):
            op("StringSplit", texts, strings(delimiter).reshape(()), skip_empty=skip)
    for maxsplit in (-1, 1):
        for separator in ("", " ", "::"):
            op(
                "StringSplitV2",
                strings("a b  c", "x::y::z", " "),
                strings(separator).reshape(()),
                maxsplit=maxsplit,
            )
    a, b = strings("a", "b", "c"), strings("x", "", "z")
    op("StringJoin", [a, b])
    op("StringJoin", [a, strings("-").reshape(()), b], separator="_")
    grid = strings("a", "b", "c", "d").reshape(2, 2)
    for axes in ([0], [1], [0, 1], [1, 0], [-1], []):
        op("ReduceJoin", grid, np.array(axes, np.int32), separator=".")
        op("ReduceJoin", grid, np.array(axes, np.int32), keep_dims=True)
    words = strings("Hamlet", "is", "king")
    op("Substr", words, np.int32(1), np.int32(2))
    op("Substr", words, np.int32(0), np.int32(9))
    op("Substr", words, np.array([3, 0, 2], np.int32), np.array([2, 1, 9], np.int32))
    op("Substr", words, np.int32(-2), np.int32(1))
    op("Substr", words, np.int32(2), np.int32(0))


def other():
    words = strings("", "a", "hello", "TensorFlow", "  padded\t\n", "\u5373\u5ea7")
    for buckets in (1, 10, 1000003):
        op("StringToHashBucketFast", words, num_buckets=buckets)
        op("StringToHashBucketStrong", words, num_buckets=buckets, key=[3, 7])
        op("StringToHashBucket", words, num_buckets=buckets)
    op("StringStrip", words)
    op("StringLower", words)
    op("StringUpper", words)
    op("StringLength", words)
    op("StringLength", words, unit="UTF8_CHAR")
    op("EncodeBase64", words)
    op("EncodeBase64", words, pad=True)
    op("DecodeBase64", strings("aGVsbG8", "", "YQ"))
    for pattern, rewrite in (("l+", "L"), ("^(.)", "<\\1>"), ("[aeiou]", "")):
        for everywhere in (True, False):
            patterns = strings(pattern).reshape(()), strings(rewrite).reshape(())
            op("RegexReplace", words, *patterns, replace_global=everywhere)
    op("RegexFullMatch", words, strings("h.*o").reshape(()))
    for out_type in (tf.uint8, tf.int16, tf.float32, tf.int64):
        for little in (True, False):
            op(
                "DecodeRaw",
                strings("abcdefgh", "ABCDEFGH"),
                out_type=out_type,
                little_endian=little,
            )
    op("Equal", words, strings("", "b", "hello", "tensorflow", "", "\u5373\u5ea7"))
    op("UnicodeDecode", words, input_encoding="UTF-8")
    op(
        "UnicodeEncode",
        np.array([104, 105, 21363], np.int32),
        np.array([0, 2, 3], np.int64),
        output_encoding="UTF-8",
    )
    op(
        "StringNGrams",
        words,
        np.array([0, 4, 6], np.int64),
        separator="|",
        ngram_widths=[2],
        left_pad="L",
        right_pad="R",
        pad_width=1,
        preserve_short_sequences=False,
    )
    op(
        "StringFormat",
        [np.array([[1, 2], [3, 4]], np.int32), np.float32(0.5)],
        template="a {} b {}",
        placeholder="{}",
        summarize=3,
    )
    op(
        "StringFormat",
        [np.arange(20, dtype=np.float32) / 3],
        template="{}",
        placeholder="{}",
        summarize=3,
    )
    op("StringFormat", [words], template="{}", placeholder="{}", summarize=-1)


def main():
    csv()
    numbers()
    splitting()
    other()
    cases.save()


if __name__ == "__main__":
    main()
