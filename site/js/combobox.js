// A field with suggestions in a list below it. Arrow keys go through them while the field keeps the focus, as the ARIA
// pattern "combobox" has it; the template or the caller gives the field and its list their roles and names.

export class Combobox {
  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list  Has an id.
   * @param {object} actions
   * @param {(index: number) => void} actions.choose  A suggestion was chosen.
   * @param {() => void} actions.ask  The visitor asks for suggestions again: call `show`.
   */
  constructor(input, list, { choose, ask }) {
    this.input = input;
    this.list = list;
    this.at = -1;
    this.choose = choose;
    this.ask = ask;
    input.addEventListener("keydown", (event) => this.#press(event));
    input.addEventListener("blur", () => this.close());
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("[role=option]") : null;
      if (option) this.choose([...list.children].indexOf(option));
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /**
   * Show suggestions; the one that is gone to stays so if `keeps`, for more that come later.
   * @param {HTMLElement[]} options
   * @param {boolean} [keeps]
   */
  show(options, keeps = false) {
    for (const [index, option] of options.entries()) {
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
    }
    this.list.replaceChildren(...options);
    this.list.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(this.isOpen));
    this.goTo(keeps ? this.at : -1);
  }

  close() {
    this.show([]);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.isOpen) this.ask();
      // Before the first one and after the last comes the field itself.
      const count = this.list.children.length + 1;
      if (this.isOpen) this.goTo(((this.at + 1 + step + count) % count) - 1);
    } else if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.choose(this.at);
    }
  }

  /** Go to a suggestion, as arrow keys do. @param {number} at  -1 for the field itself. */
  goTo(at) {
    this.at = at < this.list.children.length ? at : -1;
    for (const [index, option] of [...this.list.children].entries()) option.setAttribute("aria-selected", String(index === this.at));
    const option = this.list.children[this.at];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }
}
