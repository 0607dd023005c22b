"""Variables fetched beside what changes them."""

import tensorflow as tf, collections
w=tf.Variable(1.0,name="w"); w2=tf.Variable([1.0,2.0]); x=tf.placeholder_with_default(3.0,[])
a=w.assign(x); aa=w.assign_add(x); tr=tf.train.GradientDescentOptimizer(1.0).minimize(w*x); tr2=tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(w2*w2)); rd=w.read_value(); m=w*1.0
s=tf.Session()
def t(label, f):
    c=collections.Counter()
    for _ in range(3):
        s.run([w.initializer, w2.initializer]); c[str(f())]+=1
    print(label, c.most_common(2))
t("assign,w",lambda: s.run([a,w])); t("w,assign",lambda: s.run([w,a])); t("aop,w",lambda: s.run([a.op,w])); t("add,w", lambda: s.run([aa,w])); t("train,w", lambda: s.run([tr,w])[1]); t("train2,w2", lambda: s.run([tr2,w2])[1]); t("a,read_value",lambda: s.run([a.op,rd])[1]); t("a,w*1",lambda: s.run([a.op,m])[1]); t("tr,w*1",lambda: s.run([tr,m])[1]); t("a,value",lambda: s.run([a.op,w.value()])[1]); t("dict",lambda: s.run({"w":w,"t":tr})["w"]); t("name", lambda: s.run([tr,"w:0"])[1]); t("grad,w", lambda: s.run([tr2, tf.get_default_graph().get_tensor_by_name(w2.name)])[1])
