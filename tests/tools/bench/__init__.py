"""What postpress costs beside what users would pick instead: `make bench`.

    inputs ─▶ cases ─measure▶ figures ─▶ docs/bench.tsv ─report▶ docs/performance.md and its plot
                 ▲ peers

Every figure of the report is a row of the table, so that a part can be measured anew and the rest stays.
"""
