"""Cases of the string operations; more in test_string_reference.py, with TensorFlow's answers."""
import re

import numpy as np
from cases import case, error


def _s(*values, shape=None):
    array = np.array([v.encode() if isinstance(v, str) else v for v in values] + [None], object)[:-1]
    return array.reshape(shape) if shape is not None else array


def _scalar(value):
    return _s(value, shape=())


_words = _s("Hamlet", "", "  is\t", "king\n", "即座", b"\x00\xff")

case("StringJoin", [_s("a", "b"), _s("x", "")], {"separator": "-"}, _s("a-x", "b-"))
case("StringJoin", [_s("a", "b"), _scalar("!"), _s("c", "d")], {}, _s("a!c", "b!d"))
case("StringJoin", [_scalar("a")], {"separator": "-"}, _scalar("a"))
case("StringJoin", [_s(shape=(0, 2)), _scalar("x")], {}, _s(shape=(0, 2)))
error("StringJoin", [_s("a", "b"), _s("x", "y", "z")], match="agree")
error("StringJoin", [], match="no inputs")
error("StringJoin", [_s("a")], match="2 outputs", n_outputs=2)
error("StringJoin", [_s("a"), np.float32(1)], match="string")

case("StringSplit", [_s("a b", "", " c  d"), _scalar(" ")], {},
     [np.array([[0, 0], [0, 1], [2, 0], [2, 1]]), _s("a", "b", "c", "d"), np.array([3, 2])])
case("StringSplit", [_s("a,b;c", ","), _scalar(",;")], {"skip_empty": False},
     [np.array([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]), _s("a", "b", "c", "", ""), np.array([2, 3])])
case("StringSplit", [_s("abc"), _scalar("")], {}, [np.array([[0, 0], [0, 1], [0, 2]]), _s("a", "b", "c"), np.array([1, 3])])
case("StringSplit", [_s(), _scalar(" ")], {}, [np.zeros((0, 2)), _s(), np.array([0, 0])])
case("StringSplitV2", [_s("a b  c ", ""), _scalar("")], {}, [np.array([[0, 0], [0, 1], [0, 2]]), _s("a", "b", "c"), np.array([2, 3])])
for _text in ("a<>b<><>c", "", "<>", "abc"):
    for _most in (-1, 0, 1, 2):
        _parts = _text.split("<>", _most)
        case("StringSplitV2", [_s(_text), _scalar("<>")], {"maxsplit": _most},
             [np.array([[0, i] for i in range(len(_parts))]), _s(*_parts), np.array([1, len(_parts)])])
for _name in ("StringSplit", "StringSplitV2"):
    error(_name, [_scalar("a b"), _scalar(" ")], match="vector")
    error(_name, [_s("a b"), _s(" ", ",")], match="scalar")
error("StringSplitV2", [_s("a b"), _scalar(" ")], {"maxsplit": -2}, match="maxsplit is -2")

for _dtype in ("float32", "float64", "int32", "int64"):
    case("StringToNumber", [_s("1", " -7 ", "+42\n", "2147483647", shape=(2, 2))], {"out_type": _dtype},
         np.array([[1, -7], [42, 2147483647]], _dtype))
    for _bad in ("", " ", "1 2", "abc", "1,5", b"1\x00", "--1", "9" * 400 if _dtype[0] == "i" else "1e"):
        error("StringToNumber", [_s("1", _bad)], {"out_type": _dtype}, match="string 1, ")
case("StringToNumber", [_s("inf", "-Infinity", "nan", "0x1F", "1e400", ".5", "5.", "1e-3")], {},
     np.array([np.inf, -np.inf, np.nan, 31, np.inf, 0.5, 5, 1e-3], np.float32))
error("StringToNumber", [_s("2147483648")], {"out_type": "int32"}, match="'2147483648', is no int32")
error("StringToNumber", [_s("1")], {"out_type": "int8"}, match="out_type is int8")

case("Substr", [_s("Hamlet", "is", "king"), 1, 2], {}, _s("am", "s", "in"))
case("Substr", [_s("Hamlet", "is", "king"), [3, 0, -2], [2, 1, 9]], {}, _s("le", "i", "ng"))
case("Substr", [_scalar("abc"), 3, 1], {}, _scalar(""))
error("Substr", [_s("abc"), 4, 1], match="pos 4 is out of range for string 0, which has 3")
error("Substr", [_s("abc"), -4, 1], match="pos -4")
error("Substr", [_s("abc"), 0, -1], match="len -1")
error("Substr", [_scalar("abc"), [1, -1], 1], match="same shape")
error("Substr", [_scalar("abc"), [1, 2], [1, 2]], match="agree")

case("AsString", [np.array([0, -5, 100])], {}, _s("0", "-5", "100"), dtypes=["int8", "int16", "int32", "int64"])
case("AsString", [np.array([0, 5, 200])], {"width": 5, "fill": "0"}, _s("00000", "00005", "00200"),
     dtypes=["uint8", "uint16", "uint32", "uint64"])
case("AsString", [np.array([2**64 - 1], np.uint64)], {}, _s("18446744073709551615"))
case("AsString", [np.array([True, False])], {}, _s("true", "false"))
case("AsString", [np.array([0.5, -1e30])], {"shortest": True}, _s("0.5", "-1e+30"), dtypes=["float32", "float64"])
case("AsString", [np.array([1 + 2j], np.complex64)], {"precision": 2}, _s("(1.00,2.00)"))
error("AsString", [1.0], {"fill": "h"}, match="fill is 'h'")
error("AsString", [1.0], {"fill": "%n%n"}, match="fill is '%n%n'")
error("AsString", [1.0], {"scientific": True, "shortest": True}, match="both")
error("AsString", [1], {"scientific": True}, match="not for int32")
error("AsString", [1], {"precision": 2}, match="precision is not for int32")
error("AsString", [1.0], {"width": 2**31}, match="outside")

case("StringLower", [_words], {}, _s("hamlet", "", "  is\t", "king\n", "即座", b"\x00\xff"))
case("StringUpper", [_words], {}, _s("HAMLET", "", "  IS\t", "KING\n", "即座", b"\x00\xff"))
case("StringStrip", [_words], {}, _s("Hamlet", "", "is", "king", "即座", b"\x00\xff"))
case("StringLength", [_words], {}, np.array([6, 0, 5, 5, 6, 2], np.int32))
case("StringLength", [_words], {"unit": "UTF8_CHAR"}, np.array([6, 0, 5, 5, 2, 2], np.int32))
for _name in ("StringLower", "StringUpper"):
    error(_name, [_words], {"encoding": "utf-8"}, code="Unimplemented", match="encoding is 'utf-8'")
    error(_name, [np.int32(3)], match="string")
error("StringLength", [_words], {"unit": "CHAR"}, match="unit is 'CHAR'")
error("StringLength", [np.int32(1)], match="string")

_grid = _s("a", "b", "c", "d", shape=(2, 2))
case("ReduceJoin", [_grid, [0]], {"separator": "."}, _s("a.c", "b.d"))
case("ReduceJoin", [_grid, [0, 1]], {"separator": "."}, _scalar("a.c.b.d"))
case("ReduceJoin", [_grid, [1, 0]], {"keep_dims": True}, _s("abcd", shape=(1, 1)))
case("ReduceJoin", [_grid, np.zeros(0, np.int32)], {}, _grid)
case("ReduceJoin", [_s(shape=(0, 2)), [1]], {}, _s())
error("ReduceJoin", [_grid, [2]], match="axis 2")
error("ReduceJoin", [_grid, [0, -2]], match="twice")
error("ReduceJoin", [_s(shape=(0, 2)), [0]], match="no strings")

_f, _i, _t = np.array([1.5], np.float32), np.array([2], np.int64), _s("none")
case("DecodeCSV", [_s("1.25,7,abc", ",,", ' 4 , 5 ,"a ""quoted"", one"'), _f, _i, _t], {},
     [np.array([1.25, 1.5, 4], np.float32), np.array([7, 2, 5]), _s("abc", "none", 'a "quoted", one')], n_outputs=3)
case("DecodeCSV", [_scalar("NA;x;3"), np.float64(0.5), np.int32(9)], {"field_delim": ";", "na_value": "NA", "select_cols": [0, 2]},
     [np.float64(0.5), np.int32(3)], n_outputs=2)
case("DecodeCSV", [_s('a"b,"c'), _t, _t], {"use_quote_delim": False}, [_s('a"b'), _s('"c')], n_outputs=2)
case("DecodeCSV", [_s('"x,\ny",""'), _t, _t], {}, [_s("x,\ny"), _s("none")], n_outputs=2)
case("DecodeCSV", [_s(), _f], {}, [np.zeros(0, np.float32)], n_outputs=1)
for _record, _match in (("1,2", "expected 3 fields but have 2 in record 1"), ("1,2,3,4", "expected 3 fields but have 4 in record 1"),
                        ('1,2,"x', "field 2 in record 1 begins with a quote"), ('1,2,"x"y', "field 2 in record 1 holds a quote"),
                        ('1,2,x"', "field 2 in record 1 is not quoted"), ("1,2,x\r", "field 2 in record 1 is not quoted"),
                        (b"1,2,\x00", "record 1 holds a 0 byte"), ("1,99999999999999999999,", "field 1 in record 1 is no valid int64"),
                        ("a,2,", "field 0 in record 1 is no valid float32: 'a'"), ("", "expected 3 fields but have 0")):
    error("DecodeCSV", [_s("1,2,3", _record), _f, _i, _t], match=_match, n_outputs=3)
error("DecodeCSV", [_s(","), np.zeros(0, np.float32), _i], match="field 0 in record 0 is required", n_outputs=2)
error("DecodeCSV", [_s("1"), np.zeros(2, np.float32)], match=r"record_defaults\[0\] has shape", n_outputs=1)
error("DecodeCSV", [_s("1"), np.zeros(1, np.uint8)], match=r"record_defaults\[0\] is uint8", n_outputs=1)
error("DecodeCSV", [_s("1"), _f], {"field_delim": "::"}, match="field_delim", n_outputs=1)
error("DecodeCSV", [_s("1"), _f], {"select_cols": [0, 1]}, match="select_cols has 2", n_outputs=1)
error("DecodeCSV", [_s("1"), _f, _f], {"select_cols": [1, 1]}, match=r"select_cols\[1\] is 1", n_outputs=2)
error("DecodeCSV", [_s("1"), _f], match="2 outputs", n_outputs=2)

# ---- regular expressions: Python's, which agree with RE2 on these; RE2's own answers are in test_reference.py ----

_texts = ["", "abc", "aaa bbb", "a1b22c333", "x@y.org", "tabs\tand\nlines", "ABC abc", "a.b.c", "naïve 日本", "aab" * 40]


def _replaced(pattern, rewrite, count=0):
    return _s(*[re.sub(pattern, rewrite, t, count=count, flags=re.ASCII) for t in _texts])


for _pattern, _rewrite in (("a+", r"<\g<0>>"), (r"(\w)(\d+)", r"\2\1"), (r"\s", "_"), ("(?:ab|a)(c|bc)?", r"[\1]"), ("[^a-z]", ""), ("(?i)B", "x"),
                           (r"\bb", "B"), ("a{2,3}?", "."), ("日|ï", "?"), (r"(a|b)*c", r"\1"), ("[b-z]+?[@.]", "~"), ("(?m)^l", "L"), ("(?s)d.l", "D")):
    _re2 = _rewrite.replace(r"\g<0>", r"\0")
    case("RegexReplace", [_s(*_texts), _scalar(_pattern), _scalar(_re2)], {}, _replaced(_pattern, _rewrite))
    case("RegexReplace", [_s(*_texts), _scalar(_pattern), _scalar(_re2)], {"replace_global": False}, _replaced(_pattern, _rewrite, 1))
for _pattern in ("a.*", r"\w+", r"(a|b|c|\d)*", "(?i)ABC abc", "", "(?s).*", r"[^@]+@[a-z]\.(org|com)", "(aab)+", r"[[:alpha:]]+", r"\x61\.\Qb.\Ec", "naïve .{2}"):
    _python = _pattern.replace("[[:alpha:]]", "[a-zA-Z]").replace(r"\Qb.\E", r"b\.")
    case("RegexFullMatch", [_s(*_texts), _scalar(_pattern)], {}, np.array([re.fullmatch(_python, t, re.ASCII) is not None for t in _texts]))
# Time linear in the text, for patterns that make others try every way; a byte that is no UTF-8 matches nothing but itself stays.
case("RegexFullMatch", [_s("a" * 5000), _scalar("(a*)*(a|aa)*(a?){50}b")], {}, np.array([False]))
case("RegexReplace", [_s(b"a\xffb\xe6\x97"), _scalar("."), _scalar("-")], {}, _s(b"-\xff-\xe6\x97"))
case("RegexReplace", [_s("a\0b"), _scalar("\0"), _scalar("|")], {}, _s("a|b"))
case("RegexReplace", [_s("日a"), _scalar(""), _scalar("-")], {}, _s("-日-a-"))
case("RegexReplace", [_s(), _scalar("a"), _scalar("b")], {}, _s())
_any = _s("abc")
for _pattern, _match in (("(", r"missing \) at byte 1"), ("a)", r"unexpected \) at byte 1"), ("[a", "missing ]"), ("*a", "no argument"), ("a**", "bad repetition"),
                         ("a{3,2}", "invalid repetition size"), ("a{1001}", "invalid repetition size"), ("[z-a]", "invalid character class range"),
                         ("[[:what:]]", "invalid character class range"), (r"\8", "invalid escape"), (r"\x{110000}", "invalid escape"), ("a\\", r"trailing \\"),
                         ("(?=a)", "Perl syntax"), ("(?P<>a)", "named capture"), (b"\xff", "invalid UTF-8"), ("(" * 600 + ")" * 600, "nested too deeply"),
                         ("((a{99}){99}){99}", "too large"), ("{2}", "no argument")):
    error("RegexFullMatch", [_any, _scalar(_pattern)], match=_match)
    error("RegexReplace", [_any, _scalar(_pattern), _scalar("")], match=_match)
for _pattern in (r"\pL", r"\C", "(?i)ä"):
    error("RegexFullMatch", [_any, _scalar(_pattern)], code="Unimplemented", match="not implemented")
error("RegexFullMatch", [_any, _s("a")], match=r"pattern has shape \[1\]")
error("RegexReplace", [_any, _scalar("a"), _s("a", "b")], match=r"rewrite has shape \[2\]")
error("RegexReplace", [_any, _scalar("a"), _scalar(r"\1")], match="names group 1, the pattern has 0")
error("RegexReplace", [_any, _scalar("a"), _scalar("\\")], match="neither a digit nor a backslash")
error("RegexReplace", [_any, _scalar("a"), _scalar(r"\x")], match="neither a digit nor a backslash")

# TensorFlow 1.8's buckets for strings of every length that its hashes treat apart.
_lengths = _s("", "a", "abc", "hello", "seven77", "12345678", "0123456789abcdef", "0123456789abcdefg", "x" * 32, "x" * 33, "abcdefgh" * 8, "abcdefgh" * 8 + "i",
              "q" * 127, "pq" * 64, "pqr" * 50, bytes(range(256)))
case("StringToHashBucketFast", [_lengths], {"num_buckets": 2**62}, np.array([
    1936946117179621455, 3694432073954588131, 2640714258260161385, 3786372426573024488, 3386546117049945215, 3430003927990384362, 
    1493332391325024359, 2800675501336285770, 3678204687145032709, 3046993373088323127, 367204409604687042, 2116672948992036360, 
    1831019899192883036, 83341803141637222, 3212581063091182490, 679971070136948511]))
case("StringToHashBucketStrong", [_lengths], {"num_buckets": 2**62, "key": [1, -2]}, np.array([
    1583518726171341606, 3067518542778738979, 2466424286023675517, 2121554780776262444, 2370149754477331028, 588661791795128289, 
    656148239190341956, 1366866313800124231, 3147027087952610663, 3165619467822117846, 3514037757814567313, 4444319526111937375, 
    226430894561114944, 4198346365030611453, 1559854840888096313, 2384266692501718549]))
case("StringToHashBucket", [_lengths], {"num_buckets": 2**62}, np.array([
    105434511174508091, 2996632905371535868, 1046625677629754806, 1331861223480393034, 4023617244626922140, 421129128932463287, 
    1490712428580208486, 1785752214242554974, 1793624403848994371, 3465179299843832916, 2980056574043237031, 2831390648584523506, 
    4396338130432237663, 1671751488035632060, 2078119854653388162, 738269575436937580]))
for _name, _key in (("StringToHashBucketFast", {}), ("StringToHashBucketStrong", {"key": [1, 2]}), ("StringToHashBucket", {})):
    case(_name, [_s(shape=(0, 2))], {"num_buckets": 3, **_key}, np.zeros((0, 2), np.int64))
    case(_name, [_lengths], {"num_buckets": 1, **_key}, np.zeros(16, np.int64))
    for _n in (0, -1):
        error(_name, [_words], {"num_buckets": _n, **_key}, match="num_buckets is %d" % _n)
    error(_name, [np.int32(1)], {"num_buckets": 3, **_key}, match="string")
for _key in ([1], [1, 2, 3], []):
    error("StringToHashBucketStrong", [_words], {"num_buckets": 3, "key": _key}, match="key has %d numbers" % len(_key))
