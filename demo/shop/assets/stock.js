// A worker that asks what is in stock.
fetch("/api/stock.json")
  .then((reply) => reply.json())
  .then((stock) => postMessage(stock));
