# tf: 2.21
# Arithmetic of complex tensors and its gradients.
import tensorflow as tf, numpy as np
z=tf.constant([1+2j,3-1j,-2-.5j]); w=tf.constant([2-1j,.5j,1+1j])
fs=dict(mul=lambda:tf.abs(tf.reduce_sum(z*w)), div=lambda:tf.abs(tf.reduce_sum(z/w)), sq=lambda: tf.math.real(tf.reduce_sum(z*z*w)), exp=lambda: tf.math.imag(tf.reduce_sum(tf.exp(z))), angle=lambda: tf.reduce_sum(tf.math.angle(z)*tf.constant([1.,2.,3.],tf.float64)), conj=lambda: tf.abs(tf.reduce_sum(tf.math.conj(z)*w)), mm=lambda: tf.abs(tf.matmul(z[None],w[:,None])[0,0]), log=lambda: tf.math.real(tf.reduce_sum(tf.math.log(z)*w)), powr=lambda: tf.math.real(tf.reduce_sum(z**2)), mean=lambda: tf.abs(tf.reduce_mean(z)), absq=lambda: tf.reduce_sum(tf.abs(z)**2), tanh=lambda: tf.math.real(tf.reduce_sum(tf.tanh(z))), cplx=lambda: tf.abs(tf.reduce_sum(tf.complex(tf.math.real(z),tf.math.imag(w))*z)), sqrt=lambda: tf.math.real(tf.reduce_sum(tf.sqrt(z))), sin=lambda: tf.math.real(tf.reduce_sum(tf.sin(z)*w)),powc=lambda: tf.math.real(tf.reduce_sum(z**w)))
for n,f in fs.items():
    with tf.GradientTape() as t:
        t.watch([z,w]); y=f()
    g=t.gradient(y,[z,w]); print(n, np.round(y.numpy(),5), [None if v is None else (np.round(np.stack([v.numpy().real, v.numpy().imag]), 4) + 0.0).tolist() for v in g])
