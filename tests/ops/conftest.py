"""pytest's settings for the operations' tests: where modules are, and `--op NAME` to run one operation."""
import gc
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# Tests count the library's bytes: no collection may release tensors (of an earlier failure's traceback) in between.
gc.disable()


def pytest_addoption(parser):
    parser.addoption("--op", action="append", default=[], help="only this operation (may be repeated)")


def pytest_collection_modifyitems(config, items):
    wanted = config.getoption("--op")
    if wanted:
        items[:] = [i for i in items if getattr(i, "callspec", None) and i.callspec.params.get("name") in wanted]
