// An album's event, in the owner's place: opened to guests and closed, its addresses, who helps.

import { make } from "../elements.js";
import { formatMoment, formatNumber, t } from "../language.js";
import { handed } from "../sharing/handed.js";
import { ask, field } from "./asking.js";
import { changeEvent, closeEvent, readEvents, readMembers, renewEvent } from "./letting-calls.js";
import { whyNot } from "./manage-refusals.js";
import { addressRow, button, quiet, reach, tick } from "./own-parts.js";
import { told } from "./owner-toast.js";

/**
 * @typedef {import("./letting-calls.js").OwnEvent} OwnEvent
 * @typedef {import("./manage-calls.js").OwnSet} OwnSet
 */

const USUAL_LIMIT = 200;
const MOST = 5000;

/** @param {OwnSet} set */
export function eventPanel(set) {
  const place = make("div", { className: "own-panel" });
  const status = make("p", { className: "quiet", textContent: t("Loading…") });
  status.setAttribute("role", "status");
  place.append(status);
  /** @param {OwnEvent | undefined} event */
  const view = (event) => place.replaceChildren(...(event ? opened(event, set, view) : closed(set, view)));
  readEvents().then((events) => view(events.find((one) => one.set === set.set)), (error) => (status.textContent = whyNot(error)));
  return place;
}

/** @param {OwnSet} set @param {(event: OwnEvent) => void} view */
function closed(set, view) {
  return [
    make("p", { textContent: t("Guests can't add photos to this album.") }),
    make("p", { className: "actions" }, button(t("Open it to guests…"), () => askFor(set, undefined, view))),
  ];
}

/** @param {OwnEvent} event @param {OwnSet} set @param {(event: OwnEvent) => void} view */
function opened(event, set, view) {
  const title = event.title || set.shown_title;
  const until = event.closes_at === null ? "" : formatMoment(new Date(event.closes_at * 1000).toISOString());
  const state = event.is_open ? (until ? t("Open to guests until %(date)s UTC.", { date: until }) : t("Open to guests.")) : t("Closed since %(date)s UTC.", { date: until });
  const shown = event.at_once ? t("Photos are shown at once.") : t("Photos wait until they are let in.");
  const change = button(t("Change…"), () => askFor(set, event, view));
  const close = button(t("Close now…"), () => {
    const sure = [make("p", { textContent: t("It takes no more photos. Guests still see what became of theirs, and can take them back.") })];
    ask(t("Close it to guests?"), sure, t("Close it"), async () => view(await closeEvent(set.set)));
  });
  const anew = button(t("New link…"), () => {
    const sure = [make("p", { textContent: t("Printed codes stop working, and guests see only what they add from then on.") })];
    ask(t("Make a new link?"), sure, t("Make a new link"), async () => view(await renewEvent(set.set)));
  });
  const helpers = button(t("Helpers…"), () => void askHelpers(set, event, view));
  const print = [false, true].map((isCards) => button(isCards ? t("Table cards…") : t("Poster…"), () => void printed(event, title, isCards)));
  return [
    make("p", { textContent: `${state} ${shown}` }),
    quiet(t("Each guest may add %(number)s photos a day.", { number: formatNumber(event.limit) })),
    addressRow(t("For guests"), event.guests, title),
    addressRow(t("For the projector"), event.slideshow, title),
    ...(event.helpers.length ? [quiet(t("Helpers: %(who)s", { who: event.helpers.join(", ") })), addressRow(t("For helpers, who sign in"), event.helping, title)] : []),
    ...reach(),
    make("p", { className: "actions" }, change, helpers, ...print, anew, ...(event.is_open ? [close] : [])),
  ];
}

/** @param {OwnEvent} event @param {string} title @param {boolean} isCards */
async function printed(event, title, isCards) {
  try {
    const { printSheet } = await import("./sheets.js");
    printSheet(handed(event.guests), title, event.at_once, isCards);
  } catch (error) {
    told(whyNot(error));
  }
}

/** @param {OwnSet} set @param {OwnEvent | undefined} event @param {(event: OwnEvent) => void} view */
function askFor(set, event, view) {
  const title = make("input", { value: event?.title ?? "", placeholder: set.shown_title });
  const closes = make("input", { type: "datetime-local", value: event?.closes_at ? localTime(event.closes_at) : "" });
  const limit = make("input", { type: "number", min: "1", max: String(MOST), required: true, value: String(event?.limit ?? USUAL_LIMIT) });
  const atOnce = tick(t("Show photos at once, without waiting for you"), event?.at_once ?? false);
  const fields = [field(t("Title for guests"), title), field(t("Closes, in your time zone (empty: when you close it)"), closes), field(t("Photos a day for each guest"), limit), atOnce.label];
  ask(event ? t("This album's guests") : t("Open it to guests"), fields, event ? t("Save") : t("Open it"), async () => {
    const until = closes.value ? Math.floor(new Date(closes.value).getTime() / 1000) : 0;
    view(await changeEvent(set.set, { title: title.value, at_once: atOnce.box.checked, closes_at: until, limit: Number(limit.value) }));
    told(t("Saved."));
  });
}

/** @param {OwnSet} set @param {OwnEvent} event @param {(event: OwnEvent) => void} view */
async function askHelpers(set, event, view) {
  try {
    const members = (await readMembers()).filter(({ owner }) => !owner);
    const some = members.map(({ email }) => ({ email, ...tick(email, event.helpers.includes(email)) }));
    const words = members.length ? t("Helpers let in or refuse this album's waiting photos. They sign in as members.") : t("Helpers are members: invite somebody first.");
    ask(t("Helpers"), [make("p", { textContent: words }), make("div", { className: "own-ticks" }, ...some.map(({ label }) => label))], t("Save"), async () => {
      view(await changeEvent(set.set, { helpers: some.filter(({ box }) => box.checked).map(({ email }) => email) }));
      told(t("Saved."));
    });
  } catch (error) {
    told(whyNot(error));
  }
}

/** A moment as a field for local time has it. @param {number} seconds  Since 1970. */
function localTime(seconds) {
  const moment = new Date(seconds * 1000);
  return new Date(seconds * 1000 - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
