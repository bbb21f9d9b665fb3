// Lets PhotoSwipe's icons become markup. The pages' Trusted Types let no other text become markup or script, wherever it
// comes from.

const ATTRIBUTE = /(?:aria-hidden|class|clip-rule|d|fill|fill-rule|height|id|viewBox|width)="[\w .-]*"|xlink:href="#[\w-]+"/;
const ICONS = new RegExp(`^(?:<(?:svg|use|path)(?: (?:${ATTRIBUTE.source}))*/?>|</svg>)*$`);

/** @type {any} */ (window).trustedTypes?.createPolicy("default", {
  createHTML(/** @type {string} */ html) {
    if (ICONS.test(html)) return html;
    throw new TypeError("text must not become markup here");
  },
});
