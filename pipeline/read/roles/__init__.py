"""The roles of Sphinx' dialect that need nothing but what they say: a file for each kind, and their names in its ROLES.

Those that name something elsewhere are in `directives/references`.
"""

from __future__ import annotations

from pipeline.read.roles import addresses, words

ROLES = {**words.ROLES, **addresses.ROLES}
