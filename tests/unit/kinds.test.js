import assert from "node:assert/strict";
import test from "node:test";
import "./page.js";

const { kindOf } = await import("../../site/js/uploading/kinds.js");

const bytes = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const ftyp = (major, ...more) => `\0\0\0${String.fromCharCode(16 + 4 * more.length)}ftyp${major}\0\0\0\0${more.join("")}`;
const HEADS = {
  "\xff\xd8\xff\xe0": "image/jpeg",
  "\x89PNG\r\n\x1a\n": "image/png",
  GIF89a: "image/gif",
  "II*\0": "image/tiff",
  "RIFF\0\0\0\0WEBP": "image/webp",
  [ftyp("heic")]: "image/heic",
  [ftyp("mif1", "avif")]: "image/avif",
  [ftyp("mif1", "miaf", "heix")]: "image/heic",
  [ftyp("isom", "mp42")]: "video/",
  [ftyp("qt  ")]: "video/",
  "\0\0\0\x08wide": "video/",
  "\x1a\x45\xdf\xa3\x01webm": "video/",
  "RIFF\0\0\0\0AVI LIST": "video/",
  "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>": "",
  "RIFF\0\0\0\0WAVE": "",
  "\0\0": "",
};

test("a file is what its bytes say", () => {
  for (const [head, kind] of Object.entries(HEADS)) assert.equal(kindOf(bytes(head)), kind, JSON.stringify(head));
});
