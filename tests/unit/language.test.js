import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

/**
 * The module in a language whose page has these texts.
 * @param {string} language
 * @param {object} [texts]
 */
async function speak(language, texts) {
  document.documentElement.lang = language;
  const url = texts ? `data:text/javascript,export default ${encodeURIComponent(JSON.stringify(texts))}` : null;
  const { config } = await import("../../site/js/config.js");
  config.texts = url;
  return import(`../../site/js/language.js?${language}${Math.random()}`);
}

const PHOTOS = { "%(num)s photo": { one: "%(num)s Foto", other: "%(num)s Fotos" } };
const FACES = { "%(num)s face": { one: "%(num)s лицо", few: "%(num)s лица", many: "%(num)s лиц", other: "%(num)s лица" } };

test("an English page shows messages as they are", async () => {
  const { t, tn } = await speak("en");
  assert.equal(t("Saved."), "Saved.");
  assert.equal(t("%(number)s of %(total)s", { number: 1234, total: "all" }), "1,234 of all");
  assert.deepEqual([0, 1, 2].map((number) => tn("%(num)s photo", "%(num)s photos", number)), ["0 photos", "1 photo", "2 photos"]);
});

test("another language has its texts, and English where one is missing", async () => {
  const { t, tn } = await speak("de", { "Saved.": "Gespeichert.", "Hello %(name)s": "Hallo %(name)s", ...PHOTOS });
  assert.equal(t("Saved."), "Gespeichert.");
  assert.equal(t("Hello %(name)s", { name: "$& %(name)s" }), "Hallo $& %(name)s");
  assert.equal(t("Search"), "Search");
  assert.equal(t("constructor"), "constructor");
  assert.deepEqual([1, 5000].map((number) => tn("%(num)s photo", "%(num)s photos", number)), ["1 Foto", "5.000 Fotos"]);
});

test("a language has as many plural forms as it needs", async () => {
  const { tn } = await speak("ru", FACES);
  const say = (/** @type {number} */ number) => tn("%(num)s face", "%(num)s faces", number);
  assert.deepEqual([1, 3, 5, 21].map(say), ["1 лицо", "3 лица", "5 лиц", "21 лицо"]);
});

test("days and numbers are written as the language writes them", async () => {
  const english = await speak("en");
  assert.equal(english.formatDay("2026-04-17T12:00:00"), "17 April 2026");
  assert.match(english.formatDays("2026-04-17T12:00:00", "2026-04-18T12:00:00"), /^17\s?–\s?18 April 2026$/);
  const german = await speak("de", {});
  assert.equal(german.formatDay("2026-04-17T12:00:00"), "17. April 2026");
  assert.equal(german.formatPercent(0.805), "80,5\u00a0%");
  assert.equal(german.formatNumber(12345.5), "12.345,5");
});

test("a page whose texts don't come speaks English", async () => {
  document.documentElement.lang = "fr";
  const { config } = await import("../../site/js/config.js");
  config.texts = "data:text/javascript,throw 1";
  const { t } = await import("../../site/js/language.js?offline");
  assert.equal(t("Saved."), "Saved.");
});
