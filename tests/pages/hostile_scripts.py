"""What the hostile pages run. Pure text."""

from __future__ import annotations

DIALOGS = """
onbeforeunload = (event) => { event.preventDefault(); return 'stay'; };
for (let i = 0; i < 20; i++) { confirm('sure?'); prompt('name?', 'x'); }
location.hash = 'on';
"""

ELSEWHERE = "location.search = Number(location.search.slice(1)) + 1;"

MILLION_ELEMENTS = """
const more = () => {
  const part = document.createDocumentFragment();
  for (let i = 0; i < 20000; i++) { const e = document.createElement('div'); e.textContent = 'row ' + i; part.append(e); }
  document.body.append(part);
  if (document.body.childElementCount < 1000000) setTimeout(more, 0);
};
more();
"""

DEEP_NESTING = """
let at = document.body;
for (let i = 0; i < 100000; i++) { const e = document.createElement('div'); at.append(e); at = e; }
at.textContent = 'deep';
"""

MEMORY_HOG = """
window.hog = [];
const more = () => { hog.push(new Uint8Array(50e6).fill(1)); if (hog.length < 20) setTimeout(more, 20); };
more();
"""

BUSY_WORKERS = """
const source = URL.createObjectURL(new Blob(['let x = 0; for (;;) x = Math.sin(x + 1);']));
for (let i = 0; i < 8; i++) new Worker(source);
"""

MANY_FRAMES = """
for (let i = 0; i < 2000; i++) document.body.append(Object.assign(document.createElement('iframe'), {src: '/H19/' + i}));
"""

BIG_COOKIES = """
for (let i = 0; i < 300; i++) document.cookie = 'big' + i + '=' + 'x'.repeat(4000) + '; path=/; secure';
"""

REQUEST_STORM = """
for (let i = 0; i < 10000; i++) fetch('/H22/' + i).catch(() => {});
"""

MANY_HOSTS = """
for (let i = 0; i < 3000; i++) new Image().src = 'https://h' + String(i).padStart(4, '0') + '.example.org/x.png';
"""

MANY_SOCKETS = """
for (let i = 0; i < 500; i++) new WebSocket('wss://hostile.example.com/H24/' + i);
"""

DOWNLOADS = """
addEventListener('load', () => {
  for (let i = 0; i < 100; i++) Object.assign(document.createElement('a'), {href: '/H25/' + i, download: 'x' + i}).click();
  for (let i = 0; i < 10; i++) document.body.append(Object.assign(document.createElement('iframe'), {src: '/H25/frame' + i}));
});
"""

PERMISSIONS = """
const quiet = (ask) => { try { Promise.resolve(ask()).catch(() => {}); } catch {} };
quiet(() => navigator.geolocation.getCurrentPosition(() => {}, () => {}));
quiet(() => Notification.requestPermission());
quiet(() => navigator.mediaDevices.getUserMedia({audio: true, video: true}));
quiet(() => navigator.mediaDevices.getDisplayMedia());
quiet(() => navigator.requestMIDIAccess({sysex: true}));
quiet(() => navigator.clipboard.readText());
quiet(() => navigator.bluetooth.requestDevice({acceptAllDevices: true}));
quiet(() => navigator.usb.requestDevice({filters: []}));
quiet(() => navigator.registerProtocolHandler('web+x', '/H26/%s'));
quiet(() => navigator.credentials.get({password: true}));
quiet(() => document.documentElement.requestFullscreen());
quiet(() => document.body.requestPointerLock());
quiet(() => { location.href = 'mailto:nobody@example.com'; });
"""

CONSOLE_FLOOD = """
const flood = () => { for (let i = 0; i < 5000; i++) console.error('flood', i, 'x'.repeat(500)); setTimeout(flood, 0); };
flood();
"""

HISTORY_FLOOD = """
let n = 0;
const flood = () => { for (let i = 0; i < 500; i++) { try { history.pushState({n}, '', '/H30?' + n++); } catch {} } setTimeout(flood, 0); };
flood();
"""

SLOW_FONTS = "<style>@font-face{font-family:slow;src:url(/H32/never)}body{font-family:slow}</style>"

ENDLESS_MUTATION = """
const place = document.body.appendChild(document.createElement('div'));
let n = 0;
new MutationObserver(() => {}).observe(place, {childList: true, subtree: true, attributes: true});
setInterval(() => { place.innerHTML = '<p data-n="' + n++ + '">' + n + '</p>'.repeat(50); }, 0);
"""

HEAVY_CANVAS = """
const pen = document.querySelector('canvas').getContext('2d');
const paint = () => {
  for (let i = 0; i < 3000; i++) { pen.fillStyle = 'hsl(' + i + ' 80% 50%)'; pen.fillRect(Math.random() * 2000, Math.random() * 2000, 90, 90); }
  requestAnimationFrame(paint);
};
paint();
"""

STORAGE_FILLER = """
const opening = indexedDB.open('filler', 1);
opening.onupgradeneeded = () => opening.result.createObjectStore('parts');
opening.onsuccess = () => {
  const store = opening.result.transaction('parts', 'readwrite').objectStore('parts');
  for (let i = 0; i < 100; i++) store.put(new Uint8Array(1e6), i);
};
caches.open('filler').then((cache) => { for (let i = 0; i < 50; i++) cache.put('/H35/' + i, new Response(new Uint8Array(1e6))); }).catch(() => {});
try { for (let i = 0; ; i++) localStorage.setItem('k' + i, 'x'.repeat(100000)); } catch {}
"""

CLOSE_AND_REOPEN = """
window.close();
document.open();
document.write('<h1>Welcome</h1><p>written anew</p>');
document.close();
window.stop();
"""

HUGE_FILTER = """<svg width=4000 height=4000><filter id=f><feTurbulence baseFrequency=.01 numOctaves=10 /><feGaussianBlur stdDeviation=200 />
<feMorphology operator=dilate radius=80 /></filter><rect width=4000 height=4000 filter=url(#f) /></svg>"""

LIES = """
Object.defineProperty(Document.prototype, 'cookie', {get: () => 'fake=1', set: Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').set});
Object.defineProperty(Element.prototype, 'outerHTML', {get: () => '<html><body>nothing here</body></html>'});
Object.defineProperty(Document.prototype, 'scripts', {get: () => []});
Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = () => [];
Document.prototype.getElementsByTagName = () => [];
JSON.stringify = () => { throw new Error('no'); };
Array.prototype.map = Array.prototype.push = function () { throw new Error('no'); };
performance.getEntriesByType = () => [];
XMLSerializer.prototype.serializeToString = () => '';
window.Promise = function () { throw new Error('no'); };
"""

ENDLESS_GETTER = """
for (const name of ['outerHTML', 'innerHTML', 'textContent']) {
  const owner = name === 'textContent' ? Node.prototype : Element.prototype;
  Object.defineProperty(owner, name, {get() { for (;;); }});
}
Object.defineProperty(document, 'title', {get() { for (;;); }});
Object.defineProperty(document, 'documentElement', {get() { for (;;); }});
"""

ENDLESS_FETCH = """
fetch('/H41/endless').then((reply) => reply.blob()).catch(() => {});
"""

LONG_URLS = """
new Image().src = '/H31/' + 'x'.repeat(2e6);
fetch('/H31/' + 'y'.repeat(2e6)).catch(() => {});
"""
