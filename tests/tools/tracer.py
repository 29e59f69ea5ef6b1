"""Brings strace, by which tests watch hostile sources on Linux; run by `make test`. Building needs none of it."""

from __future__ import annotations

import shutil
import sys

from pipeline.doctor import Finding, System, bring, install_command, this_system


def main(platform: str, system: System | None) -> int:
    """0 if strace is here, or no test of this platform asks for it; 2 if a person must act first."""
    if platform != "linux":
        return 0
    mend = install_command(system, "strace") if system else ""

    def look() -> Finding:
        found = shutil.which("strace") or ""
        return Finding("strace", found, "" if found else "the tests watch hostile sources with it", mend)

    return bring(system, "strace", look)


if __name__ == "__main__":
    sys.exit(main(sys.platform, this_system()))
