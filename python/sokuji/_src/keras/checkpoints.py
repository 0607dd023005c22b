"""What checkpoints know of layers and models: variables by their names in add_weight, attributes, numbered layers, and restoring while variables are made."""

import os
import warnings

import numpy as np

from sokuji._src.train import checkpoint
from sokuji._src.variables import trackable, variables


class LayerCheckpoints(trackable.Trackable):
    """Mixin of Layer."""

    __setattr__ = object.__setattr__

    def _waiting_value(self, name, sizes):
        """A restored value for a variable that is being made, or None."""
        if "_waiting_by_name" in self.__dict__:
            value = checkpoint.value_by_name(self, self.scope_name + "/" + (name or "Variable"))
            if value is not None:
                return value
        return trackable.waiting_value(self, name or "Variable", sizes) if "_tracking" in self.__dict__ else None

    def _checkpoint_children(self):
        """Variables of add_weight under their names there, then numbered layers, then attributes."""
        found = dict(trackable.named_children(self))
        if variables._version == 2:  # the names that Keras 3 gives them
            found.update({"_" + n: found[n] for n in ("kernel", "embeddings") if n in found})
        known = {id(v) for v in found.values()}
        found.update((n, v) for n, v in vars(self).items() if n != "_input_layer" and trackable.is_trackable(v) and id(v) not in known)
        return [*self._checkpoint_layers({id(v) for v in found.values()}), *found.items()]

    def _checkpoint_layers(self, known):
        return []

    def _checkpoint_group(self, name, children):
        made = self.__dict__.setdefault("_checkpoint_groups", {}).setdefault(name, trackable.Group())
        made.__dict__["members"] = children
        return made


class ModelCheckpoints:
    """Mixin of Model."""

    _numbered_from_input = False  # Sequential: the input is number 0, whether it is there yet or not

    def _checkpoint_layers(self, known):
        if self._graph is None and not self._numbered_from_input:
            return []
        layers = [self._checkpoint_group("input", [])] if self._numbered_from_input else []
        numbered = [(str(i), layer) for i, layer in enumerate([*layers, *self._sublayers]) if id(layer) not in known]
        if variables._version == 1:
            return [("layer-" + n, layer) for n, layer in numbered]
        operations = self._checkpoint_group("_operations", numbered)
        if self._numbered_from_input:
            return [("_functional", self._checkpoint_group("_functional", [("_operations", operations)]))]
        return [("_operations", operations)]

    def save_weights(self, filepath, overwrite=True, save_format=None, options=None):
        """Writes the variables to HDF5, or as a checkpoint in TensorFlow's format."""
        from sokuji._src.keras import model_files

        path = os.fspath(filepath)
        if save_format in (None, "h5") and path.endswith((".h5", ".hdf5", ".keras")) or save_format == "h5":
            return model_files.save_weights(self, path, overwrite)
        if variables._version == 2 and save_format is None:
            raise ValueError("The filename must end in `.weights.h5`. Received: filepath=%s" % path)
        checkpoint.save_weights(self, path, overwrite, save_format)

    def load_weights(self, filepath, skip_mismatch=False, by_name=False, options=None):
        from sokuji._src.keras import model_files

        path = os.fspath(filepath)
        if variables._version == 1:
            skip_mismatch, by_name = False, skip_mismatch or by_name
        if path.endswith((".h5", ".hdf5", ".keras")) or by_name:
            return model_files.load_weights(self, path, skip_mismatch, by_name)
        return checkpoint.load_weights(self, path)


class OptimizerCheckpoints(trackable.Trackable):
    """Mixin of Keras' optimizers of 2.x: their variables are saved under the names that Keras 3 gives them."""

    __setattr__ = object.__setattr__

    def _checkpoint_children(self):
        groups = self._checkpoint_groups()
        rate = [] if self._rate is not None else [("_learning_rate", self._rate_variable)]
        return [*groups, ("_iterations", self._iterations), *rate]

    def save_own_variables(self, store):
        for i, v in enumerate(self.variables):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store):
        own = self.variables
        if len(store) != len(own):
            warnings.warn("Skipping variable loading for optimizer '%s', because it has %d variables whereas the saved optimizer has %d variables."
                          % (self.name, len(own), len(store)), stacklevel=2)  # fmt: skip
            return
        for i, v in enumerate(own):
            v.assign(np.asarray(store[str(i)]))

    def _checkpoint_groups(self):
        made = self.__dict__.setdefault("_groups", {name: trackable.Group() for name in ("_variables", "_trainable_variables")})
        for group, members in zip(made.values(), (self.variables, self._trainable)):
            group.__dict__["members"] = [(str(i), v) for i, v in enumerate(members)]
        return list(made.items())

    def _checkpoint_arrived(self):
        """Slots were made: they take the values that wait for them."""
        if "_tracking" in self.__dict__:
            for _, group in self._checkpoint_groups():
                for name, variable in group.members:
                    trackable.arrived(group, name, variable)
