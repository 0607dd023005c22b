# tf: 2.21
# Which errors layers raise for inputs of other shapes, and what they give for others.
import numpy as np, tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
def att(label, f):
    try: print(label, f())
    except Exception as e: print(label, type(e).__name__)
def seq():
    m = keras.Sequential([keras.Input((2,)), layers.Dense(4), layers.Dense(1)]); m.compile("sgd","mse"); return m
def fun():
    i = keras.Input((2,)); m = keras.Model(i, layers.Dense(1)(layers.Dense(4)(i))); m.compile("sgd","mse"); return m
x=np.ones((20,2),"float32"); y=np.ones((20,1),"float32")
for name, mk in (("seq",seq),("fun",fun)):
    att(name+" call", lambda: mk()(x[:,:1]))
    att(name+" call3", lambda: mk()(np.ones((4,3),"float32")))
    att(name+" call rank3", lambda: mk()(np.ones((4,2,1),"float32")).shape)
    att(name+" call rank3b", lambda: mk()(np.ones((4,2,2),"float32")).shape)
    att(name+" fit", lambda: mk().fit(x[:,:1],y,verbose=0))
    att(name+" fit3", lambda: mk().fit(np.ones((20,3)),y,verbose=0))
    att(name+" evaluate", lambda: mk().evaluate(x[:,:1],y,verbose=0))
    att(name+" predict", lambda: mk().predict(x[:,:1],verbose=0))
att("seq eager fit", lambda: m.fit(x[:,:1],y,verbose=0))
m=seq(); m.fit(x,y,verbose=0)
att("seq fit after", lambda: m.fit(x[:,:1],y,verbose=0))
att("rnn", lambda: layers.LSTM(2)(tf.ones((3, 4))))
seqi=keras.Input((None,2))
att("rnn stateful", lambda: layers.LSTM(2, stateful=True)(seqi))
def fixed(layer, shape=(2, 4, 2)):
    layer.build(shape); return layer
for k in (layers.LSTM, layers.GRU, layers.SimpleRNN):
    att("rnn width "+k.__name__, lambda: fixed(k(2))(tf.ones((2, 4, 3))))
    att("rnn width twice"+k.__name__, lambda: (lambda l:(l(tf.ones((2,4,2))),l(tf.ones((2, 4, 3)))))(k(2)))
att("td", lambda: fixed(layers.TimeDistributed(layers.Dense(2)))(tf.ones((2,4,3))))
att("gru0", lambda: layers.GRU(0))
a=np.ones((1,3),"float32")
att("add1", lambda: layers.Add()([a]).shape)
for f in (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Concatenate, layers.Dot if 0 else layers.Maximum):
    att(f.__name__+" one", lambda: f()([a]).shape)
    att(f.__name__+" notlist", lambda: f()(a).shape)
    att(f.__name__+" bad", lambda: f()([a, np.ones((1,2))]).shape)
    att(f.__name__+" bad batch", lambda: f()([a, np.ones((2,3))]).shape)
    att(f.__name__+" 3", lambda: f()([a, a, a]).shape)
line=np.zeros((1,5,2),"float32")
for n in (3,5,(2,3),(5,0)):
    att("crop1d %s"%(n,), lambda: layers.Cropping1D(n)(line).shape)
img=np.zeros((1,4,4,1),"float32")
att("crop2d", lambda: layers.Cropping2D(2)(img).shape)
att("crop2d3", lambda: layers.Cropping2D(3)(img).shape)
att("crop3d", lambda: layers.Cropping3D(2)(np.zeros((1,4,4,4,1))).shape)
att("up1", lambda: layers.UpSampling2D(2, interpolation="bicubic")(img).shape)
class Affine(layers.Layer):
    def build(self, s):
        self.w=self.add_weight(shape=(s[-1],2), name="w"); self.c=self.add_weight(shape=(), name="c",trainable=False)
    def call(self, x): return x@self.w
class NoBuild(layers.Layer):
    def __init__(self):
        super().__init__(); self.inner = layers.Dense(2)
    def call(self, a, b=None, mask=None): return self.inner(a)
l=Affine(); l(np.ones((1,2),"float32"))
att("layer()(1,2)", lambda: layers.Layer()(1.0,2.0))
att("layer()(1)", lambda: layers.Layer()(1.0))
att("layer(tensor)", lambda: layers.Layer()(tf.ones((1,2))))
att("nobuild()", lambda: NoBuild()())
att("nobuild(1.0)", lambda: NoBuild()(1.0))
att("nobuild bad kw", lambda: NoBuild()(tf.ones((1,2)), c=1))
att("nobuild kw", lambda: NoBuild()(a=tf.ones((1,2))).shape)
att("get", lambda: Affine().get_weights())
att("set", lambda: l.set_weights([np.ones((2,2))]))
att("set shape", lambda: l.set_weights([np.ones((2,3)),1.0]))
att("Dense()", lambda: layers.Dense(2)())
att("Dense lists", lambda: layers.Dense(2)([[1.0,2.0]]).shape)
att("Dense none", lambda: layers.Dense(2)(None))
att("Dense str", lambda: layers.Dense(2)("a"))
att("nosuper", lambda: layers.Dense(2)(tf.ones((2,))).shape)
att("compute_output_shape", lambda: NoBuild().compute_output_shape((3,4)))
