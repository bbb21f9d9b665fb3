// What a file is by its first bytes, whatever its name says; functions/media_types.py knows the same.

export const HEAD_BYTES = 64;
const AVIF = new Set(["avif", "avis"]);
const HEIC = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]);
// Cameras of before 2005 write no `ftyp`.
const QUICKTIME = new Set(["moov", "mdat", "wide", "free", "skip", "pnot"]);
export const FILM = "video/";
const TIFF = new Set(["II*\0", "MM\0*", "II+\0", "MM\0+"]);

/**
 * @param {Uint8Array} head  The file's first bytes.
 * @returns {string}  Its media type, or `video/` for a film of any kind; empty for anything else.
 */
export function kindOf(head) {
  const text = String.fromCharCode(...head.subarray(0, HEAD_BYTES));
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "image/gif";
  if (TIFF.has(text.slice(0, 4))) return "image/tiff";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "image/webp";
  if (text.slice(4, 8) === "ftyp") {
    const brands = brandsOf(head, text);
    if (brands.some((brand) => AVIF.has(brand))) return "image/avif";
    if (brands.some((brand) => HEIC.has(brand))) return "image/heic";
    return FILM;
  }
  const isFilm = text.startsWith("\x1a\x45\xdf\xa3") || (text.startsWith("RIFF") && text.slice(8, 12) === "AVI ") || QUICKTIME.has(text.slice(4, 8));
  return isFilm ? FILM : "";
}

/**
 * @param {Uint8Array} head
 * @param {string} text  The same.
 */
function brandsOf(head, text) {
  const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at < Math.min(size, text.length); at += 4) brands.push(text.slice(at, at + 4));
  return brands;
}
