// Does a machine make this id, class or name anew? `ember1234`, `:r5:`, `css-1q2w3e`, `Button_root__3xK9z` do not live until the next release.
(() => {
  const recorder = globalThis.tracefoxRecorder;
  if (recorder.generated) return;

  const MAKERS = /^(?:ember|react|radix|headlessui|mui|mat|cdk|jss|css|sc|svelte|ng|yui|emotion|chakra|downshift|rc|el|tippy|select2|ext|gwt|uid|uuid|auto|gen)[-_:]+/i;
  const STATES = /^(?:active|focus(?:ed|-visible|-within)?|hover(?:ed)?|selected|open(?:ed)?|closed|show(?:n)?|hidden|visible|disabled|enabled|loading|loaded|error|valid|invalid|dirty|pristine|touched|untouched|checked|current|collapsed|expanded|filled|is-.*|has-.*|ng-.*|js-.*|was-.*)$/i;

  function looksGenerated(word) {
    if (!word || word.length > 60 || /[:«»{}\s]/.test(word) || /^(?:\d|[a-z]{1,2}\d+$)/i.test(word) || /\d{4,}/.test(word)) return true;
    if (/^(?:ember|jss|css|sc|mui|gen|uid|ext-gen)\d+$/i.test(word)) return true;
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(word)) return true;
    if (MAKERS.test(word) && isRandom(word.replace(MAKERS, ""), { strict: true })) return true;
    return word.split(/[-_]+/).filter(Boolean).some((part) => isRandom(part, { strict: false })) || /(?:^|[a-z])\d{3,}$/.test(word);
  }

  // One part between hyphens. Words of people: letters, a short number behind them, capitals where a word begins.
  function isRandom(part, { strict }) {
    if (strict && /\d/.test(part) && !/^[a-z_-]+\d{0,2}$/i.test(part)) return true;
    if (strict && /^\d+$/.test(part)) return true;
    if (part.length < 5) return false;
    if (/^[0-9a-f]{6,}$/i.test(part) && /\d/.test(part) && /[a-f]/i.test(part)) return true;
    if (/[a-z]\d+[a-z]/i.test(part) && (part.match(/\d+/g) ?? []).length + (part.match(/[a-z]+/gi) ?? []).length >= 4) return true;
    if (/^\d?[a-z]+\d[a-z]{1,3}$/i.test(part) && part.length <= 8 && !/[aeiouy]/i.test(part)) return true;
    if (/\d/.test(part) && /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(part) && humps(part) >= 2) return true;
    if (!/[aeiouy]/i.test(part) && part.length >= 6) return true;
    return humps(part) >= 2 && part.length / (humps(part) + 1) < 3;
  }

  const humps = (part) => (part.match(/[a-z0-9][A-Z]/g) ?? []).length;

  // A class that says how an element stands just now is no way to find it again.
  const isStable = (word) => !looksGenerated(word) && !STATES.test(word);

  // An address or a frame's name with stars for what is made anew: `/v3/inner-card-8f3a91.html` -> `/v3/inner-card-*.html`
  function pattern(text) {
    return text.replace(/[A-Za-z0-9:]+/g, (word) => (/^v?\d{1,2}$/.test(word) || !(looksGenerated(word) || /^\d{3,}$/.test(word)) ? word : "*")).replace(/\*(?:[-_]?\*)+/g, "*");
  }

  recorder.generated = { isStable, looksGenerated, pattern };
})();
