# tf: 2.21
# Types of arguments that a program defines for traces.
import tensorflow as tf
class FruitTraceType(tf.types.experimental.TraceType):
    def __init__(self, fruit): self.fruit_type = type(fruit)
    def is_subtype_of(self, other): return type(other) is FruitTraceType and self.fruit_type is other.fruit_type
    def most_specific_common_supertype(self, others): return self if all(self == o for o in others) else None
    def placeholder_value(self, placeholder_context=None): return self.fruit_type()
    def __eq__(self, other): return type(other) is FruitTraceType and self.fruit_type is other.fruit_type
    def __hash__(self): return hash(self.fruit_type)
class Fruit:
    def __tf_tracing_type__(self, context): return FruitTraceType(self)
class Apple(Fruit):
    flavor = 1.0
class Mango(Fruit):
    flavor = 2.0
n = []
@tf.function
def f(fruit):
    n.append(1)
    return tf.constant(fruit.flavor) * 2
print(f(Apple()).numpy(), f(Apple()).numpy(), f(Mango()).numpy(), len(n))
