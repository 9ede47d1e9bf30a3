"""The runner: a process of its own, shut into `checkout.isolation`, that opens Test Data and plays one Test Run in a browser.

`python -m checkout.runner FD` reads the job as one line on stdin and writes events as JSON lines on stdout (`protocol`). It knows no Django and no database.
`play` goes through the steps: `locate` finds the element, `act` does the deed, `conditions` says what holds, `facts` what stood in the way; `masking` keeps
secrets out of every picture and every line, `record` keeps network and console, `film` the video. Nobody else imports `unsealing`.
"""
