"""One hypothesis profile everywhere: no deadline, since the first call of a kernel compiles it."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("evalengine", deadline=None)
settings.load_profile("evalengine")
