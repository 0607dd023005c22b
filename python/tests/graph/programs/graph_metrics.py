"""tf.metrics: variables' names, and values over two batches."""
import tensorflow as tf
y = tf.placeholder(tf.int64, [None], name='y'); p = tf.placeholder(tf.int64, [None], name='p'); score = tf.placeholder(tf.float32, [None], name='score')
M = tf.metrics
made = []
def show(label, f):
    g=tf.get_default_graph(); n=len(g.get_operations()); lv=len(tf.local_variables())
    r=f()
    made.append((label, r))
    print(label, r[0].dtype.base_dtype.name, [(v.name, v.dtype.name, v.shape.as_list()) for v in tf.local_variables()[lv:]])
show('accuracy',lambda:M.accuracy(y,p))
show('weighted',lambda:M.accuracy(y,p,weights=score))
show('mean',lambda:M.mean(score))
show('mean_tensor',lambda:M.mean_tensor(tf.ones([2,3])))
show('precision',lambda:M.precision(y,p)); show('recall',lambda:M.recall(y,p)); show('auc',lambda:M.auc(y,score))
show('aucpr',lambda:M.auc(y,score,curve='PR',num_thresholds=5))
show('mse',lambda:M.mean_squared_error(tf.to_float(y),score)); show('rmse',lambda:M.root_mean_squared_error(tf.to_float(y),score))
show('mae',lambda:M.mean_absolute_error(tf.to_float(y),score)); show('mre',lambda:M.mean_relative_error(tf.to_float(y),score,score))
show('miou',lambda:M.mean_iou(y,p,2)); show('mpca',lambda:M.mean_per_class_accuracy(y,p,2))
show('tp',lambda:M.true_positives(y,p)); show('fp',lambda:M.false_positives(y,p)); show('fn',lambda:M.false_negatives(y,p)); show('tn',lambda:M.true_negatives(y,p))
show('pct',lambda:M.percentage_below(score,0.5)); show('cos',lambda:M.mean_cosine_distance(tf.ones([2,3]),tf.ones([2,3]),1))
show('p@t',lambda:M.precision_at_thresholds(y,score,[0.2,0.6])); show('r@t',lambda:M.recall_at_thresholds(y,score,[0.2,0.6]))
show('tpt',lambda:M.true_positives_at_thresholds(y,score,[0.2,0.6]))
show('fnt',lambda:M.false_negatives_at_thresholds(y,score,[0.2,0.6]))
show('s@s',lambda:M.sensitivity_at_specificity(y,score,0.5)); show('sp@s',lambda:M.specificity_at_sensitivity(y,score,0.5))
show('rk',lambda:M.recall_at_k(tf.reshape(y,[-1,1]),tf.constant([[0.1,0.5,0.4],[0.3,0.2,0.5],[0.6,0.3,0.1],[0.2,0.1,0.7]]),2)); show('pk',lambda:M.precision_at_k(tf.reshape(y,[-1,1]),tf.constant([[0.1,0.5,0.4],[0.3,0.2,0.5],[0.6,0.3,0.1],[0.2,0.1,0.7]]),2))
show('apk',lambda:M.average_precision_at_k(tf.reshape(y,[-1,1]),tf.constant([[0.1,0.5,0.4],[0.3,0.2,0.5],[0.6,0.3,0.1],[0.2,0.1,0.7]]),2))
with tf.variable_scope('ev'): show('named',lambda:M.mean(score,name='m2',metrics_collections='mc',updates_collections=['uc']))
print(tf.get_collection('mc'),tf.get_collection('uc'))
print(len(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)))

with tf.Session() as sess:
    sess.run(tf.local_variables_initializer())
    for feed in ({y: [1, 0, 1, 1], p: [1, 1, 0, 1], score: [0.9, 0.4, 0.3, 0.8]}, {y: [0, 1, 1, 0], p: [0, 1, 1, 1], score: [0.2, 0.5, 0.7, 0.1]}):
        for label, (value, update) in made:
            print(label, sess.run(update, feed).tolist())
    for label, (value, update) in made:
        print(label, sess.run(value).tolist())
