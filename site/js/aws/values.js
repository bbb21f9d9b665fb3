// DynamoDB's attribute values to plain values, and back.

/**
 * @param {any} value  An attribute value.
 * @returns {any}
 */
export function plain(value) {
  if ("S" in value) return value.S;
  if ("N" in value) return Number(value.N);
  if ("BOOL" in value) return value.BOOL;
  if ("L" in value) return value.L.map(plain);
  if ("M" in value) return Object.fromEntries(Object.entries(value.M).map(([name, item]) => [name, plain(item)]));
  return null;
}

/**
 * @param {any} value  As `plain` returns it; undefined attributes are left out.
 * @returns {any}
 */
export function typed(value) {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(typed) };
  const known = Object.entries(value ?? {}).filter(([, item]) => item !== undefined);
  return value === null ? { NULL: true } : { M: Object.fromEntries(known.map(([name, item]) => [name, typed(item)])) };
}
