"""A catalogue: a table of pieces becomes a folder of finished designs, a report of one line each, and an HTML index.

`table` reads what shops export, `reckoning` says beforehand what it costs, `run` works the rows off, `report` keeps and
shows what came of them.
"""
