"""The package's functions stay functions whatever was imported before."""

import pkgutil

from pipeline import fidelity


def test_no_module_hides_a_function() -> None:
    """A submodule named like a public function would replace it once it is imported."""
    modules = {module.name for module in pkgutil.iter_modules(fidelity.__path__)}
    assert not modules & set(fidelity.__all__)
