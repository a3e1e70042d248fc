"""Scripts of this folder import each other by their plain names."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
collect_ignore = [path.name for path in Path(__file__).parent.glob("[!t]*.py")] + ["table.py", "peers"]
