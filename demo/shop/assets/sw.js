// The shop would like to work offline one day.
addEventListener("install", () => self.skipWaiting());
