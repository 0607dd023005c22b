"""Strings: bytes with a length, UTF-8 only where it says so. Not differentiable."""
from rows import op

op("StringJoin", "inputs:string*", "output:string", "separator:string", rule="string_join", kernel="string_join",
   doc="The inputs' strings joined, element by element, with the separator between; scalars go with every element.\n"
       "InvalidArgument when other shapes differ.")
op("StringSplit", "input:string delimiter:string", "indices:int64 values:string shape:int64", "skip_empty:bool=True", allocates=True,
   doc="The parts of each string of a vector as a sparse matrix (indices (n, 2), values (n), shape (2)): row i has the parts of string i.\n"
       "delimiter (a scalar): each of its bytes ends a part; empty: every byte is a part. skip_empty leaves empty parts out.")
op("StringSplitV2", "input:string sep:string", "indices:int64 values:string shape:int64", "maxsplit:int=-1", c_name="string_split_v2",
   allocates=True,
   doc="The parts of each string of a vector as a sparse matrix (indices (n, 2), values (n), shape (2)), as Python's split makes them: sep (a\n"
       "scalar) as a whole stands between parts; empty: runs of white space do, and empty parts are left out. maxsplit: at most so\n"
       "many cuts, the rest is the last part; -1: all.")
op("StringToNumber", "string_tensor:string", "output:any", "out_type:dtype=float32",
   doc="The numbers that the strings spell; out_type: float32, float64, int32 or int64. White space around a number is\n"
       "allowed. InvalidArgument names the string that is no number of the type.")
op("Substr", "input:string pos:T len:T", "output:string", T="int32 int64",
   doc="For each string the len bytes from pos on, or as many as there are; pos and len have the input's shape or are both scalars. A\n"
       "negative pos counts from the end. InvalidArgument when pos is outside the string.")
op("AsString", "input:T", "output:string", "precision:int=-1 scientific:bool shortest:bool width:int=-1 fill:string",
   T="floats ints uint16 uint32 uint64 bool complex64 complex128",
   doc="The numbers as text, as C's printf writes them: %f, or %e (scientific), or %g (shortest), with precision digits and at least width\n"
       "characters; fill: none or one of space, 0, +, -, #. bool: true or false. complex: (real,imaginary).")
_REGEX = """
Patterns are RE2's, in time linear in the string: alternatives, groups, repetition, classes, flags; not there: \\p classes. Strings are
UTF-8. InvalidArgument when the pattern is none."""
op("RegexReplace", "input:string pattern:string rewrite:string", "output:string", "replace_global:bool=True",
   doc="Each string with the matches of the pattern (a scalar) replaced by the rewrite (a scalar), in which \\0 is the match and \\1 to \\9 its\n"
       "groups; not replace_global: only the first match." + _REGEX)
op("RegexFullMatch", "input:string pattern:string", "output:bool", doc="Whether the pattern (a scalar) matches each string as a whole." + _REGEX)
for _name, _what in (("Lower", "The strings with ASCII capitals made small."), ("Upper", "The strings with ASCII small letters made capitals.")):
    op("String" + _name, "input:string", "output:string", "encoding:string", rule="string_case", doc=_what + " encoding: only ''.")
op("StringStrip", "input:string", "output:string", rule="string_unary", doc="The strings without white space at both ends.")
op("StringLength", "input:string", "output:int32", "unit:string=BYTE",
   doc="The length of each string in bytes, or with unit UTF8_CHAR in characters.")
_BUCKETS = "The bucket of each string, from 0 to num_buckets - 1, by "
op("StringToHashBucket", "string_tensor:string", "output:int64", "num_buckets:int", doc=_BUCKETS + "MurmurHash64A, seeded as TensorFlow seeds it.")
op("StringToHashBucketFast", "input:string", "output:int64", "num_buckets:int", rule="string_to_hash_bucket", doc=_BUCKETS + "FarmHash's Fingerprint64.")
op("StringToHashBucketStrong", "input:string", "output:int64", "num_buckets:int key:ints",
   doc=_BUCKETS + "SipHash-2-4 with the key, two numbers: who does not know them cannot make many strings of one bucket.")
op("ReduceJoin", "inputs:string reduction_indices:ints=axis", "output:string", "keep_dims:bool separator:string",
   doc="The strings along the axes joined with the separator between, the first axis given running fastest. Negative axes count from\n"
       "the end; no axes: the input as it is. InvalidArgument when one is out of range, repeated, or of no elements.")
op("DecodeCSV", "records:string record_defaults:any*", "output:any*", "field_delim:string use_quote_delim:bool=True na_value:string select_cols:ints",
   c_name="decode_csv",
   doc="The fields of CSV records (RFC 4180), one output of the records' shape for each of record_defaults, whose dtype says what the field is\n"
       "(float32, float64, int32, int64 or string) and whose element stands in for an empty field or one equal to na_value; a\n"
       "vector of no elements: the field is required. field_delim: one byte, ',' when not given. select_cols: ascending numbers of the\n"
       "fields that are wanted. InvalidArgument names the record and the field.")
