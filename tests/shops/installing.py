"""What is installed once and kept in `.run/shops`: made anew only when one of the files it is made from changes.

Two test runs may want it at the same moment: one makes it, the other waits. Needs the package registries the first time, and nothing afterwards.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

KEPT = Path(__file__).resolve().parents[2] / ".run" / "shops"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")  # a company's own may be among them; Node asks to be told
NEEDED = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")
PREFIXES = ("UV_", "PIP_", "NPM_CONFIG_", "npm_config_")  # where this machine has its mirrors of the registries


class NotInstalled(Exception):
    """A shop could not be installed. The message ends with what the installer said."""


def kept(name: str, *, made_from: Sequence[Path], make: Callable[[Path], None], where: Path = KEPT) -> Path:
    """The folder that `make` filled from these files, now or in an earlier run. What was made from older files is removed."""
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in made_from)).hexdigest()[:16]
    home = where / name / digest
    home.parent.mkdir(parents=True, exist_ok=True)
    with (where / name / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "complete").exists():
            for old in home.parent.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            home.mkdir()
            make(home)
            (home / "complete").touch()
    return home


def run(*command: str | Path, home: Path, folder: Path | None = None, extra: Mapping[str, str] | None = None) -> None:
    """One step of an installation. It is given nothing of our environment but where to find programs and packages."""
    environment = {"NODE_EXTRA_CA_CERTS": str(AUTHORITIES), "UV_SYSTEM_CERTS": "1"} if AUTHORITIES.exists() else {}
    environment |= {name: value for name, value in os.environ.items() if name in NEEDED or name.startswith(PREFIXES)} | dict(extra or {})
    words = [str(word) for word in command]
    with (home / "install.log").open("ab") as log:
        ended = subprocess.run(words, cwd=folder or home, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if ended.returncode:
        said = (home / "install.log").read_text(errors="replace")[-1500:]
        raise NotInstalled(f"{' '.join(words[:5])} ended with {ended.returncode}. The first time, the shops come from PyPI and npm. It said:\n{said}")


def environment(home: Path, *, locked: Path) -> Path:
    """A virtual environment in `home` with exactly the packages of the lock file. Gives its Python."""
    place = home / "venv"
    run(sys.executable, "-m", "uv", "venv", "-q", "--python", sys.executable, place, home=home)
    run(sys.executable, "-m", "uv", "pip", "install", "-q", "--require-hashes", "--python", place / "bin" / "python", "-r", locked, home=home)
    return place / "bin" / "python"
