"""
Start-up of one library in this interpreter: startup.py MODULE DISTRIBUTION... (or a folder). Import beyond NumPy, resident memory, installed size. What Sokuji
puts off until the first name is asked for counts as import.
"""

import glob
import os
import subprocess
import sys
import sysconfig

from measure import BRIEF, show

CHILD = """
import time
import numpy
def resident():
    return int([line for line in open("/proc/self/status") if line.startswith("VmRSS")][0].split()[1]) / 1024.0
before, begin = resident(), time.time()
import {0}
getattr({0}, "constant", None)
print(time.time() - begin)
print(resident() - before)
"""


def installed_mib(what):
    """Of a folder, or of a distribution's files as its RECORD lists them."""
    if os.path.isdir(what):
        paths = [os.path.join(folder, f) for folder, _, files in os.walk(what) for f in files if not f.endswith(".pyc")]
    else:
        site = sysconfig.get_paths()["purelib"]
        (record,) = glob.glob(os.path.join(site, what + "-[0-9]*.dist-info", "RECORD"))
        paths = [os.path.join(site, line.split(",")[0]) for line in open(record)]
    return sum(os.path.getsize(p) for p in paths if os.path.isfile(p)) / 2.0**20


def main():
    module, places = sys.argv[1], sys.argv[2:]
    runs = []
    for _ in range(1 + (1 if BRIEF else 3)):
        lines = subprocess.check_output([sys.executable, "-c", CHILD.format(module)], stderr=subprocess.DEVNULL).split()
        runs.append([float(line) for line in lines[-2:]])
    show("startup", "import beyond NumPy", "ms", [1e3 * r[0] for r in runs[1:]])
    show("startup", "resident memory beyond NumPy", "MiB", [r[1] for r in runs[1:]])
    show("startup", "installed", "MiB", [sum(installed_mib(p) for p in places)])


main()
