"""``python -m ombud``."""

import sys

from ombud.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
