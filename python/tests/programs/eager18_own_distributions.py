# tf: 1.8
# tf.distributions: moments, probabilities, seeded samples, divergences.
import numpy as np
import tensorflow as tf
tfd = tf.distributions
EAGER = True
if EAGER:
    tf.enable_eager_execution()
sess = None if EAGER else tf.Session()


def v(t):
    return np.round(np.asarray(t.numpy() if EAGER else sess.run(t), np.float64), 5).tolist()


def attempt(label, f):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, str(e)[:100])


made = [tfd.Normal(1., [2., 3.]), tfd.Normal(loc=[[0.], [1.]], scale=2., name='mine'), tfd.Laplace([0., 1.], 2.), tfd.Uniform(1., [3., 4.]), tfd.Uniform(),
        tfd.Gamma([2., 3.], 2.), tfd.Gamma(0.5, 1.), tfd.Exponential([0.5, 2.]), tfd.Beta([2., 1.], 3.), tfd.Beta([2., 3.], [4., 5.]), tfd.StudentT(3., [0., 1.], 2.), tfd.StudentT([0.5, 1.5], 0., 1.)]
for d in made:
    print(str(d))
    print(repr(d))
    print(d.batch_shape, d.event_shape, d.dtype.name, d.reparameterization_type, sorted(k for k in d.parameters), d.name, d.allow_nan_stats, d.validate_args)
    for name in ('mean', 'variance', 'stddev', 'mode', 'entropy', 'batch_shape_tensor', 'event_shape_tensor', 'is_scalar_batch', 'covariance'):
        attempt('  ' + name, lambda: v(getattr(d, name)()))
    for name in ('prob', 'log_prob', 'cdf', 'log_cdf', 'survival_function', 'log_survival_function', 'quantile'):
        if 'cdf' in name and type(d).__name__ in ('Uniform', 'Beta', 'StudentT') or 'survival' in name and type(d).__name__ in ('Uniform', 'Beta', 'StudentT'):
            continue
        attempt('  ' + name, lambda: v(getattr(d, name)(0.25)))
        attempt('  ' + name, lambda: v(getattr(d, name)([[0.75], [1.25]] if name != 'quantile' else 0.5)))
    attempt('  sample', lambda: d.sample().shape)
    attempt('  sample', lambda: d.sample([2, 3]).shape)
    attempt('  seeded', lambda: v(d.sample(3, seed=7)))
for d in (tfd.Bernoulli(probs=[0.2, 0.7]), tfd.Bernoulli(logits=1.5, dtype=tf.float32), tfd.Categorical(logits=[1., 2., 0.5]), tfd.Categorical(probs=[[0.2, 0.8], [0.5, 0.5]]),
          tfd.Dirichlet([1., 2., 3.]), tfd.Dirichlet([[2., 2.], [3., 5.]]), tfd.Multinomial(4., probs=[0.2, 0.3, 0.5]), tfd.Multinomial([4., 2.], logits=[[1., 2.], [0., 0.]]), tfd.DirichletMultinomial(3., [1., 2.])):
    print(str(d), d.reparameterization_type)
    print(d.batch_shape, d.event_shape, d.dtype.name, sorted(d.parameters))
    for name in ('mean', 'variance', 'stddev', 'mode', 'entropy', 'covariance', 'batch_shape_tensor', 'event_shape_tensor'):
        attempt('  ' + name, lambda: v(getattr(d, name)()))
    x = {'Bernoulli': [1, 0], 'Categorical': [1, 0]}.get(type(d).__name__, {3: [0.2, 0.3, 0.5], 2: [0.4, 0.6]}.get(d.event_shape[-1].value if d.event_shape.ndims else 0))
    if 'Multinomial' in type(d).__name__:
        x = [1., 1., 2.] if d.event_shape[-1].value == 3 else [2., 1.]
    attempt('  log_prob', lambda: v(d.log_prob(x)))
    attempt('  prob', lambda: v(d.prob(x)))
    attempt('  cdf', lambda: v(d.cdf(x)))
    attempt('  sample', lambda: d.sample([2, 3]).shape)
    attempt('  dtype', lambda: d.sample([2, 3]).dtype.name)
    if not isinstance(d, tfd.Multinomial):
        attempt('  seeded', lambda: v(d.sample(4, seed=11)))
kl = tfd.kl_divergence
print(v(kl(tfd.Normal(0., 1.), tfd.Normal([1., 2.], 2.))), v(kl(tfd.Bernoulli(0.3), tfd.Bernoulli([1., 2.]))), v(kl(tfd.Categorical([1., 2.]), tfd.Categorical([0., 1.5]))))
print(v(kl(tfd.Beta(1., 2.), tfd.Beta([2., 3.], 1.))), v(kl(tfd.Gamma(1., 2.), tfd.Gamma(3., 1.))), v(kl(tfd.Exponential(1.), tfd.Exponential(2.))))
attempt('kl', lambda: kl(tfd.Normal(0., 1.), tfd.Bernoulli(0.3)))
n = tfd.Normal(0., 1.)
print(v(n.kl_divergence(tfd.Normal(1., 1.))), v(n.cross_entropy(tfd.Normal(1., 1.))), v(n.copy(scale=3.).stddev()), v(n.loc), v(n.scale))
attempt('both', lambda: tfd.Bernoulli(logits=1., probs=0.5))
attempt('none', lambda: tfd.Categorical())
attempt('ints', lambda: tfd.Normal(0, 1))
attempt('valid3', lambda: v(tfd.StudentT(0.5, 0., 1., allow_nan_stats=False).mean()))
attempt('mode', lambda: v(tfd.Beta(0.5, 0.5, allow_nan_stats=False).mode()))
attempt('static', lambda: tfd.Normal.param_static_shapes([2, 3]))


@tfd.RegisterKL(tfd.Laplace, tfd.Laplace)
def _kl(a, b, name=None):
    return a.loc - b.loc


print(v(kl(tfd.Laplace(3., 1.), tfd.Laplace(1., 1.))))
print(tfd.FULLY_REPARAMETERIZED, tfd.NOT_REPARAMETERIZED == tfd.NOT_REPARAMETERIZED)
if EAGER:
    with tf.GradientTape() as tape:
        m = tf.constant([0.5, -1.])
        tape.watch(m)
        z = tfd.Normal(m, 1.).sample(5, seed=1)
        loss = tf.reduce_mean(z ** 2) + kl(tfd.Normal(m, 2.), tfd.Normal(0., 1.))[0]
    print(z.shape, tape.gradient(loss, m).shape)
else:
    p = tf.placeholder(tf.float32, [None])
    d = tfd.Normal(p, 2.)
    print(d, d.batch_shape, sess.run(d.log_prob(1.), {p: [0., 1.]}), sess.run([d.batch_shape_tensor(), tf.shape(d.sample(3))], {p: [0., 1.]}))
    print(d.loc.name, d.scale.name)
