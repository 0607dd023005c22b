"""tf.losses: names and values."""
import tensorflow as tf
import numpy as np
a=tf.constant(np.random.RandomState(0).rand(3,2).astype('f')); b=tf.constant(np.random.RandomState(1).rand(3,2).astype('f'))
L=tf.losses
cl=tf.constant([0,1,1])
with tf.Session() as s:
    for n in "mean_squared_error absolute_difference huber_loss log_loss hinge_loss mean_pairwise_squared_error sigmoid_cross_entropy softmax_cross_entropy".split():
        t=getattr(L,n)(a,b); print(t.name,s.run(t))
    t=L.sparse_softmax_cross_entropy(cl,b); print(t.name, s.run(t))
    t=L.cosine_distance(a,b,axis=1); print(t.name, s.run(t))
    t=L.compute_weighted_loss(a,2.0); print(t.name, s.run(t))
    t=L.mean_squared_error(a,b,scope='mine'); print(t.name)
    t=L.mean_squared_error(a,b,reduction='none'); print(t.name)
    t=L.mean_squared_error(a,b,reduction=tf.losses.Reduction.SUM); print(t.name)
    t=L.mean_pairwise_squared_error(a,b,weights=[[1.],[0.],[2.]]); print(t.name,s.run(t))
    t=L.mean_pairwise_squared_error(tf.reshape(a,[1,6]),tf.reshape(b,[1,6])); print(t.name,s.run(t))
    print(s.run(a).tolist(),s.run(b).tolist())
