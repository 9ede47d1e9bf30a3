"""The only door to the web: every connection of a scan, a checkout run or a webhook leaves through here, or not at all.

`proxy.Guard` is the door, one per job. What it judges with is pure: `policy` (addresses, names, ports), `head` and `tls` (what a client says, byte by byte).
What it acts with: `routes` (look up, judge, pin) over `resolver` and `hosts` (the names of tests, on loopback), `dialling`, `tunnel` and `greeting` (bytes in
both directions), `ledger` (budget and record of one job), `refusal` (why, and how the client is told). `checks` keeps production from starting unisolated.
"""
