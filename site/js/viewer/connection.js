// How much to send over the visitor's connection.

/** Whether to save data. */
export const isMetered = () => /** @type {any} */ (navigator).connection?.saveData === true;
