"""From what is known of a site and what a load of it showed: the changes. Pure.

`digest` takes a snapshot apart into items, each with a key that stays the same while the thing does (`urls`, `names`, `inline`); `history` remembers in which
of the last loads each was seen; `compare` says what is new, gone or changed. What a change means is said by `scans.classify.verdicts`.
"""
