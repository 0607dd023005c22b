"""
Runs the cases under a real TensorFlow and stores what came out: python record.py, with TensorFlow 1.8 or 2.x installed, writes
results_1.8.json or results_2.21.json beside this file. --show prints which cases raised, for the eye.
"""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import cases  # noqa: E402
import tensorflow as tf  # noqa: E402


def main():
    version = 1 if tf.__version__.startswith("1.") else 2
    if version == 1:
        tf.enable_eager_execution()
        tf.logging.set_verbosity(tf.logging.ERROR)
    names = cases.names_of(tf, version)
    results = {}
    for _, line, _ in cases.read(version):
        results[line] = cases.evaluate(line, names)
        if "--show" in sys.argv and isinstance(results[line], list) and results[line][0] in ("raises", "object"):
            print(line, "->", results[line])
    path = os.path.join(cases.HERE, "results_%s.json" % ("1.8" if version == 1 else "2.21"))
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join("%s: %s" % (json.dumps(k), json.dumps(v)) for k, v in results.items()) + "\n}\n")
    print(len(results), "results in", path)


if __name__ == "__main__":
    main()
