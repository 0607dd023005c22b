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
