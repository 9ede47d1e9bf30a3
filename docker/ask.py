"""`python docker/ask.py URL`: a container asks itself whether it serves, under a host name that it answers to. Status 0 for 200, else 1."""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit

if __name__ == "__main__":
    url = urlsplit(sys.argv[1])
    connection = http.client.HTTPConnection(url.hostname or "127.0.0.1", url.port or 80, timeout=4)
    connection.request("GET", url.path, headers={"Host": os.environ.get("TRACEFOX_HOSTS", "127.0.0.1").split(",")[0]})
    sys.exit(0 if connection.getresponse().status == http.HTTPStatus.OK else 1)
