import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

let policy;
globalThis.window = { trustedTypes: { createPolicy: (_, rules) => (policy = rules) } };
await import("../../site/js/viewer/icons.js");

test("the viewer's icons become markup", () => {
  const path = '<path d="M20.5 14.3 17.1 18V10h-2.2v7.9" id="pswp__icn-download"/>';
  const svg = `<svg aria-hidden="true" class="pswp__icn" viewBox="0 0 32 32" width="32" height="32"><use class="pswp__icn-shadow" xlink:href="#pswp__icn-download"/>${path}</svg>`;
  for (const html of ["", path, svg]) assert.equal(policy.createHTML(html), html);
});

test("no other text does", () => {
  const texts = [
    "text",
    "<img src=x onerror=alert(1)>",
    '<svg onload="alert(1)"></svg>',
    "<script>alert(1)</script>",
    '<use xlink:href="https://example.com/#x"/>',
    '<path d="M0 0" onclick="x"/>',
    '<path d="M0 0"/> <b>',
    '<svg class="a"><foreignObject/></svg>',
  ];
  for (const html of texts) assert.throws(() => policy.createHTML(html), TypeError, html);
});
