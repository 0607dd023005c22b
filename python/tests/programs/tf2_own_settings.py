# tf: 2.21
# Policies, loss scaling, logical devices, options, pictures as arrays.
import numpy as np
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration(), tf.config.LogicalDeviceConfiguration()])
print(len(tf.config.get_logical_device_configuration(cpu)), tf.config.get_logical_device_configuration(cpu)[0])
print([d.name for d in tf.config.list_logical_devices()], tf.config.list_logical_devices("GPU"))
try:
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 3)
except RuntimeError as e:
    print(e)
with tf.device("/device:CPU:1"):
    print((tf.ones([2]) + 1.0).numpy())
mp = tf.keras.mixed_precision
for name in ("float32", "float64", "mixed_float16", "mixed_bfloat16"):
    p = mp.Policy(name)
    print(p, p.name, p.compute_dtype, p.variable_dtype, p == mp.Policy(name), p.get_config())
mp.set_global_policy("float32")
print(mp.global_policy(), mp.dtype_policy().name)
for wrong in (lambda: mp.Policy("mixed"), lambda: mp.Policy(3)):
    try:
        wrong()
    except Exception as e:
        print(type(e).__name__)
opt = mp.LossScaleOptimizer(tf.keras.optimizers.SGD(0.5), initial_scale=4.0, dynamic_growth_steps=2)
v = tf.Variable([1.0, 2.0])
for step in range(5):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(v * v)
        scaled = opt.scale_loss(loss)
    grad = tape.gradient(scaled, v)
    if step == 3:
        grad = grad * np.inf
    opt.apply_gradients([(grad, v)])
    print(float(scaled), v.numpy(), float(opt.dynamic_scale), int(opt.step_counter), int(opt.iterations))
print(sorted(opt.get_config()), opt.initial_scale, opt.dynamic_growth_steps, float(opt.learning_rate))
tf.config.optimizer.set_experimental_options({"constant_folding": True, "debug_stripper": False})
print(sorted(tf.config.optimizer.get_experimental_options().items()))
tf.config.optimizer.set_jit(False)
print(repr(tf.config.optimizer.get_jit()), tf.config.get_soft_device_placement() in (True, False))
x = (np.arange(24) % 11).reshape(2, 4, 3)
a = tf.keras.utils.img_to_array(x)
print(a.dtype, a.shape, tf.keras.utils.img_to_array(x[..., 0]).shape, tf.keras.utils.img_to_array(x, data_format="channels_first", dtype="uint8").shape)
try:
    tf.keras.utils.img_to_array(np.ones(3))
except ValueError as e:
    print(e)
gen = tf.keras.preprocessing.image.ImageDataGenerator(rescale=0.5, featurewise_center=True, featurewise_std_normalization=True, horizontal_flip=True, brightness_range=None)
gen.fit(np.stack([a, a + 1]))
print(np.round(gen.mean.ravel(), 4), np.round(gen.std.ravel(), 4), np.round(gen.standardize(a.copy()).ravel()[:5], 4))
print(sorted(gen.get_random_transform((4, 4, 3), seed=2).items(), key=lambda r: r[0]))
for wrong in (lambda: tf.keras.preprocessing.image.ImageDataGenerator(zoom_range="a"), lambda: tf.keras.preprocessing.image.ImageDataGenerator(validation_split=2.0)):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
print(tf.keras.__version__)
