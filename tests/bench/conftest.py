"""The benchmark stands beside the package: put the repository's root on the path, as bench/run.py does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
