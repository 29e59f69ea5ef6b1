"""A digest of the text of each page of a PDF, one a line; run by itself, so that the bench stays small.

python -m tests.tools.bench.pages FILE.pdf
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.tools.reproduce import ROOT


def digests(pdf: Path) -> list[str]:
    """The digest of each page of a PDF, by a process of its own. Raises CalledProcessError."""
    command = [sys.executable, "-m", "tests.tools.bench.pages", str(pdf)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def main(pdf: Path) -> None:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            textpage = page.get_textpage()
            print(hashlib.sha256(textpage.get_text_bounded().encode(errors="surrogatepass")).hexdigest()[:16])
            textpage.close()
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
