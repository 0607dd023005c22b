"""The README's Python program prints what the README says."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        program, output = re.search(r"```python\n(.*?)```\n\nprints\n\n```\n(.*?)```", file.read(), re.S).groups()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == output
