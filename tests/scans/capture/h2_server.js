// An HTTP/2 server that offers WebSockets in its streams. Arguments: a directory with key.pem, cert.pem and page.html; it writes the file `log` there.
const fs = require("fs");
const path = require("path");
const http2 = require("http2");

const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(folder, name));
const log = path.join(folder, "log");
fs.writeFileSync(log, "");
const server = http2.createSecureServer({ key: read("key.pem"), cert: read("cert.pem"), settings: { enableConnectProtocol: true } });
server.on("stream", (stream, headers) => {
  const entry = { method: headers[":method"], path: headers[":path"], protocol: headers[":protocol"] || "" };
  fs.appendFileSync(log, JSON.stringify(entry) + "\n");
  stream.on("data", (data) => fs.appendFileSync(log, JSON.stringify({ method: "DATA", path: entry.path, protocol: data.toString("latin1") }) + "\n"));
  stream.on("error", () => 0);
  if (entry.method === "CONNECT") return stream.respond({ ":status": 200 });
  stream.respond({ ":status": 200, "content-type": entry.path === "/" ? "text/html" : "text/plain" });
  stream.end(entry.path === "/" ? read("page.html") : "ok");
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
