// The gate: CloudFront's function, which every request for a page or a picture passes before the cache is asked. It lets
// in whoever may see what is at an address, and routes: one way to write each path, folders are a page in the visitor's
// language, thumbnails have no prefix. The laptop's site server runs the same code (local/edge/).
//
// template.yaml holds it minified, after `scripts.reference.gate_code` has put two declarations before it: `closed`,
// which `kinpics close` sets (functions/site_access.py), and `language`, the pages' or "auto".
//
// CloudFront's runtime has no `for ... of`, destructuring, spread, `??` or `?.`, and no `await` in arguments or closures:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
import cf from 'cloudfront';
import crypto from 'crypto';

// In each language that pages are in (functions/languages.py).
import closedWords from './closed_words.json';

// A pass is its version, the id of the key it was made with, subjects, its end and a MAC (functions/access/passes.py).
const COOKIE = '__Host-kinpics';
const COOKIE_ATTRIBUTES = 'Secure; SameSite=Lax; Path=/; Max-Age=2592000';
const PASS = /^1\.([0-9a-f]{8,32})\.([0-9a-z~-]{1,1200})\.([0-9]{10})\.([0-9a-f]{64})$/;
const LINK = /^l([0-9a-f]{32})$/;
const MEMBER = /^m([0-9a-f]{32})-([0-9]{1,10})$/;
const PASS_SECONDS = 6 * 3600;
const MAX_SUBJECTS = 20;
// Browsers send this cookie once; whoever sends many wants something else.
const MAX_COOKIES = 3;

const PUBLIC = 'public';
const BY_LINK = 'link';
const AUDIENCES = [PUBLIC, BY_LINK, 'members'];
// Stands for the album where the name of a set could be; a path that anybody may see belongs to nobody.
const ALBUM = '/';
const NOBODY = '';
// As functions/keys.py has it; nothing longer has an entry.
const MAX_SET_NAME_BYTES = 200;

// What holds neither photos nor names nor counts. No such path has a `%` of its own.
const OPEN =
  /^\/(?:(?:assets|icons)\/|(?:enter|account|offline|event|upload|waiting)(?:\/|$)|(?:style\.css|sw\.js|site\.webmanifest|favicon\.svg|robots\.txt|notice\.txt|404\.html)$)/;
// Pages, rows and lists of a set; its pictures, and what visitors download, also by the name it has in the bucket.
const OF_SET = /^\/(?:sets|(?:thumbnails\/(?:(?:[0-9]+|card|film|film-faces|downloads\/[^/]+)\/)?)?photos)\/([^/]+)(?:\/|$)/;
const SECRET = /^\/l\/([A-Za-z0-9_-]{22})\/?$/;
// Photos that show two or three people at once: one page, whose script reads the address.
const TOGETHER = /^\/people\/[^/]*%2B[^/]*\/$/;
// A photo's own page, which is in one language only.
const PHOTO_PAGE = /^\/sets\/[^/]+\/photos\/[^/]+\/?$/;
const PICTURE = /^\/(?:photos|thumbnails)\//;
// Where nothing is, in any bucket.
const NOTHING = '/nothing';

const CLOSED_PAGE = [
  '<!doctype html>',
  '<html lang="{0}">',
  '<meta charset="utf-8">',
  '<meta name="viewport" content="width=device-width, initial-scale=1">',
  '<meta name="robots" content="noindex">',
  '<title>{1}</title>',
  '<link rel="icon" href="data:,">',
  '<link rel="stylesheet" href="/style.css">',
  '<main class="closed">',
  '<h1>{2}</h1>',
  '<p>{3}</p>',
  '</main>',
  '</html>',
].join('\n');

async function handler(event) {
  const request = event.request;
  if (closed && request.uri !== '/style.css') {
    return sayClosed(request);
  }
  const path = readPath(request.uri);
  if (path === null) {
    return answer(404, 'Not Found', {});
  }
  request.uri = writePath(path);
  try {
    if (path.startsWith('/l/')) {
      return await openLink(request, SECRET.exec(path));
    }
    const area = areaOf(path);
    return area === NOBODY ? route(request) : await judge(request, area);
  } catch (error) {
    // The store can't be reached, or what it says can't be understood: that is a no.
    return answer(503, 'Service Unavailable', {});
  }
}

// Paths. There is one way to write each (functions/addresses.py), so that pictures are kept once, what is invalidated is
// gone whatever a visitor typed, and S3 reads the very path that was judged here.

function readPath(uri) {
  try {
    const path = decodeURIComponent(uri);
    return path[0] !== '/' || path.includes('//') || /\/\.\.?(?:\/|$)/.test(path) ? null : path;
  } catch (error) {
    return null;
  }
}

function writePath(path) {
  return path
    .split('/')
    .map((name) => encodeURIComponent(name).replace(/~/g, '%7E').replace(/%(?:24|26|2C|3A|3B|3D|40)/g, decodeURIComponent))
    .join('/');
}

function areaOf(path) {
  const found = OF_SET.exec(path);
  return found ? found[1] : OPEN.test(path) && !path.includes('%') ? NOBODY : ALBUM;
}

// Who may see what.

async function judge(request, area) {
  const store = cf.kvs();
  const album = await readAlbum(store);
  let audience = album.audience;
  let isOwn = false;
  if (area !== ALBUM && album.differs !== false && byteLength(area) <= MAX_SET_NAME_BYTES) {
    const entry = 'set:' + area;
    isOwn = await store.exists(entry);
    if (isOwn) {
      audience = await store.get(entry);
    }
  }
  const isRead = isPage(request) && request.method === 'GET';
  const isPublic = check(audience) === PUBLIC;
  // Beside private sets, a public page makes passes anew too: its script shows them at the door. It asks for no more of
  // those who have none.
  if (isPublic && !(isRead && album.differs !== false && request.cookies[COOKIE])) {
    return route(request);
  }
  const pass = await readPass(store, request);
  if (isPublic && !isToRenew(pass)) {
    return route(request);
  }
  const opened = isPublic ? null : await openedBy(store, pass, { area, audience, isOwn, albums: album.audience });
  let isKnown = isRead && isToRenew(pass);
  if (isKnown) {
    // Beside a public album, a private set and one that isn't there answer alike: also those whose link is gone.
    isKnown = isPublic || album.audience === PUBLIC ? await hasLink(store, pass) : opened.area || opened.album;
  }
  if (isKnown) {
    const renewed = await newPass(store, album, pass.links, now() + PASS_SECONDS);
    if (renewed) {
      return lead(request.uri + query(request), renewed);
    }
  }
  if (isPublic || (opened.area && !pass.hasEnded)) {
    return route(request);
  }
  // Whoever sees the album learns nothing of sets they don't see, not even that there are such sets.
  if (area !== ALBUM && (album.audience === PUBLIC || (opened.album && !pass.hasEnded))) {
    return route(request, NOTHING);
  }
  if (isPage(request)) {
    return lead('/enter/?to=' + encodeURIComponent(request.uri + query(request)));
  }
  return answer(403, 'Forbidden', {});
}

// Whether a pass opens an area, and the album. Looks at the newest subjects first, and no further than it needs.
async function openedBy(store, pass, asked) {
  const opened = { area: false, album: asked.albums === PUBLIC };
  for (let at = pass.subjects.length - 1; at >= 0 && !opened.area; at--) {
    const subject = pass.subjects[at];
    const link = LINK.exec(subject);
    const member = MEMBER.exec(subject);
    if (link) {
      const opens = await find(store, 'link:' + link[1]);
      opened.area = asked.audience === BY_LINK && opens === (asked.isOwn ? asked.area : ALBUM);
      opened.album = opened.album || (asked.albums === BY_LINK && opens === ALBUM);
    } else if (!pass.hasEnded) {
      const entry = await find(store, 'member:' + member[1]);
      const row = JSON.parse(entry || '{}');
      if (row.since === Number(member[2])) {
        opened.area = row.sets === null || (asked.area !== ALBUM && Array.isArray(row.sets) && row.sets.includes(asked.area));
        opened.album = opened.album || row.sets === null;
      }
    }
  }
  return opened;
}

// Whether a link that a pass has is still there.
async function hasLink(store, pass) {
  for (let at = pass.links.length - 1; at >= 0; at--) {
    const opens = await find(store, 'link:' + pass.links[at].slice(1));
    if (opens) {
      return true;
    }
  }
  return false;
}

async function readAlbum(store) {
  const entry = await store.get('album');
  const album = JSON.parse(entry);
  check(album.audience);
  return album;
}

function check(audience) {
  if (!AUDIENCES.includes(audience)) {
    throw new Error('no audience');
  }
  return audience;
}

// An entry that may be missing; where it can't be read it counts as missing, which opens nothing.
async function find(store, entry) {
  try {
    return await store.get(entry);
  } catch (error) {
    return undefined;
  }
}

// Passes.

// The pass that came along, or one that opens nothing. One that has ended still tells of links.
async function readPass(store, request) {
  const cookie = request.cookies[COOKIE];
  const sent = cookie ? cookie.multiValue || [cookie] : [];
  for (let at = 0; at < sent.length && at < MAX_COOKIES; at++) {
    const found = PASS.exec(sent[at].value);
    const secret = found ? await readKey(store, found[1]) : null;
    if (secret && isSame(mac(found[0].slice(0, -65), secret), found[4])) {
      const subjects = found[2].split('~');
      const links = subjects.filter((subject) => LINK.test(subject));
      const hasEnded = now() >= Number(found[3]);
      if (subjects.every((subject) => LINK.test(subject) || MEMBER.test(subject))) {
        return { subjects, links, hasEnded, end: Number(found[3]) };
      }
    }
  }
  return { subjects: [], links: [], hasEnded: false, end: 0 };
}

// Links' passes are made anew here. A member's is made anew by the door alone, which asks Cognito.
function isToRenew(pass) {
  const isOfLinks = pass.links.length === pass.subjects.length;
  return pass.links.length > 0 && (pass.hasEnded || (isOfLinks && pass.end - now() < PASS_SECONDS / 2));
}

async function newPass(store, album, subjects, end) {
  const secret = await readKey(store, album.key);
  if (!secret) {
    return null;
  }
  const signed = ['1', album.key, subjects.slice(-MAX_SUBJECTS).join('~'), end].join('.');
  return signed + '.' + mac(signed, secret);
}

async function readKey(store, id) {
  const secret = await find(store, 'key:' + id);
  return /^[0-9a-f]{64}$/.test(secret) ? secret : null;
}

function mac(text, secret) {
  return crypto.createHmac('sha256', Buffer.from(secret, 'hex')).update(text).digest('hex');
}

// In a time that tells nothing.
function isSame(one, other) {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) {
    difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  }
  return difference === 0;
}

function now() {
  return Math.floor(Date.now() / 1000);
}

// Exchanges a link's secret for a pass, which is added to the one that came along.
async function openLink(request, secret) {
  if (!secret) {
    return lead('/enter/?why=link');
  }
  const store = cf.kvs();
  const id = crypto.createHash('sha256').update(secret[1]).digest('hex').slice(0, 32);
  const isThere = await store.exists('link:' + id);
  if (!isThere) {
    return lead('/enter/?why=link');
  }
  const opens = await store.get('link:' + id);
  const album = await readAlbum(store);
  const old = await readPass(store, request);
  const kept = (old.hasEnded ? old.links : old.subjects).filter((subject) => subject !== 'l' + id);
  const hasMember = !old.hasEnded && old.links.length < old.subjects.length;
  const pass = await newPass(store, album, kept.concat('l' + id), hasMember ? old.end : now() + PASS_SECONDS);
  if (!pass) {
    return lead('/enter/?why=link');
  }
  return lead(opens === ALBUM ? '/' : writePath('/sets/' + opens + '/'), pass);
}

// Answers.

function isPage(request) {
  const name = lastName(request.uri);
  const isOne = !name.includes('.') || name.endsWith('.html') || PHOTO_PAGE.test(request.uri);
  return isOne && !PICTURE.test(request.uri);
}

// The request as the bucket of its path knows it, below `folder` in place of the root.
function route(request, folder) {
  const uri = request.uri;
  const name = lastName(uri);
  if (uri.startsWith('/thumbnails/')) {
    request.uri = uri.slice('/thumbnails'.length);
  } else if (!uri.startsWith('/photos/')) {
    if (name === '') {
      // Where pages have one language only, they have no other names.
      const visitors = language === 'auto' && !PHOTO_PAGE.test(uri) ? chosenLanguage(request) : 'en';
      request.uri = (TOGETHER.test(uri) ? '/people/%2B/' : uri) + (visitors === 'en' ? 'index.html' : 'index.' + visitors + '.html');
    } else if (!name.includes('.') || PHOTO_PAGE.test(uri)) {
      return answer(302, 'Found', { location: uri + '/' + query(request) });
    }
  }
  request.uri = (folder || '') + request.uri;
  return request;
}

function lastName(uri) {
  return uri.slice(uri.lastIndexOf('/') + 1);
}

function byteLength(text) {
  return encodeURIComponent(text).replace(/%../g, '_').length;
}

function query(request) {
  const fields = Object.keys(request.querystring).map((key) => {
    const field = request.querystring[key];
    return (field.multiValue || [field]).map((item) => key + '=' + item.value).join('&');
  });
  return fields.length ? '?' + fields.join('&') : '';
}

function lead(location, pass) {
  const response = answer(302, 'Found', { location, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  if (pass) {
    response.cookies = {};
    response.cookies[COOKIE] = { value: pass, attributes: COOKIE_ATTRIBUTES };
  }
  return response;
}

function answer(statusCode, statusDescription, headers, body) {
  const response = { statusCode, statusDescription, headers: {} };
  if (statusCode >= 400) {
    headers['cache-control'] = 'no-store';
  }
  Object.keys(headers).forEach((name) => {
    response.headers[name] = { value: headers[name] };
  });
  if (body) {
    response.body = body;
  }
  return response;
}

function sayClosed(request) {
  const isPicture = PICTURE.test(request.uri);
  const words = [chosenLanguage(request)].concat(closedWords[chosenLanguage(request)]);
  const type = isPicture ? 'text/plain' : 'text/html; charset=utf-8';
  const page = isPicture ? '' : CLOSED_PAGE.replace(/\{(\d)\}/g, (place, at) => words[at]);
  return answer(503, 'Service Unavailable', { 'content-type': type }, page);
}

// The language of the pages that the visitor prefers (functions/languages.py chooses the same way).
function chosenLanguage(request) {
  if (language !== 'auto') {
    return language;
  }
  const accepted = request.headers['accept-language'];
  const best = { language: 'en', quality: 0 };
  (accepted ? accepted.value : '').slice(0, 500).split(',').forEach((part) => {
    const found = /^[ \t]*([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?)[ \t]*)?$/i.exec(part);
    const name = found ? found[1].toLowerCase() : '';
    const quality = found && found[2] ? Number(found[2]) : 1;
    if (Object.keys(closedWords).includes(name) && quality > best.quality) {
      best.language = name;
      best.quality = quality;
    }
  });
  return best.language;
}

export { handler };
