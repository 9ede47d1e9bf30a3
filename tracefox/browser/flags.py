"""How Chromium is started, on top of Playwright's defaults, each switch with its reason."""

from __future__ import annotations

from collections.abc import Sequence

# The last --disable-features wins, so Playwright's own list is repeated where it matters to us.
DISABLED_FEATURES = (
    # Uploads that the network service makes by itself, past every interception: they would be writes to somebody's site.
    "Reporting",
    "NetworkErrorLogging",
    "DocumentReporting",
    "FetchLaterAPI",
    "CrashReporting",
    "DeferredSpeculativeRFHCreation",
    # Speculation: requests that the page did not make.
    "PreconnectToSearch",
    "OptimizationHints",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "Translate",
    "InterestFeedContentSuggestions",
    # http:// is refused and told, not silently upgraded.
    "HttpsUpgrades",
    "HttpsFirstBalancedMode",
    "HttpsFirstBalancedModeAutoEnable",
    # https://github.com/microsoft/playwright/issues/43242 and /14047, /32230, /28023
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    # Ads measurement and private-state APIs send by themselves.
    "AttributionReportingInBrowserMigration",
    "ConversionMeasurement",
    "AttributionReporting",
    "InterestGroupStorage",
    "PrivateAggregationApi",
    "SharedStorageAPI",
    "Fledge",
    "BrowsingTopics",
)

SWITCHES = (
    "--disable-features=" + ",".join(DISABLED_FEATURES),
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=512",
    "--renderer-process-limit=8",
    "--disk-cache-size=33554432",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-pings",
    "--disable-gpu",
    "--disable-notifications",
    "--disable-speech-api",
    "--deny-permission-prompts",
    "--lang=en-US",
)

NOBODY = "127.0.0.1:9"  # the discard port: nothing listens there

# Playwright's defaults that would let a hostile page do more than it may in a visitor's browser.
NOT_WANTED = ("--disable-ipc-flooding-protection", "--disable-popup-blocking", "--disable-dev-shm-usage")


def switches(port: int, *, trusted_key_pins: Sequence[str] = (), user_agent: str = "") -> list[str]:
    """`port`: where the egress guard listens on 127.0.0.1. WebSockets get a proxy that is not there: Chromium would otherwise carry them over a connection
    that the guard has let through already (RFC 8441), where it cannot see them. For everything else, loopback included, there is the guard.

    `trusted_key_pins`: base64 SHA-256 of public keys whose certificates are trusted besides the system's (the tests' own authority)."""
    pins = [f"--ignore-certificate-errors-spki-list={','.join(trusted_key_pins)}"] if trusted_key_pins else []
    agent = [f"--user-agent={user_agent}"] if user_agent else []
    guard = f"127.0.0.1:{port}"
    proxy = [f"--proxy-server=http={guard};https={guard};socks={NOBODY}", "--proxy-bypass-list=<-loopback>"]
    return [*SWITCHES, *proxy, *pins, *agent]
