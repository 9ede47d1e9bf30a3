"""The only door to the web: every connection of a scan, a checkout run or a webhook leaves through here, or not at all.

`policy` says which addresses, names and ports may be reached; `head` and `tls` read what the client asks for, byte by byte (these three are pure);
`hosts` maps the names of tests to loopback; `resolver` asks DNS; `ledger` keeps the budget and the record of one scan; `tunnel` moves bytes;
`proxy.Guard` puts them in order. `checks` keeps production from starting without isolation.
"""
