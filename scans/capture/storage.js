// Runs in an isolated world of one frame: the names of its storage keys. Values go no further than the redactor, which must know what to hide.
(limit) => {
  const keys = [];
  for (const [area, get] of [["local", () => localStorage], ["session", () => sessionStorage]]) {
    try {
      const storage = get();
      for (let index = 0; index < Math.min(storage.length, limit); index += 1) {
        const key = storage.key(index);
        const value = storage.getItem(key) || "";
        keys.push({ area, key: key.slice(0, 300), size: value.length, value: value.slice(0, 2000) });
      }
    } catch (error) {
      // An opaque origin has no storage.
    }
  }
  return { origin: location.origin, keys: keys.slice(0, limit) };
}
