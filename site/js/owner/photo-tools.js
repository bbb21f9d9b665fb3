// The owner's tools in a photo: who each face is, or isn't, and a face that was missed.

import { make } from "../elements.js";
import { t } from "../language.js";
import { keyOf } from "../photos/urls.js";
import { drawFace } from "./drawing.js";
import { faceImage } from "./face-image.js";
import { nameField } from "./name-field.js";
import { newId } from "./new-id.js";
import { loadOwnerStyles } from "./owner-styles.js";
import { decide, readEverybody, readPhotoFaces, undoing } from "./people-calls.js";
import { refusal } from "./refusals.js";

/**
 * @typedef {import("./people-calls.js").Draft} Draft
 * @typedef {import("./people-calls.js").PhotoFace} PhotoFace
 * @typedef {import("./people-calls.js").KnownPerson} KnownPerson
 */

const FACE_PX = 48;

/**
 * Add them to the panel about a photo.
 * @param {import("photoswipe").default} pswp
 * @param {HTMLElement} panel
 * @param {import("../photos/rows.js").Photo} photo
 * @param {() => void} changed  Something was decided.
 */
export async function offerPhotoTools(pswp, panel, photo, changed) {
  loadOwnerStyles();
  const status = make("p", { className: "quiet" });
  status.setAttribute("role", "status");
  const undo = make("button", { type: "button", className: "button", textContent: t("Undo"), hidden: true });
  const list = make("ul", { className: "photo-faces" });
  const drawn = make("div", { className: "drawn-face" });
  const draw = make("button", { type: "button", className: "button", textContent: t("Draw a face that was missed") });
  const place = make("section", { className: "owner-faces" }, make("h3", { textContent: t("Who is in this photo") }), list, drawn, draw, status, undo);
  // What is typed here is no shortcut of the photo view.
  place.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation());
  panel.append(place);
  /** @type {KnownPerson[]} */
  let everybody = [];

  /** @param {Draft[]} drafts @param {string} words */
  async function keep(drafts, words, isUndo = false) {
    status.textContent = t("Saving…");
    place.inert = true; // nothing is decided twice
    try {
      const ids = await decide(drafts);
      drawn.replaceChildren();
      changed();
      await load();
      status.textContent = words;
      undo.hidden = isUndo;
      undo.onclick = () => void keep(undoing(ids), t("Undone."), true);
    } catch (error) {
      status.textContent = refusal(error);
    }
    place.inert = false;
    status.scrollIntoView({ block: "nearest" });
  }

  /**
   * Ask who a face is.
   * @param {HTMLElement} where
   * @param {(person: string) => Draft} means  What the answer then means.
   * @param {import("./people-calls.js").FaceShown} [face]  To be shown beside the field.
   */
  function ask(where, means, face) {
    const field = nameField({
      label: t("Who is this?"),
      people: () => everybody,
      known: (person) => void keep([means(person.id)], t("Saved: that was %(name)s.", { name: person.name })),
      fresh: (name) => {
        const person = newId();
        void keep([{ kind: "name", person, name }, means(person)], t("Saved: that was %(name)s.", { name }));
      },
    });
    drawn.replaceChildren();
    for (const other of list.querySelectorAll(".name-field")) other.remove();
    where.append(...(face ? [faceImage(face, FACE_PX)] : []), field.element);
    field.element.scrollIntoView({ block: "nearest" });
    field.input.focus();
  }

  /** @param {PhotoFace} face */
  function entry(face) {
    const state = face.name ?? (face.ignored === "stranger" ? t("A stranger") : face.ignored ? t("Not a face") : t("No name yet"));
    const item = make("li", {}, make("div", { className: "photo-face" }, faceImage(face, FACE_PX), make("bdi", { textContent: state })));
    const actions = make("div", { className: "actions" });
    /** @param {string} words @param {() => void} act */
    const offer = (words, act) => {
      const button = make("button", { type: "button", className: "textlink", textContent: words });
      button.addEventListener("click", act);
      actions.append(button);
    };
    offer(face.person ? t("Somebody else") : t("Say who it is"), () => ask(item, (person) => ({ kind: "assign", person, faces: [face] })));
    if (face.person) offer(t("Not %(name)s", { name: face.name ?? "" }), () => void keep([{ kind: "reject", person: face.person, faces: [face] }], t("Saved.")));
    else if (!face.ignored) {
      offer(t("A stranger"), () => void keep([{ kind: "ignore", faces: [face], why: "stranger" }], t("Saved.")));
      offer(t("Not a face"), () => void keep([{ kind: "ignore", faces: [face], why: "no-face" }], t("Saved.")));
    }
    item.append(actions);
    return item;
  }

  async function load() {
    const [{ faces }, people] = await Promise.all([readPhotoFaces(keyOf(photo)), readEverybody()]);
    everybody = people;
    list.replaceChildren(...faces.map((face) => entry({ ...face })));
  }

  draw.addEventListener("click", async () => {
    const box = await drawFace(pswp);
    draw.focus();
    if (!box) return;
    const face = { path: keyOf(photo), box, face: null, width: photo.width, height: photo.height };
    ask(drawn, (person) => ({ kind: "box", face, person }), face);
  });
  try {
    await load();
  } catch (error) {
    status.textContent = refusal(error);
  }
}
