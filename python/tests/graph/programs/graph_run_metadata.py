"""What a run tells: RunMetadata, the Chrome trace of it, an event of it."""
import json, os
import tensorflow as tf
from tensorflow.python.client import timeline
x=tf.placeholder(tf.float32,[None,2],name='x')
w=tf.Variable([[1.],[2.]],name="w")
y=tf.reduce_sum(tf.nn.relu(tf.matmul(x,w)+1.0))
sess=tf.Session(); sess.run(tf.global_variables_initializer())
o=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE); m=tf.RunMetadata()
print(sess.run(y,{x:[[1,2.]]},options=o,run_metadata=m))
names=[n.node_name for d in m.step_stats.dev_stats for n in d.node_stats]
print("MatMul" in names, len(m.step_stats.dev_stats)>0, m.step_stats.dev_stats[0].node_stats[0].all_start_micros>0)
t=json.loads(timeline.Timeline(m.step_stats).generate_chrome_trace_format())
print(sorted(t), any(e["name"]=="MatMul" for e in t["traceEvents"]))
try: sess.run(y,{x:[[1,2.]]},options=3)
except Exception as e: print(type(e).__name__)
w2=tf.summary.FileWriter("lg"); w2.add_run_metadata(m,"s1",1); w2.close()
e=list(tf.train.summary_iterator("lg/"+os.listdir("lg")[0]))[-1]; print(e.WhichOneof("what"), e.tagged_run_metadata.tag)
