"""Numerical methods: plain arrays in, arrays out. numba lives here and nowhere else.

Every method can be imported from here (`from evalengine.methods import topsis, critic`) and is loaded when first used;
the list is the stub beside this file, written from the register by `docs/generate.py`. Names that two families share
(`borda`, `linear`, `median`) are imported from their families.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
