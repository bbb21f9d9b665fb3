// The page "Add photos" for the owner and for members who may add: choose an album, choose or drop photos, and watch them
// go.

import pages from "../../pages.json" with { type: "json" };
import { watchDrops } from "../drops.js";
import { byId, make } from "../elements.js";
import { formatNumber, t, tn } from "../language.js";
import { setUrl } from "../photos/urls.js";
import { withWayBack } from "../private/way-back.js";
import { findContributor } from "./contributor.js";
import { FileList } from "./file-list.js";
import { KeptFiles } from "./kept-files.js";
import { mayHelp, waitingInWords } from "./refusals.js";
import { Uploads } from "./uploads.js";

/** @typedef {import("./uploads.js").Item} Item */

const NEW = "+new";
const kept = new KeptFiles("kinpics-uploads");
const DONE = new Set(["done", "there"]);
/** @param {Item} item */
const mayTryAgain = ({ state, code }) => state === "failed" && mayHelp(code);

/** Start the page. Throws a `CodedError`. @returns {Promise<boolean>}  False for who may add nothing. */
export async function startAdding() {
  const contributor = await findContributor();
  if (!contributor) return false;
  const { isOwner, credentials, sets } = contributor;
  const choice = byId("album", HTMLSelectElement);
  const newName = byId("new-album", HTMLInputElement);
  const input = byId("files", HTMLInputElement);
  const total = byId("total", HTMLProgressElement);
  const summary = byId("summary");
  const connection = byId("connection");
  const cancel = byId("cancel", HTMLButtonElement);
  const again = byId("again", HTMLButtonElement);
  const list = new FileList(byId("sent-files"), (item) => uploads?.again([item]));
  /** @type {Uploads | null} */
  let uploads = null;
  let set = "";

  for (const { name, title } of sets) choice.append(make("option", { value: name, textContent: title }));
  if (isOwner) choice.append(make("option", { value: NEW, textContent: t("A new album…") }));
  const showNewName = () => {
    byId("new-album-field").hidden = choice.value !== NEW;
    newName.required = choice.value === NEW;
  };
  choice.addEventListener("change", showNewName);
  showNewName();
  byId("choosing").hidden = !choice.options.length;
  byId("no-albums").hidden = choice.options.length > 0;

  /** @param {string} name @param {File[]} files */
  function start(name, files) {
    if (!files.length) return;
    if (!uploads || name !== set) {
      set = name;
      uploads = new Uploads({ isOwner, credentials, set }, { changed, waiting, idle });
    }
    void kept.keep(set, files);
    choice.disabled = newName.disabled = true; // until these are sent
    byId("sending").hidden = false;
    uploads.add(files);
    showTotal();
  }

  /** @param {File[]} files */
  function choose(files) {
    const name = choice.value === NEW ? newName.value.trim().normalize("NFC") : choice.value;
    const problem = choice.value === NEW ? problemOf(name) : "";
    newName.setCustomValidity(problem);
    if (problem) return void newName.reportValidity();
    start(name, files);
  }

  /** @param {Item} item */
  function changed(item) {
    list.show(item);
    if (item.state === "failed" && item.code === "SignedOut") askToSignIn();
    else if (DONE.has(item.state) || item.state === "failed") void kept.drop(set, item.file);
    showTotal();
  }

  /** What was chosen stays in this browser: the page goes on with it. */
  function askToSignIn() {
    const href = withWayBack(pages.account.path, pages.upload.path);
    connection.replaceChildren(make("a", { className: "textlink", href, textContent: t("Sign in, and sending goes on.") }));
  }

  /** @param {"" | "offline" | "busy"} why */
  function waiting(why) {
    connection.textContent = why ? waitingInWords(why) : "";
  }

  function idle() {
    choice.disabled = newName.disabled = false;
    showTotal();
  }

  function showTotal() {
    if (!uploads) return;
    const { items } = uploads;
    const done = items.filter(({ state }) => DONE.has(state) || state === "arriving").length;
    const failed = items.filter(({ state }) => state === "failed").length;
    const { sent, total: bytes } = uploads.progress;
    total.max = bytes || 1;
    total.value = bytes ? sent : 1;
    const words = [t("%(number)s of %(total)s photos", { number: formatNumber(done), total: formatNumber(items.length) })];
    if (failed) words.push(tn("%(num)s failed", "%(num)s failed", failed));
    if (!uploads.isBusy) words.push(done + failed === items.length && !failed ? t("All there.") : "");
    summary.textContent = words.filter(Boolean).join(" · ");
    cancel.hidden = !uploads.isBusy;
    again.hidden = uploads.isBusy || !items.some(mayTryAgain);
    const look = byId("look", HTMLAnchorElement);
    look.hidden = uploads.isBusy || !done;
    look.href = setUrl(set);
  }

  input.addEventListener("change", () => {
    choose([...(input.files ?? [])]);
    input.value = "";
  });
  newName.addEventListener("input", () => newName.setCustomValidity(""));
  cancel.addEventListener("click", () => {
    uploads?.cancel();
    void kept.dropAll();
  });
  again.addEventListener("click", () => uploads?.again(uploads.items.filter(mayTryAgain)));
  addEventListener("beforeunload", (event) => {
    if (uploads?.isSending) event.preventDefault(); // the browser asks whether to leave
  });
  watchDrops(byId("drop"), choose);
  await goOn();
  return true;

  /** Go on with what was chosen before the page was closed. */
  async function goOn() {
    const [first, ...rest] = await kept.all();
    if (!first) return;
    const name = first.set;
    if (![...choice.options].some(({ value }) => value === name)) {
      if (!isOwner) return void kept.dropAll();
      choice.prepend(make("option", { value: name, textContent: name }));
    }
    choice.value = name;
    showNewName();
    start(name, [first, ...rest].filter((one) => one.set === name).map(({ file }) => file));
  }
}

/** Why no album can have this name, in words; empty if one can (functions/keys.py). @param {string} name */
function problemOf(name) {
  if (!name) return t("Give the new album a name.");
  // eslint-disable-next-line no-control-regex
  if (name.startsWith(".") || name.includes("/") || /[\u0000-\u001f\u007f-\u009f]/.test(name)) {
    return t("An album's name can't begin with a dot or contain a slash.");
  }
  return new TextEncoder().encode(name).length > 200 ? t("This name is too long.") : "";
}
