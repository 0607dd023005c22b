"""Converted functions give what they gave before: with Python values, and, traced with symbolic arguments, in a graph."""

import copy

import corpus
import fake
import pytest

from sokuji._src.autograph import api


def outcome(function, arguments):
    return function(*copy.deepcopy(arguments))


@pytest.mark.parametrize("function, arguments", [pytest.param(f, a, id=f.__name__) for f, a, _ in corpus.CASES])
def test_python_values(function, arguments):
    converted = api.to_graph(function)
    for values in arguments:
        assert outcome(converted, values) == outcome(function, values), values
        assert outcome(api.converted(function), values) == outcome(function, values), values


def listed(value):
    return [listed(v) for v in value] if isinstance(value, (list, tuple)) else {k: listed(v) for k, v in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("function, arguments", [pytest.param(f, a, id=f.__name__) for f, a, graph in corpus.CASES if graph])
def test_symbolic_values(function, arguments):
    with fake.installed():
        for values in arguments:
            found = listed(fake.run(api.converted(function), *copy.deepcopy(values)))
            assert found == pytest.approx(listed(outcome(function, values))) if isinstance(found, float) else found == listed(outcome(function, values)), values
