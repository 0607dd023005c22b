"""What a call of 1.x gives, or the error that it raises."""
import numpy as np


def r(x):
    return np.round(np.asarray(x, dtype=np.float64), 5).tolist()


def attempt(label, f, most=150):
    try:
        print(label, f())
    except Exception as e:
        print(label, type(e).__name__, str(e)[:most])
