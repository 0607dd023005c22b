"""The names of datasets and models: tf.data, tf.contrib.data, and what tf.keras adds to the layers."""

from . import _specs, data, data_passes, data_sources


def set_version(version):
    for module in (_specs, data):
        module.set_version(version)


def _data(version, names, spaces):
    tfdata = {name: getattr(data_sources, name) for name in ("TextLineDataset", "FixedLengthRecordDataset", "TFRecordDataset")}
    tfdata.update(Dataset=data.Dataset, Iterator=data.Iterator)
    spaces["data"] = tfdata
    if version == 1:
        spaces["contrib.data"] = data_sources.CONTRIB
        spaces.setdefault("contrib.eager", {})["Iterator"] = data.Iterator
        return
    tfdata.update(AUTOTUNE=-1, INFINITE_CARDINALITY=data.INFINITE, UNKNOWN_CARDINALITY=data.UNKNOWN, Options=data_passes.Options,
                  DatasetSpec=_specs.DatasetSpec)  # fmt: skip
    spaces["data.experimental"] = data_sources.EXPERIMENTAL
    names.setdefault("TensorSpec", _specs.TensorSpec)


def add(version, names, spaces):
    _data(version, names, spaces)
