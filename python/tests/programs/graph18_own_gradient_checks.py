# tf: 1.8
# tf.test.compute_gradient and compute_gradient_error: gradients beside finite differences.
import numpy as np
import tensorflow as tf

x=tf.placeholder(tf.float64,[2,3]); w=tf.constant(np.arange(6.).reshape(3,2)/3)
v=tf.Variable([[1.,2.]],dtype=tf.float64)
y=tf.nn.softmax(tf.matmul(tf.tanh(x),w))+v
x0=np.array([[.1,-.2,.3],[.5,.4,-.6]])
with tf.Session() as s:
    a,b=tf.test.compute_gradient(x,[2,3],y,[2,2],x_init_value=x0,init_targets=[tf.global_variables_initializer()])
    print(a.shape,b.shape,np.round(a,6).tolist(),np.round(b,5).tolist(), a.dtype)
    print(tf.test.compute_gradient_error(x,[2,3],y,[2,2],x_init_value=x0)<1e-6)
    z=tf.constant(np.ones((2,2))); q=y*z
    r=tf.test.compute_gradient([x,z],[[2,3],[2,2]],q,[2,2],x_init_value=[x0,np.ones((2,2))],extra_feed_dict={x:x0})
    print(len(r),[ (m.shape,n.shape) for m,n in r], tf.test.compute_gradient_error([z],[[2,2]],q,[2,2],x_init_value=[np.ones((2,2))],extra_feed_dict={x:x0})<1e-6)
    p=tf.constant(np.arange(12.).reshape(4,3)); g=tf.gather(p,[1,1,3])**2
    print(tf.test.compute_gradient_error(p,[4,3],g,[3,3],x_init_value=np.arange(12.).reshape(4,3))<1e-5)
    f=tf.constant([1.,2.]); h=f*f
    print(tf.test.compute_gradient_error(f,[2],h,[2],x_init_value=np.array([1.,2.],np.float32))<1e-2)
    try: tf.test.compute_gradient(f,[3],h,[2],x_init_value=np.array([1.,2.],np.float32))
    except AssertionError as e: print("AssertionError",e)
