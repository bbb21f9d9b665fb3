import assert from "node:assert/strict";
import { test } from "node:test";

const { wayBack, wholeWayBack, withWayBack } = await import("../../site/js/private/way-back.js");

globalThis.document = { referrer: "" };
const at = (to) => (globalThis.location = new URL(`https://photos.example/enter/?${new URLSearchParams({ to })}`));

test("the way back is a path of this site", () => {
  for (const to of ["/", "/sets/gala/", "/sets/a%20b/?pic=x.jpg#top", "/people/ann/"]) {
    at(to);
    assert.equal(wayBack(), to);
    assert.equal(withWayBack("/account/"), `/account/?${new URLSearchParams({ to })}`);
  }
});

test("who went on before the script had run is still led back", () => {
  globalThis.location = new URL("https://photos.example/account/");
  for (const [referrer, to] of [["https://photos.example/enter/?to=%2Fsets%2Fgala%2F", "/sets/gala/"], ["https://photos.example/?to=/x/", ""], ["https://photos.example/sets/gala/?pic=a.jpg", "/sets/gala/?pic=a.jpg"], ["https://evil.example/sets/gala/", ""], ["https://evil.example/enter/?to=/x/", ""]]) {
    globalThis.document = { referrer };
    assert.equal(wayBack(), to);
  }
  globalThis.document = { referrer: "" };
});

test("nobody is led elsewhere, or in circles", () => {
  const elsewhere = ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example", "evil", "http:///evil.example"];
  elsewhere.push("/.//evil.example/", "/a/..//evil.example/", "/%2e//evil.example/", "/a/%2e%2E//evil.example/", "/./\\evil.example/");
  for (const to of [...elsewhere, "", "/enter/", "/enter/?to=/enter/", "/account/", "/account"]) {
    at(to);
    assert.equal(wayBack(), "", to);
    assert.equal(withWayBack("/account/"), "/account/");
  }
});

test("what stood behind the # comes along, and never in what a server is sent", () => {
  const to = "/slideshow/?set=gala";
  globalThis.location = new URL(`https://photos.example/enter/?${new URLSearchParams({ to })}#secret`);
  assert.equal(withWayBack("/account/"), `/account/?${new URLSearchParams({ to })}#secret`);
  assert.equal(wholeWayBack(), `${to}#secret`);
  globalThis.location = new URL("https://photos.example/enter/#secret");
  assert.equal(withWayBack("/account/"), "/account/");
  assert.equal(wholeWayBack(), "");
});
