import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const MEMBER = `m${"a".repeat(32)}-5`;
const LINK = `l${"b".repeat(32)}`;
const OTHER_COOKIE = "theme=dark";

/** A pass that ends in some hours. */
const passOf = (subjects, hours, mac = "c") => `1.abcdef12.${subjects}.${Math.floor(Date.now() / 1000 + hours * 3600)}.${mac.repeat(64)}`;

const cookies = new Map();
Object.defineProperty(globalThis.document, "cookie", {
  get: () => [OTHER_COOKIE, ...[...cookies].map(([name, value]) => `${name}=${value}`)].join("; "),
  set: (text) => {
    const [pair, ...attributes] = text.split("; ");
    const [name, value] = pair.split(/=(.*)/s);
    assert.ok(attributes.includes("Secure") && attributes.includes("Path=/") && attributes.includes("SameSite=Lax"));
    if (attributes.includes("Max-Age=0")) cookies.delete(name);
    else cookies.set(name, value);
  },
});
const storage = () => {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
    get length() {
      return kept.size;
    },
  };
};
globalThis.localStorage = storage();
globalThis.sessionStorage = storage();
globalThis.location = Object.assign(new URL("https://photos.example/sets/gala/"), { reload: () => (reloads += 1) });
let reloads = 0;

/** What the door was asked, and how it answers. */
const asked = [];
let door = () => ({});
globalThis.fetch = async (request, init) => {
  const url = String(request.url ?? request);
  if (!url.includes("/functions/door/")) return void asked.push(url.replace(location.origin, "")) ?? { ok: true };
  const event = JSON.parse(init?.body ?? (await request.text()));
  asked.push(event);
  return Response.json({ statusCode: 200, ...door(event) });
};
const refused = (code) => () => ({ statusCode: 403, err: { code, message: "" } });

localStorage.setItem(
  "kinpics.credentials",
  JSON.stringify({ poolId: "us-east-1:pool", identityId: "i", member: "", accessKeyId: "k", secretAccessKey: "s", sessionToken: "t", expires: Date.now() + 1e7 }),
);
const guest = localStorage.getItem("kinpics.credentials");
function signIn(email) {
  localStorage.setItem("kinpics.session", JSON.stringify({ email, accessToken: `token of ${email}`, expires: Date.now() + 1e7 }));
  localStorage.setItem("kinpics.credentials", guest.replace('"member":""', `"member":"${email}"`));
}
function start(pass = "") {
  cookies.clear();
  asked.length = 0;
  localStorage.removeItem("kinpics.session");
  localStorage.removeItem("kinpics.uninvited");
  localStorage.setItem("kinpics.credentials", guest);
  if (pass) cookies.set("__Host-kinpics", pass);
}

const { enter, goodPass, keptPass, dropPass } = await import("../../site/js/private/pass.js");
const { addSets, isBehind, readPhotos, readSet, wholeRows, withPass } = await import("../../site/js/private/door.js");
const { door: doorOf } = await import("../../site/js/photos/read.js");

test("without a pass, nobody is asked", async () => {
  start();
  assert.equal(await doorOf(), null);
  assert.equal(await goodPass(), "");
  assert.deepEqual(await withPass(), {});
  signIn("ann@example.org");
  assert.equal(await doorOf(), null, "nothing is private here");
  assert.deepEqual(asked, []);
});

test("a pass that lasts is shown as it is", async () => {
  const pass = passOf(LINK, 5);
  start(pass);
  assert.notEqual(await doorOf(), null);
  assert.equal(await goodPass(), pass);
  assert.deepEqual(await withPass(), { pass });
  assert.deepEqual(asked, []);
});

test("a member gets a pass, with what the old one had", async () => {
  const [old, fresh] = [passOf(LINK, 5), passOf(`${LINK}~${MEMBER}`, 6)];
  start(old);
  signIn("ann@example.org");
  door = () => ({ pass: fresh });
  assert.deepEqual(await Promise.all([goodPass(), goodPass()]), [fresh, fresh]);
  assert.deepEqual(asked, [{ action: "enter", token: "token of ann@example.org", pass: old }]);
  assert.equal(keptPass(), fresh);
  assert.equal(await goodPass(), fresh);
  assert.equal(asked.length, 1);
});

test("a member's pass is made anew before it ends", async () => {
  start(passOf(MEMBER, 2));
  signIn("ann@example.org");
  const fresh = passOf(MEMBER, 6);
  door = () => ({ pass: fresh });
  assert.equal(await goodPass(), fresh);
});

test("a link's pass is made anew by the gate", async () => {
  start(passOf(LINK, 1));
  await goodPass();
  await goodPass();
  assert.deepEqual(asked, ["/sets/gala/"], "once: the page may be one where it doesn't");
});

test("who isn't invited is asked about once an hour", async () => {
  const pass = passOf(LINK, 5);
  start(pass);
  signIn("eve@example.org");
  door = refused("NotInvited");
  for (let times = 0; times < 3; times++) assert.equal(await goodPass(), pass, "the link still counts");
  assert.equal(asked.length, 1);
  signIn("ann@example.org");
  await goodPass();
  assert.equal(asked.length, 2, "somebody else may be");
  await assert.rejects(enter(), { code: "NotInvited" });
});

test("a pass that counts no more is made anew once, then everything is forgotten", async () => {
  const row = { primarykey: { S: "/" }, sortkey: { S: "gala" }, pic: { S: "a.jpg" }, pic_count: { N: "1" } };
  const [old, fresh] = [passOf(MEMBER, 5), passOf(MEMBER, 6, "d")];
  start(old);
  signIn("ann@example.org");
  door = ({ action, pass }) => (action === "enter" ? { pass: fresh } : pass === fresh ? { output: [row] } : refused("PassEnded")());
  assert.equal((await readSet("gala", async () => null))?.isPrivate, true);
  assert.deepEqual(asked.map(({ action }) => action), ["sets", "enter", "sets"]);
  assert.ok(isBehind("gala"));

  sessionStorage.setItem("photos:gala", "[]");
  door = ({ action }) => refused(action === "enter" ? "NotInvited" : "PassEnded")();
  await assert.rejects(readSet("gala", async () => null), (error) => ["NotInvited", "PassEnded"].includes(error.code));
  assert.deepEqual([keptPass(), sessionStorage.length, reloads], ["", 0, 1], "the gate says what strangers see");
});

test("a private set that is gone isn't taken for an empty one", async () => {
  const row = { primarykey: { S: "/" }, sortkey: { S: "party" }, pic: { S: "a.jpg" }, pic_count: { N: "1" } };
  start(passOf(LINK, 5));
  door = () => ({ output: [row] });
  await readSet("party", async () => null);
  door = () => ({ output: [] });
  await assert.rejects(readSet("party", async () => null), { code: "NotShared" });
  start(passOf(LINK, 5));
  assert.equal((await readSet("party", async () => ({ sortkey: "party" })))?.name, "party", "it is public now");
  assert.ok(!isBehind("party"));
  assert.equal(await readSet("never", async () => null), null);
});

test("private sets stand among the public ones, by name", async () => {
  const rowOf = (name) => ({ primarykey: { S: "/" }, sortkey: { S: name }, pic: { S: "a.jpg" }, pic_count: { N: "1" } });
  start(passOf(LINK, 5));
  door = () => ({ output: [rowOf("b"), rowOf("empty")].map((row, at) => ({ ...row, pic_count: { N: String(1 - at) } })) });
  const sets = await addSets([{ name: "a" }, { name: "c" }]);
  assert.deepEqual(sets.map(({ name, isPrivate }) => [name, isPrivate ?? false]), [["a", false], ["b", true], ["c", false]]);
  door = refused("PassEnded");
  assert.deepEqual(await addSets([{ name: "a" }]), [{ name: "a" }]);
});

test("a set's photos and rows come in as many answers as it takes", async () => {
  start(passOf(LINK, 5));
  const photo = (file) => ({ primarykey: { S: "party" }, sortkey: { S: file }, width: { N: "4" }, height: { N: "3" } });
  door = ({ next }) => (next ? { output: [photo("b.jpg"), photo("c.jpg")] } : { output: [photo("a.jpg"), photo("b.jpg")], next: "x" });
  const found = await readPhotos({ name: "party", cover: "a.jpg", photoCount: 3 });
  assert.deepEqual(found.map(({ file, width }) => [file, width]), [["a.jpg", 4], ["b.jpg", 4], ["c.jpg", 4]]);
  door = ({ paths }) => ({ output: paths.slice(0, 60).map((path) => photo(path.split("/")[1])), next: paths.slice(60) });
  const paths = Array.from({ length: 250 }, (_, at) => `party/${at}.jpg`);
  assert.deepEqual((await wholeRows(paths)).map(({ sortkey }) => `party/${sortkey}`).sort(), [...paths].sort());
  assert.ok(asked.every(({ paths: some }) => !some || some.length <= 100));
});

test("a dropped pass is gone", () => {
  start(passOf(LINK, 5));
  dropPass();
  assert.deepEqual([keptPass(), cookies.size], ["", 0]);
});
