"""`python -m pipeline` and the command `postpress`."""

from __future__ import annotations

from pipeline.cli import main

if __name__ == "__main__":
    main()
