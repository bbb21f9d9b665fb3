// Runs a CloudFront function for the laptop's site server (local/edge/edge_process.py), which writes a line of JSON for
// each thing it wants to standard input, and reads the answers from standard output:
//
//   {"code": "…"}                            the function's code, first
//   {"globals": {"closed": true}}            sets top-level variables of the code
//   {"entries": {"album": "…"}}              the key-value store as it is from now on; null if it can't be read
//   {"id": 7, "event": {…}}                  runs the handler; answered with {"id": 7, "answer": {…}}, which is a response or
//                                            a request's new {"uri": "…"}, or with {"id": 7, "error": "…"}
//
// It ends when standard input does: with the site server, however that ended.
import crypto from 'node:crypto';
import vm from 'node:vm';

/** @type {Map<string, string> | null} */
let entries = null;

function stored() {
  if (!entries) {
    throw new Error('the key-value store cannot be read');
  }
  return entries;
}

// As CloudFront's own has them: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
const store = {
  exists: async (key) => stored().has(key),
  get: async (key) => {
    const value = stored().get(key);
    if (value === undefined) {
      throw new Error(`no entry ${key}`);
    }
    return value;
  },
};
const modules = { cloudfront: { kvs: () => store }, crypto };
const sandbox = vm.createContext({ Buffer, console, modules });

/** @type {Record<string, (message: any) => void>} */
const actions = {
  code: ({ code }) => {
    const script = code.replace(/import (\w+) from ?["'](\w+)["'];/g, 'var $1 = modules.$2;');
    vm.runInContext(script, sandbox, { filename: 'gate.js' });
  },
  globals: ({ globals }) => Object.assign(sandbox, globals),
  entries: (message) => {
    entries = message.entries && new Map(Object.entries(message.entries));
  },
  event: async ({ id, event }) => {
    let line;
    try {
      const answer = await sandbox.handler(event);
      line = { id, answer: answer.statusCode ? answer : { uri: answer.uri } };
    } catch (error) {
      line = { id, error: String(error) };
    }
    process.stdout.write(`${JSON.stringify(line)}\n`);
  },
};

let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (/** @type {string} */ chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const message = JSON.parse(line);
    for (const name of Object.keys(actions)) {
      if (name in message) {
        actions[name](message);
      }
    }
  }
});
process.stdin.on('end', () => process.exit(0));
