// Runs in the page's own world at the start of every document and worker. Read-only towards the page: it notes the names of cookies that scripts set and by
// which script, the names of databases and caches, answers WebSockets locally (they are a write channel), and keeps dialogs from blocking. `BELL` is the name of the binding it tells through;
// the binding is taken off the global object before the page's first script runs.
(() => {
  "use strict";
  const bell = self.BELL;
  delete self.BELL;
  if (!bell) return;
  const { stringify } = JSON;
  const { defineProperty, getOwnPropertyDescriptor } = Object;
  const text = String;
  const apply = Reflect.apply;
  const tell = (note) => {
    try {
      // Without a prototype: a page that gives every object a toJSON does not get to write this note.
      bell(stringify({ __proto__: null, ...note, stack: text(new Error().stack).slice(0, 4000) }));
    } catch (error) {
      // The page is being torn down, or the note cannot be told; the page itself must not notice.
    }
  };
  const nameOf = (cookie) => text(cookie).split("=", 1)[0].trim().slice(0, 256);

  if (self.Document) {
    const cookie = getOwnPropertyDescriptor(Document.prototype, "cookie");
    defineProperty(Document.prototype, "cookie", {
      ...cookie,
      set(given) {
        const value = text(given);
        tell({ kind: "cookie", name: nameOf(value) });
        return apply(cookie.set, this, [value]);
      },
    });
    for (const dialog of ["alert", "confirm", "prompt", "print"]) {
      self[dialog] = dialog === "confirm" ? () => false : dialog === "prompt" ? () => null : () => undefined;
    }
  }
  if (self.Document) {
    // As a visitor's browser does with a window that nobody asked for by a click. A window that opens in spite of it is closed from outside.
    defineProperty(self, "open", {
      configurable: true,
      writable: true,
      value: function open() {
        tell({ kind: "window" });
        return null;
      },
    });
  }
  if (self.CookieStore) {
    const { set } = CookieStore.prototype;
    CookieStore.prototype.set = function (...given) {
      tell({ kind: "cookie", name: nameOf(given[0] && given[0].name !== undefined ? given[0].name : given[0]) });
      return apply(set, this, given);
    };
  }

  for (const [owner, area] of [["IDBFactory", "indexeddb"], ["CacheStorage", "cache"]]) {
    if (!self[owner]) continue;
    const { open } = self[owner].prototype;
    self[owner].prototype.open = function (...given) {
      tell({ kind: "storage", area, key: text(given[0]).slice(0, 300), origin: self.origin });
      return apply(open, this, given);
    };
  }

  const silent = (name, states) => {
    const Original = self[name];
    if (!Original) return;
    const Silent = class extends EventTarget {
      #url;
      #state = 0;
      constructor(url) {
        super();
        const resolved = new URL(url, self.location.href);
        if (name === "WebSocket") resolved.protocol = resolved.protocol.replace(/^http/, "ws");
        this.#url = resolved.href;
        tell({ kind: "websocket", channel: name, url: this.#url });
        setTimeout(() => {
          this.#state = 3;
          const close = self.CloseEvent ? new CloseEvent("close", { code: 1006 }) : new Event("close");
          for (const event of [new Event("error"), close]) {
            const handler = this["on" + event.type];
            this.dispatchEvent(event);
            if (typeof handler === "function") apply(handler, this, [event]);
          }
        });
      }
      get url() { return this.#url; }
      get readyState() { return this.#state; }
      get bufferedAmount() { return 0; }
      get extensions() { return ""; }
      get protocol() { return ""; }
      send() { if (this.#state === 0) throw new DOMException("Still in CONNECTING state.", "InvalidStateError"); }
      close() { this.#state = 3; }
    };
    for (const [state, value] of states) {
      defineProperty(Silent, state, { value, enumerable: true });
      defineProperty(Silent.prototype, state, { value, enumerable: true });
    }
    for (const handler of ["onopen", "onmessage", "onerror", "onclose"]) {
      defineProperty(Silent.prototype, handler, { value: null, writable: true, configurable: true, enumerable: true });
    }
    defineProperty(Silent, "name", { value: name });
    defineProperty(self, name, { value: Silent, writable: true, configurable: true, enumerable: false });
  };
  if (self.WebSocketStream) {
    defineProperty(self, "WebSocketStream", {
      configurable: true,
      writable: true,
      value: function (url) {
        tell({ kind: "websocket", channel: "WebSocketStream", url: text(url) });
        throw new DOMException("Not available.", "NotSupportedError");
      },
    });
  }
  silent("WebSocket", [["CONNECTING", 0], ["OPEN", 1], ["CLOSING", 2], ["CLOSED", 3]]);

  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
    if (!self[name]) continue;
    defineProperty(self, name, {
      configurable: true,
      writable: true,
      value: function (first) {
        const servers = first && first.iceServers && first.iceServers[0] && first.iceServers[0].urls;
        tell({ kind: "websocket", channel: name === "webkitRTCPeerConnection" ? "RTCPeerConnection" : name, url: text(name === "WebTransport" ? first : servers || "") });
        throw new DOMException("Not available.", "NotSupportedError");
      },
    });
  }
})();
