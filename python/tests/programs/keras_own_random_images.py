# tf: 2.21
# Layers that change images at random, with seeds.
import numpy as np
import tensorflow as tf
L = tf.keras.layers
images = (np.arange(2 * 5 * 6 * 2).reshape(2, 5, 6, 2) % 37).astype(np.float32)
made = [L.RandomFlip(seed=3), L.RandomFlip("horizontal", seed=1), L.RandomFlip("vertical", seed=2), L.RandomRotation(0.2, seed=3),
        L.RandomRotation((-0.1, 0.3), fill_mode="constant", fill_value=7.0, seed=3), L.RandomRotation(0.4, interpolation="nearest", fill_mode="wrap", seed=5),
        L.RandomZoom(0.3, seed=4), L.RandomZoom((0.1, 0.5), (-0.2, 0.2), fill_mode="nearest", seed=4), L.RandomTranslation(0.4, 0.3, seed=6),
        L.RandomTranslation((-0.2, 0.6), (0.1, 0.2), "wrap", "nearest", seed=6), L.RandomContrast(0.5, value_range=(0, 37), seed=7), L.RandomBrightness(0.3, seed=8),
        L.RandomBrightness([-0.1, 0.4], value_range=[0, 1], seed=9), L.RandomCrop(3, 4, seed=10), L.RandomCrop(7, 4, seed=10)]
for layer in made:
    config = layer.get_config()
    print(layer.__class__.__name__, {k: v for k, v in sorted(config.items()) if k not in ("dtype", "name")})
    for x in (images, images[0]):
        y = layer(x, training=True)
        print(y.shape, np.round(np.sum(y), 2), np.round(np.ravel(y)[::13][:9], 3))
    z = layer(images, training=False)
    print(z.shape, z.dtype, float(np.sum(z)))
    print(np.round(np.ravel(layer(images[..., :1]))[3:7], 3))
model = tf.keras.Sequential([tf.keras.Input((5, 6, 2)), L.RandomFlip(seed=1), L.RandomZoom(0.2, seed=2), L.Flatten(), L.Dense(1, kernel_initializer="ones")])
print(model.output_shape, np.round(model.predict(images, verbose=0), 2).ravel())
flip = L.RandomFlip("horizontal", seed=4)
again = L.RandomFlip.from_config(flip.get_config())
print(np.array_equal(flip(images), again(images)))
inner = L.RandomFlip(seed=1)
print([r.shape for r in tf.data.Dataset.from_tensor_slices(images).map(lambda x: inner(x, training=True)).batch(2)])
for wrong in (lambda: L.RandomFlip("x"), lambda: L.RandomZoom(2.0), lambda: L.RandomRotation(3), lambda: L.RandomContrast(-1), lambda: L.RandomZoom(0.1, fill_mode="x"),
              lambda: L.RandomTranslation((1, 2, 3), 0.1), lambda: L.RandomBrightness(0.1, value_range=3)):
    try:
        wrong()
        print("nothing")
    except Exception as e:
        print(type(e).__name__)
