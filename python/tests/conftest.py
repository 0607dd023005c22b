"""Every test runs under the semantics it asks for: the fixtures tf1 and tf2 switch, and the switch is put back."""

import pytest


@pytest.fixture(autouse=True)
def version_2():
    """What a module imported for its own tests does not last."""
    import sokuji

    sokuji._assemble.set_version(2)


@pytest.fixture
def tf1():
    import sokuji
    from sokuji import _assemble, v1

    _assemble.set_version(1)
    yield v1
    _assemble.set_version(2)
    sokuji._core.set_seed(None)


@pytest.fixture
def tf2():
    import sokuji

    sokuji._assemble.set_version(2)
    yield sokuji
    sokuji._core.set_seed(None)
