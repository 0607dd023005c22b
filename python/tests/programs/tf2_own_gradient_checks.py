# tf: 2.21
# tf.test.compute_gradient: a function's gradients beside finite differences.
import numpy as np
import tensorflow as tf

def f(x,w): return tf.nn.softmax(tf.matmul(tf.tanh(x),w))
x0=np.array([[.1,-.2,.3],[.5,.4,-.6]]); w=np.arange(6.).reshape(3,2)/3
t,n=tf.test.compute_gradient(f,[x0,w])
print(type(t),len(t),[a.shape for a in t],[a.dtype for a in n]); print(np.round(t[0],6).tolist()); print(np.round(n[1],5).tolist())
t,n=tf.test.compute_gradient(lambda p: tf.gather(p,[1,1,3])**2,[np.arange(12.).reshape(4,3)])
print(np.abs(t[0]-n[0]).max()<1e-4)
try: tf.test.compute_gradient(tf.sin,np.ones(2))
except ValueError as e: print("ValueError",e)
@tf.custom_gradient
def bad(x): return x*x, lambda dy: dy*3*x
t,n=tf.test.compute_gradient(bad,[np.array([1.,2.],np.float32)],delta=1e-2); print(t,np.round(n,3))
