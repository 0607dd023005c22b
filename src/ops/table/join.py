"""Joining tensors and taking them apart."""
from rows import ALL, op

op("ConcatV2", "values:any*", "output:any", c_name="concat_v2", internal=True, gradient="concat", saves_shapes="values",
   doc="The tensors (all inputs but the last) one after the other along the axis (the last input, an integer). They agree in dtype and in all\n"
       "other dimensions. sj_concat in array_functions.h.")
