import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { handed, isHereAlone } = await import("../../site/js/sharing/handed.js");
const { config } = await import("../../site/js/config.js");

const at = (href, homeUrl = null) => {
  globalThis.location = new URL(href);
  config.homeUrl = homeUrl;
};

test("what the owner hands out on the laptop has the home network's address", () => {
  at("http://localhost:8000/owner/", "https://laptop.local:8443");
  assert.equal(handed("/event/#AbC"), "https://laptop.local:8443/event/#AbC");
  assert.equal(handed("/sets/a%20b/?x=1"), "https://laptop.local:8443/sets/a%20b/?x=1");
  assert.equal(isHereAlone(), false);
});

test("without a home network it is this computer's own, which nobody else can open", () => {
  at("http://localhost:8000/owner/");
  assert.equal(handed("/l/secret"), "http://localhost:8000/l/secret");
  assert.equal(isHereAlone(), true);
});

test("elsewhere it is the address that the visitor came by", () => {
  for (const [own, home] of [["https://192.168.1.20:8443", "https://laptop.local:8443"], ["https://photos.example", null]]) {
    at(`${own}/sets/a/`, home);
    assert.equal(handed("/sets/a/"), `${own}/sets/a/`);
    assert.equal(isHereAlone(), false);
  }
});
