# tf: 2.21
# Configurations of optimizers, losses, metrics, initializers, regularizers, constraints and schedules.
import json
from tensorflow import keras

for space, skip in ((keras.optimizers, ("Optimizer", "LossScaleOptimizer", "Muon", "MuSGD", "ScheduleFreeAdamW", "Adafactor", "MultiOptimizer", "OptimizerMap")), (keras.losses, ("Loss", "CTC", "Circle", "CategoricalGeneralizedCrossEntropy", "Reduction")), (keras.metrics, ("Metric", "MeanMetricWrapper", "ConcordanceCorrelation", "PearsonCorrelation")),
                    (keras.initializers, ("Initializer", "Constant", "STFT", "STFTInitializer")), (keras.regularizers, ("Regularizer",)), (keras.constraints, ("Constraint",))):
    for name in sorted(n for n in dir(space) if n[0].isupper() and n not in skip):
        kind = getattr(space, name)
        if not isinstance(kind, type):
            continue
        for given in ({}, {"num_classes": 3}, {"num_classes": 3, "target_class_ids": [0]}, {"recall": 0.5}, {"precision": 0.5}, {"specificity": 0.5}, {"sensitivity": 0.5}, {"normalizer": [1.0]}, {"name": "plain"}):
            try:
                made = kind(**given)
                break
            except TypeError:
                made = None
        if made is None:
            print(name, "not made")
            continue
        config = made.get_config()
        try:
            back = kind.from_config(json.loads(json.dumps(config)))
            same = json.dumps(back.get_config(), sort_keys=True) == json.dumps(config, sort_keys=True)
        except Exception as e:
            same = type(e).__name__
        config.pop("seed", 0)
        print(space.__name__.split(".")[-1], name, json.dumps(config, sort_keys=True, default=str), same)
S = keras.optimizers.schedules
for made in (S.ExponentialDecay(0.1, 2, 0.5), S.PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]), S.PolynomialDecay(0.1, 3), S.InverseTimeDecay(0.1, 2, 0.5), S.CosineDecay(0.1, 5),
             S.CosineDecayRestarts(0.1, 5)):
    print(type(made).__name__, json.dumps(made.get_config(), sort_keys=True), keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(made)).get_config() == made.get_config())
print(keras.optimizers.get({"class_name": "Adam", "config": {"learning_rate": 0.5}}).learning_rate.numpy(), keras.losses.get("mse").__name__, keras.metrics.get("accuracy").__class__.__name__)
print(json.dumps(keras.losses.serialize(keras.losses.MeanSquaredError())), 0)
print(json.dumps(keras.activations.serialize(keras.activations.relu)), json.dumps(keras.initializers.serialize(keras.initializers.Ones())), json.dumps(keras.regularizers.serialize(keras.regularizers.L2(0.5))))
for bad in (lambda: keras.losses.get("nope"), lambda: keras.optimizers.get("nope"), lambda: keras.initializers.get("nope"), lambda: keras.activations.get("nope"),
            lambda: keras.metrics.get("nope"), lambda: keras.regularizers.get("nope"), lambda: keras.constraints.get("nope"), lambda: keras.layers.deserialize({"class_name": "Nope", "config": {}})):
    try:
        bad()
        print("no error")
    except Exception as e:
        print(type(e).__name__)
