"""Epochs a second of one of the column's listings as it is, but for the number of epochs: listing.py FILE EPOCHS. 100 epochs of warm-up first.

The listing's own progress bar tells the time: a stand-in for tqdm looks at the clock when the loop comes round.
"""

import os
import sys
import time
import types

from measure import BRIEF, show

WARM_UP, PARTS = 2 if BRIEF else 100, 3
times = []


class Progress:
    def __init__(self, epochs, **_):
        self.epochs = epochs

    def __iter__(self):
        n = len(self.epochs) - WARM_UP
        marks = {WARM_UP + n * part // PARTS for part in range(PARTS)}
        for epoch in self.epochs:
            if epoch in marks:
                times.append((epoch, time.time()))
            yield epoch
        times.append((len(self.epochs), time.time()))

    @staticmethod
    def write(text):
        pass


def main():
    path, epochs = sys.argv[1], int(sys.argv[2])
    text = open(path, encoding="utf-8").read()
    assert "epoch_num = 30" in text
    text = text.replace("epoch_num = 30", "epoch_num = %d" % (WARM_UP + epochs), 1)
    sys.modules["tqdm"] = types.ModuleType("tqdm")
    sys.modules["tqdm"].tqdm = Progress
    quiet, sys.stdout = sys.stdout, open(os.devnull, "w")
    exec(compile(text, path, "exec"), {"__name__": "__main__"})
    sys.stdout = quiet
    rates = [(b - a) / (t - s) for (a, s), (b, t) in zip(times, times[1:])]
    show("iris", "epoch, listing " + os.path.basename(path)[:2], "epochs/s", rates, work="iris epoch")


main()
