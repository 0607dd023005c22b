"""tf.saved_model of 2.x, added when a name is asked for that is not there."""

from sokuji._src.api import missing


def add(module):
    from sokuji._src.exchange import load_2, save_2, saved_model

    names = vars(module)
    space = names.setdefault("saved_model", missing.space("saved_model"))
    for name, value in dict(load=load_2.load, contains_saved_model=load_2.contains_saved_model, save=save_2.save, SaveOptions=save_2.SaveOptions,
                            LoadOptions=save_2.LoadOptions, **{k: v for k, v in saved_model.SIGNATURES.items() if k.startswith("DEFAULT")},
                            SERVING="serve").items():  # fmt: skip
        vars(space).setdefault(name, value)


def export(model, filepath, format="tf_saved_model", verbose=None, input_signature=None, **keywords):
    """Keras' Model.export: a SavedModel with the endpoint serve, for inference."""
    from sokuji._src.core import nest
    from sokuji._src.data.specs import TensorSpec
    from sokuji._src.exchange import save_2
    from sokuji._src.graph import function as traced
    from sokuji._src.variables import trackable

    if format != "tf_saved_model" or keywords:
        raise NotImplementedError("not implemented: tf.keras.Model.export with format=%r %s; use format='tf_saved_model'" % (format, sorted(keywords)))
    if input_signature is None:
        if model.inputs is None:
            raise ValueError("The model provided has never been called. It must be called at least once before export, or give `input_signature`.")
        specs = [TensorSpec(s._sizes, s._kind, s.name) for s in model.inputs]
        structure = model.inputs[0] if model._graph is None else model._graph.inputs
        input_signature = [nest.pack_sequence_as(structure, specs)]
    saved = trackable.AutoTrackable()
    saved.serve = traced.Function(lambda x: model(x, training=False), "serve", list(input_signature), autograph=False)
    saved.variables, saved.trainable_variables, saved.non_trainable_variables = list(model.variables), list(model.trainable_variables), list(model.non_trainable_variables)
    save_2.save(saved, filepath, {"serve": saved.serve, "serving_default": saved.serve})
    if verbose is not False:
        print("Saved artifact at '%s'." % filepath)
