"""`python -m tracefox.embedded COMMAND ...` runs a command with the embedded servers behind it, and ends them with it.

For example `python -m tracefox.embedded python manage.py shell`. The data is the demo's, in `.run`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tracefox import embedded


def main(command: list[str]) -> int:
    if not command:
        sys.exit(__doc__)
    try:
        with embedded.start(Path(".run"), given=os.environ) as servers:
            return subprocess.run(command, env=os.environ | servers.environment, check=False).returncode
    except (embedded.AlreadyRunning, embedded.ServerFailed) as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
