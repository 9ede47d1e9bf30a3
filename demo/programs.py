"""The programs that Tracefox consists of, each as one command. The demo starts them here; docker-compose.yml starts the same ones, and a test compares the two.

Pure. To add a program: a line in `PROGRAMS`, and a service of the same name in docker-compose.yml.
"""

from __future__ import annotations

CELERY = ("-m", "celery", "-A", "tracefox")
WORKER = (*CELERY, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle")

PROGRAMS: dict[str, tuple[str, ...]] = {
    "web": (
        "-m",
        "gunicorn",
        "tracefox.wsgi",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--max-requests",
        "5000",
        "--access-logfile",
        "-",
        "--no-control-socket",
    ),
    "scan-worker": (*WORKER, "-Q", "scan", "-P", "threads", "-c", "4"),
    "checkout-worker": (*WORKER, "-Q", "checkout", "-P", "threads", "-c", "2"),
    "worker": (*WORKER, "-Q", "default", "-P", "threads", "-c", "4"),
    "beat": (*CELERY, "beat", "--loglevel", "INFO"),
}
