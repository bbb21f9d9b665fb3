// No script shows a text that isn't in the catalogues. tests/unit/test_texts.py says the same of the templates.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { API } from "typescript/unstable/sync";
import { SyntaxKind } from "typescript/unstable/ast";

// Where a text is shown or read out to visitors.
const SHOWN = new Set(["alt", "ariaLabel", "errorMsg", "label", "placeholder", "textContent", "title", "closeTitle", "zoomTitle", "arrowPrevTitle", "arrowNextTitle"]);
const SHOWN_ATTRIBUTES = new Set(["alt", "aria-label", "aria-description", "placeholder", "title"]);
const HIDDEN = new Set(["className", "rel"]);
// Functions whose texts are messages, or for developers alone.
const MESSAGES = new Set(["t", "tn"]);
const FOR_DEVELOPERS = new Set(["CodedError", "TypeError", "Error", "error", "RegExp", "querySelector", "querySelectorAll", "closest"]);
const WORD = /\p{L}{2}/u;
const WORDS = /\p{L} \p{L}/u;

/**
 * The texts of a script that are neither messages nor for developers.
 * @param {any} script  Its syntax tree.
 */
function textsOutside(script) {
  /** @type {string[]} */
  const found = [];
  const look = (/** @type {any} */ node, /** @type {boolean} */ isShown) => {
    if (node.kind === SyntaxKind.CallExpression || node.kind === SyntaxKind.NewExpression) {
      const name = node.expression.name?.text ?? node.expression.text;
      if (MESSAGES.has(name) || FOR_DEVELOPERS.has(name)) return;
      const [attribute, value] = node.arguments ?? [];
      if (name === "setAttribute" && SHOWN_ATTRIBUTES.has(attribute.text)) return look(value, true);
    }
    if (node.kind === SyntaxKind.PropertyAssignment) {
      if (!HIDDEN.has(node.name.text)) look(node.initializer, SHOWN.has(node.name.text));
      return;
    }
    if (node.kind === SyntaxKind.BinaryExpression && node.left.name) {
      if (!HIDDEN.has(node.left.name.text)) look(node.right, SHOWN.has(node.left.name.text));
      return look(node.left, false);
    }
    if (node.kind === SyntaxKind.ImportDeclaration) return;
    const text = textOf(node)?.replace(/<[^>]*>/g, "") ?? null;
    if (text !== null && (isShown ? WORD.test(text) : WORDS.test(text))) found.push(text);
    const inside = isShown && !(node.kind === SyntaxKind.CallExpression);
    node.forEachChild((/** @type {any} */ child) => look(child, inside));
  };
  look(script, false);
  return found;
}

/** @param {any} node  What a literal or a part of a template says. */
function textOf(node) {
  const kinds = [SyntaxKind.StringLiteral, SyntaxKind.NoSubstitutionTemplateLiteral, SyntaxKind.TemplateHead, SyntaxKind.TemplateMiddle, SyntaxKind.TemplateTail];
  return kinds.includes(node.kind) ? node.text : null;
}

/**
 * The syntax trees of a folder's scripts, by file.
 * @param {string} folder  With a `tsconfig.json`.
 * @param {(scripts: Map<string, any>) => void} use
 */
function parse(folder, use) {
  const api = new API({ cwd: folder });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(folder, "tsconfig.json")] }).getProjects();
    use(new Map(project.rootFiles.map((/** @type {string} */ file) => [file, project.program.getSourceFile(file)])));
  } finally {
    api.close();
  }
}

test("every text of a script is in the catalogues", () => {
  parse(fileURLToPath(new URL("../..", import.meta.url)), (scripts) => {
    assert.ok(scripts.size > 40);
    const outside = [...scripts].map(([file, script]) => [file, textsOutside(script)]).filter(([, texts]) => texts.length);
    assert.deepEqual(outside, []);
  });
});

test("a text outside the catalogues is found", async () => {
  const planted = {
    'status.textContent = "Searching";': ["Searching"],
    'status.textContent = t("Searching");': [],
    'status.textContent = ready ? "Done" : t("Searching");': ["Done"],
    'make("img", { alt: "You", className: "own picture" });': ["You"],
    'const words = { Offline: "No connection." };': ["No connection."],
    'const sentence = `${count} photos, best first`;': [" photos, best first"],
    'button.setAttribute("aria-label", `Close ${name}`);': ["Close "],
    'throw new CodedError("Offline", "no answer came");': [],
    'const label = tn("%(num)s face here", "%(num)s faces here", 2);': [],
    'const url = `/sets/${name}/`; const codes = new Set(["TooManyRequests"]);': [],
  };
  const folder = await mkdtemp(join(tmpdir(), "texts-"));
  try {
    await writeFile(join(folder, "tsconfig.json"), '{"compilerOptions": {"allowJs": true, "noEmit": true}, "include": ["*.js"]}');
    const files = Object.keys(planted).map((code, index) => [join(folder, `${index}.js`), code]);
    for (const [file, code] of files) await writeFile(file, code);
    parse(folder, (scripts) => {
      for (const [file, code] of files) assert.deepEqual(textsOutside(scripts.get(file)), planted[code], code);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
