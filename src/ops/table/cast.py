"""Conversions between dtypes, and the check of numbers."""
from rows import FIXED_SIZE, op

op("Cast", "x:T", "y:any", "DstT:dtype!@dtype Truncate:bool@truncate", T=FIXED_SIZE, gradient="cast", saves_shapes="x",
   doc="x converted to `dtype`, element by element. Floating to integer drops the fraction; NaN gives 0 and numbers out of range give\n"
       "the nearest that the integer can hold. Integers to a narrower integer keep their low bits. To bool: whether it is not 0. Complex to\n"
       "real keeps the real part. To a narrower floating dtype: rounded to nearest even, with `truncate` towards 0.")
op("Bitcast", "input:T", "output:any", "type:dtype!@dtype", T=[t for t in FIXED_SIZE if t != "bool"],
   doc="The same bytes read as another dtype. To a dtype n times narrower the shape gains a last dimension of n; to one n times wider\n"
       "the last dimension must be n and goes. Shares the input's storage.")
op("CheckNumerics", "tensor:T", "output:T", "message:string", T=["float32", "float64", "float16", "bfloat16"], rule="identity",
   gradient="check_numerics", doc="The tensor itself; InvalidArgument with the message when an element is NaN or infinite.")
