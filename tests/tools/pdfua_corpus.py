"""Measure the structure checks against a corpus whose file names give the verdict.

    python -m tests.tools.pdfua_corpus FOLDER

FOLDER holds files of the veraPDF corpus, CLAUSE-tTEST-VERDICT-LETTER.pdf. Prints a table (file, verdict it must get,
codes found) and a last line of totals.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

from pipeline.check.pdf import structure

_NAME = re.compile(r"(?P<clause>[\d.-]+)-t(?P<test>\d+)-(?P<verdict>pass|fail)")


def main(folder: Path) -> None:
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on the dates of the corpus's fonts
    right = {"pass": 0, "fail": 0}
    seen = {"pass": 0, "fail": 0}
    by_name = 0
    print("file\texpected\tfound")
    for path in sorted(folder.glob("*.pdf")):
        name = _NAME.match(path.name)
        if not name:
            continue
        codes = [diagnostic.code for diagnostic in structure(path.read_bytes())]
        verdict = name["verdict"]
        seen[verdict] += 1
        right[verdict] += bool(codes) == (verdict == "fail")
        by_name += verdict == "fail" and f"UA{name['clause']}-{int(name['test'])}" in codes
        print(path.name, verdict, " ".join(codes), sep="\t")
    alarms = seen["pass"] - right["pass"]
    caught = f"{right['fail']} of {seen['fail']} faults caught ({by_name} by the very rule)"
    print(f"{caught}; {alarms} false alarms in {seen['pass']} sound files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
