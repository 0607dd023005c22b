# The column's first listing: graph mode (define and run). All above the session is the column's; the page
# leaves out the session loop that printed its results, so the loop below is ours, in its style.
import sys, os
import numpy as np
from tqdm import tqdm
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
iris = load_iris()
train_x, valid_x, train_y, valid_y = train_test_split(iris.data, iris.target)
import tensorflow as tf

# The flow's definition

input_size = 4
output_size = 3
hidden_size = 20

x_ph = tf.placeholder(tf.float32, shape=[None, input_size])
y_ph = tf.placeholder(tf.int32, [None])
y_oh = tf.one_hot(y_ph, depth=output_size, dtype=tf.float32)

fc1_w = tf.Variable(tf.truncated_normal([input_size, hidden_size], stddev=0.1), dtype=tf.float32)
fc1_b = tf.Variable(tf.constant(0.1, shape=[hidden_size]), dtype=tf.float32)
fc1 = tf.nn.relu(tf.matmul(x_ph, fc1_w) + fc1_b)

fc2_w = tf.Variable(tf.truncated_normal([hidden_size, hidden_size], stddev=0.1), dtype=tf.float32)
fc2_b = tf.Variable(tf.constant(0.1, shape=[hidden_size]), dtype=tf.float32)
fc2 = tf.nn.relu(tf.matmul(fc1, fc2_w) + fc2_b)

fc3_w = tf.Variable(tf.truncated_normal([hidden_size, output_size], stddev=0.1), dtype=tf.float32)
fc3_b = tf.Variable(tf.constant(0.1, shape=[output_size]), dtype=tf.float32)
y_pre = tf.matmul(fc2, fc3_w) + fc3_b

cross_entropy = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_oh, logits=y_pre))
train_step = tf.train.AdamOptimizer().minimize(cross_entropy)

epoch_num = 30
batch_size = 16
accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(y_pre, axis=1, output_type=tf.int32), y_ph), tf.float32))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in tqdm(range(epoch_num), file=sys.stdout):
        perm = np.random.permutation(len(train_x))
        for i in range(0, len(train_x), batch_size):
            idx = perm[i:i+batch_size]
            sess.run(train_step, feed_dict={x_ph: train_x[idx], y_ph: train_y[idx]})
        train_loss, train_acc = sess.run([cross_entropy, accuracy], {x_ph: train_x, y_ph: train_y})
        valid_loss, valid_acc = sess.run([cross_entropy, accuracy], {x_ph: valid_x, y_ph: valid_y})
        if (epoch+1)%5 == 0:
            tqdm.write('epoch:\t{}\ttrain/loss:\t{:.5f}\tvalid/loss:\t{:.5f}\ttrain/accuracy:\t{:.5f}\tvalid/accuracy:\t{:.5f}'.format(
                epoch+1, train_loss, valid_loss, train_acc, valid_acc
            ))
