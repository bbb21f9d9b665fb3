// Which photos of a grid the owner has chosen: one by one, or everything between two.

export class Chosen {
  /** Files. @type {Set<string>} */
  files = new Set();
  /** The last one that was chosen or not. @type {string | null} */
  #last = null;

  /**
   * @param {HTMLElement} grid  Has a button for each photo, with its file as data.
   * @param {() => void} changed
   */
  constructor(grid, changed) {
    this.grid = grid;
    this.changed = changed;
    grid.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.#choose(button.dataset.file ?? "", event.shiftKey);
    });
  }

  /** How many can be chosen. */
  get most() {
    return this.#buttons.length;
  }

  get #buttons() {
    return [...this.grid.querySelectorAll("button")].filter(({ disabled }) => !disabled);
  }

  /** Choose all, or none if all are chosen. */
  toggleAll() {
    const all = this.#buttons.map(({ dataset }) => dataset.file ?? "");
    this.files = new Set(this.files.size === all.length ? [] : all);
    this.refresh();
  }

  clear() {
    this.files.clear();
    this.refresh();
  }

  /** Show what is chosen, without what is gone. */
  refresh() {
    const buttons = this.#buttons;
    const there = new Set(buttons.map(({ dataset }) => dataset.file ?? ""));
    for (const file of this.files) if (!there.has(file)) this.files.delete(file);
    for (const button of buttons) button.setAttribute("aria-pressed", String(this.files.has(button.dataset.file ?? "")));
    this.changed();
  }

  /** @param {string} file @param {boolean} isRange */
  #choose(file, isRange) {
    const files = this.#buttons.map(({ dataset }) => dataset.file ?? "");
    const [from, to] = [files.indexOf(this.#last ?? ""), files.indexOf(file)].sort((a, b) => a - b);
    if (isRange && from !== undefined && to !== undefined && from >= 0) for (const one of files.slice(from, to + 1)) this.files.add(one);
    else if (!this.files.delete(file)) this.files.add(file);
    this.#last = file;
    this.refresh();
  }
}
