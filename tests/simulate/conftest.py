"""Test modules import models from the modules beside them; other processes find them too."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
