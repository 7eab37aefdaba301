"""All scalars of the event files as a data frame that tells runs apart: `read_tbparse.py EVENTS`."""

from __future__ import annotations

import json
import sys

from tbparse import SummaryReader

frame = SummaryReader(sys.argv[1], extra_columns={"dir_name"}).scalars
print(json.dumps({"points": len(frame), "runs": frame["dir_name"].nunique()}))
