"""`python -m pipeline` and the command `postpress`."""

from __future__ import annotations

import gc

# What is imported stays, and hardly anything a build makes goes round in circles: the collector would look at all of
# it a hundred times, for a twentieth of the time. Children begin with the same pace.
gc.set_threshold(100_000, 20, 20)

from pipeline.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
