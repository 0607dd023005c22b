"""
The same bits on every instruction set and any number of threads: tests/programs/bits.c prints a hash of each of many results. tools/test-aarch64 compares
its text with that of another processor.
"""
import os
import subprocess

import pytest

BUILD = os.path.abspath(os.environ["SOKUJI_BUILD"])


def bits(isa, threads):
    return subprocess.run([os.path.join(BUILD, "tests", "programs", "bits"), str(threads)], capture_output=True, text=True, check=True,
                          env=dict(os.environ, SOKUJI_ISA=isa)).stdout


@pytest.fixture(scope="module")
def expected():
    return bits("plain", 1)


@pytest.mark.parametrize("isa,threads", [("avx2", 1), ("avx512", 1), ("avx512", 2), ("plain", 3)])
def test_bits(isa, threads, expected):
    assert len(expected.splitlines()) > 500
    assert bits(isa, threads) == expected
