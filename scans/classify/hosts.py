"""The host of a URL that a page gave, and the hosts behind which anybody may stand.

Pure, and never surprised: a page may write anything where a URL is expected, so nothing here raises. Behind a host of `ANYBODYS` everyone keeps files or
collects answers, and its name says nothing about who: such a host is a party by itself, whoever owns the domain, and on a payment page it is never a known one.

To add one: its host, or what stands after `*.` in `ANYBODYS_BELOW`, and a line in `tests/scans/classify/test_hosts.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

ANYBODYS = frozenset(
    """script.google.com docs.google.com drive.google.com sites.google.com forms.gle sheets.googleapis.com storage.googleapis.com
    firebasestorage.googleapis.com storage.cloud.google.com raw.githubusercontent.com gist.githubusercontent.com gist.github.com rawcdn.githack.com
    raw.githack.com gitlab.io bitbucket.io pastebin.com paste.ee hastebin.com ghostbin.com t.me telegram.me api.telegram.org discord.com discordapp.com
    cdn.discordapp.com media.discordapp.net hooks.slack.com webhook.site pipedream.net requestbin.com formspree.io s3.amazonaws.com
    dl.dropboxusercontent.com content.dropboxapi.com graph.microsoft.com
    """.split()  # noqa: SIM905
)
ANYBODYS_BELOW = frozenset(
    """googleusercontent.com firebaseio.com firebasedatabase.app cloudfunctions.net run.app web.app firebaseapp.com workers.dev pages.dev r2.dev
    githubusercontent.com github.io gitlab.io netlify.app vercel.app herokuapp.com glitch.me onrender.com fly.dev surge.sh repl.co replit.app
    ngrok.io ngrok.app ngrok-free.app ngrok-free.dev trycloudflare.com loca.lt pipedream.net m.pipedream.net webhook.site requestbin.net
    blob.core.windows.net web.core.windows.net azurewebsites.net digitaloceanspaces.com backblazeb2.com wasabisys.com supabase.co appspot.com
    """.split()  # noqa: SIM905
)
_BUCKET = re.compile(r"(?:[\w.-]{1,200}\.)?s3(?:[.-][a-z0-9-]{1,40}){0,3}\.amazonaws\.com(?:\.cn)?|[\w-]{1,80}\.execute-api\.[a-z0-9-]{1,40}\.amazonaws\.com")
_PICTURES = re.compile(r"(?:lh|yt|ci|gm|blogger)\d{0,2}\.googleusercontent\.com")  # photographs that Google serves: nobody collects anything there


@lru_cache(maxsize=20_000)
def host_of(url: str) -> str:
    """In lower case; empty when there is none, or when the text cannot be taken apart."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


@lru_cache(maxsize=20_000)
def is_anybodys(host: str) -> bool:
    """Whether anybody may keep or collect things behind this name."""
    host = host.strip(".").lower()
    if host in ANYBODYS or _BUCKET.fullmatch(host):
        return True
    above = host.partition(".")[2]
    while above:
        if above in ANYBODYS_BELOW:
            return not _PICTURES.fullmatch(host)
        above = above.partition(".")[2]
    return False
