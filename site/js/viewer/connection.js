// What the visitor's connection should carry.

/** Whether it should carry little. */
export const isMetered = () => /** @type {any} */ (navigator).connection?.saveData === true;
