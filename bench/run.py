"""Entry of `make bench`: `.venv/bin/python bench/run.py [--quick] [--only S3,S4] ...`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
