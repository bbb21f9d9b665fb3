// A field for a name that knows everybody's: it completes, and where a name exists it asks whether it is the same person.

import { Combobox } from "../combobox.js";
import { make } from "../elements.js";
import { t } from "../language.js";
import { countPhotos } from "../words.js";
import { faceImage } from "./face-image.js";
import { matchesOf, nameProblem, namesakes, tidyName } from "./typed-names.js";

/** @typedef {import("./people-calls.js").KnownPerson} KnownPerson */

const HEAD_PX = 40;
let fields = 0;

/**
 * Enter takes what is typed, or whoever was chosen in the list with the arrow keys; Tab chooses the first of them.
 * @param {object} options
 * @param {string} options.label
 * @param {() => KnownPerson[]} options.people  Who may be meant.
 * @param {(person: KnownPerson) => void} options.known  Somebody who is there already was chosen.
 * @param {((name: string) => void)} options.fresh  Somebody new was named.
 * @param {boolean} [options.asksFirst]  Whether to ask even when somebody was chosen in the list.
 * @param {boolean} [options.onlyKnown]  Whether a name that exists can mean nobody else.
 */
export function nameField({ label, people, known, fresh, asksFirst = false, onlyKnown = false }) {
  const id = `name-${(fields += 1)}`;
  const input = make("input", { className: "input", id, autocomplete: "off", dir: "auto", placeholder: t("Type a name") });
  const list = make("ul", { className: "matches", id: `${id}-list`, hidden: true });
  const said = make("p", { className: "field-problem", id: `${id}-said` });
  said.setAttribute("role", "alert");
  const same = make("div", { className: "same", hidden: true });
  same.setAttribute("role", "group");
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-describedby": said.id })) {
    input.setAttribute(name, value);
  }
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", t("People with a name like this"));
  const caption = make("label", { htmlFor: id, textContent: label });
  const form = make("form", { className: "field name-field" }, caption, input, list, said, same);
  form.noValidate = true;
  /** @type {KnownPerson[]} */
  let matches = [];
  const box = new Combobox(input, list, {
    choose: (index) => {
      const person = matches[index];
      if (person) choose(person);
    },
    ask: offer,
  });

  function offer() {
    matches = matchesOf(input.value, people());
    const options = matches.map((person) =>
      make("li", {}, faceImage(person.portrait, HEAD_PX), make("bdi", { textContent: person.name }), make("span", { className: "quiet small num", textContent: countPhotos(person.photos) })),
    );
    options[0]?.append(make("kbd", { textContent: t("Tab"), ariaHidden: "true" }));
    box.show(options);
  }

  function clear() {
    input.value = said.textContent = "";
    same.hidden = true;
    input.removeAttribute("aria-invalid");
    box.close();
  }

  /** @param {KnownPerson} person */
  function choose(person) {
    if (asksFirst) askWhetherSame(person.name, [person]);
    else take(person);
  }

  /** @param {KnownPerson} person */
  function take(person) {
    clear();
    known(person);
  }

  function back() {
    same.hidden = true;
    input.focus();
  }

  /** @param {string} name @param {KnownPerson[]} others */
  function askWhetherSame(name, others) {
    const question = make("p", { textContent: t("There is somebody called %(name)s already. Is this the same person?", { name }) });
    /** By key. @type {Record<string, () => void>} */
    const keys = { Escape: back };
    if (!onlyKnown) keys.n = () => (clear(), fresh(name));
    const yes = others.map((person, index) => {
      const key = others.length > 1 ? String(index + 1) : "y";
      const button = make("button", { type: "button", className: "button" }, faceImage(person.portrait, HEAD_PX), t("Yes, the same person"), make("span", { className: "quiet num", textContent: countPhotos(person.photos) }), keyCap(key));
      button.addEventListener("click", (keys[key] = () => take(person)));
      return button;
    });
    const no = make("button", { type: "button", className: "button" }, t("No, somebody else with this name"), keyCap("n"));
    no.addEventListener("click", () => keys.n?.());
    same.onkeydown = (event) => {
      event.stopPropagation(); // an answer to this question is none to the page's
      const act = event.ctrlKey || event.metaKey || event.altKey ? null : keys[event.key.length > 1 ? event.key : event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    same.setAttribute("aria-label", question.textContent ?? "");
    same.replaceChildren(question, make("div", { className: "actions" }, ...yes, ...(onlyKnown ? [] : [no])));
    same.hidden = false;
    box.close();
    yes[0]?.focus();
  }

  input.addEventListener("input", () => {
    said.textContent = "";
    same.hidden = true;
    input.removeAttribute("aria-invalid");
    offer();
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation(); // what is typed here is no shortcut
    if (event.key === "Tab" && !event.shiftKey && box.isOpen && box.at < 0) {
      event.preventDefault();
      box.goTo(0);
    } else if (event.key !== "Escape" || event.defaultPrevented) return; // Escape has closed the list
    else if (input.value || !same.hidden) {
      event.preventDefault();
      clear();
    } else input.blur();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const problem = nameProblem(input.value);
    said.textContent = problem;
    input.toggleAttribute("aria-invalid", Boolean(problem));
    if (problem) return;
    const name = tidyName(input.value);
    const others = namesakes(name, people());
    if (others.length) askWhetherSame(name, others);
    else {
      clear();
      fresh(name);
    }
  });
  return { element: form, input, caption, clear };
}

/** The key that does the same as a button. @param {string} key */
function keyCap(key) {
  return make("kbd", { textContent: key.toUpperCase(), ariaHidden: "true" });
}
