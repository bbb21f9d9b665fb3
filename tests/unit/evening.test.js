import "./page.js";
import assert from "node:assert/strict";
import { test } from "node:test";

const { Evening, undoOf } = await import("../../site/js/owner/evening.js");
const { Outbox } = await import("../../site/js/owner/outbox.js");
const { idsOfEach } = await import("../../site/js/owner/people-calls.js");
const { newId } = await import("../../site/js/owner/new-id.js");
const { rowDrafts, inRows } = await import("../../site/js/owner/candidate-rows.js");

const face = (path) => ({ path, box: [0.1, 0.1, 0.2, 0.2], face: path, width: 4, height: 3 });
const group = (id, more = {}) => ({ id, person: null, photos: 3, faces: [face(id)], members: [id, `${id}-other`], suggestions: [], ...more });
const asked = (...groups) => ({ named: 1, total: 1 + groups.length, groups });

/** An evening of three questions and what it sends. */
function begin(send = async (drafts) => drafts.map((_, index) => [`id-${index}`])) {
  const evening = new Evening();
  evening.takeIn(asked(group("a"), group("b"), group("c")));
  const failures = [];
  const sent = [];
  const outbox = new Outbox({
    send: (drafts) => {
      sent.push(drafts);
      return send(drafts);
    },
    emptied: () => {},
    failed: (given, error) => {
      failures.push(error.message);
      if (!given.gone) evening.askAgain(given);
    },
  });
  return { evening, outbox, sent, failures };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("the next question is there before an answer is kept", () => {
  const { evening, outbox } = begin(() => new Promise(() => {}));
  outbox.add(evening.itIsNew("Ann"));
  assert.equal(evening.current.id, "b");
  assert.deepEqual([evening.named, evening.total], [2, 4]);
});

test("somebody new is one person in both decisions", () => {
  const { drafts } = begin().evening.itIsNew("Ann");
  const [name, assign] = drafts();
  assert.equal(name.person, assign.person);
  assert.deepEqual([name.kind, name.name, assign.kind, assign.faces], ["name", "Ann", "assign", [face("a")]]);
});

test("faces that were one person already keep that person", () => {
  const evening = new Evening();
  evening.takeIn(asked(group("a", { person: "P" }), group("b", { person: "Q" })));
  assert.deepEqual(evening.itIsNew("Ann").drafts(), [{ kind: "name", person: "P", name: "Ann" }]);
  assert.deepEqual(evening.itIs({ id: "X", name: "Bob" }).drafts(), [{ kind: "merge", person: "Q", into: "X" }]);
});

test("a stranger is one in all photos; what is no face is only what was shown", () => {
  const { evening } = begin();
  assert.deepEqual(evening.ignore("stranger").drafts().map(({ faces }) => faces), [[face("a"), { face: "a-other" }]]);
  assert.deepEqual(evening.ignore("no-face").drafts().map(({ faces }) => faces), [[face("b")]]);
});

test("faces that were taken out are said not to be that person, and are asked about again", () => {
  const picked = { theirs: [face("a"), face("a-2")], others: [face("a-3")] };
  const members = ["a", "a-2", "a-3", "a-4"];
  const { evening } = begin();
  const ask = (more = {}) => evening.takeIn(asked((evening.questions = [group("a", { members, picked, ...more })])[0]));
  const kinds = (given) => given.drafts().map(({ kind, faces = [] }) => [kind, ...faces.map(({ face }) => face)]);
  ask();
  assert.deepEqual(kinds(evening.itIsNew("Ann")), [["name"], ["assign", "a", "a-2"], ["reject", "a-3"]]);
  evening.takeIn(asked(group("other", { faces: [face("a-3")] }), group("same", { faces: [face("a-2")] })));
  assert.deepEqual(evening.questions.map(({ id }) => id), ["other"]);
  ask();
  assert.deepEqual(kinds(evening.itIs({ id: "X", name: "Bob" })), [["assign", "a", "a-2"], ["reject", "a-3"]]);
  ask({ person: "P" });
  assert.deepEqual(kinds(evening.itIs({ id: "X", name: "Bob" })), [["merge"], ["reject", "a-3"]]);
  ask();
  assert.deepEqual(kinds(evening.ignore("stranger")), [["ignore", "a", "a-2", "a-4"]]);
  ask();
  assert.deepEqual(kinds(evening.ignore("no-face")), [["ignore", "a", "a-2"]]);
  ask({ picked: { theirs: [], others: [face("a")] } });
  assert.equal(evening.itIsNew("Ann"), null);
  assert.equal(evening.current.id, "a");
});

test("a stranger of many photos is more than one decision", () => {
  const evening = new Evening();
  evening.takeIn(asked(group("a", { members: Array.from({ length: 600 }, (_, index) => String(index)) })));
  assert.deepEqual(evening.ignore("stranger").drafts().map(({ faces }) => faces.length), [500, 101]);
});

test("what is answered during a call goes with the next one, each with its own ids", async () => {
  const { evening, outbox, sent } = begin();
  const given = [evening.itIsNew("Ann"), evening.itIs({ id: "X", name: "Bob" }), evening.itIsNew("Carl")];
  for (const one of given) outbox.add(one);
  await settled();
  assert.deepEqual(sent.map((drafts) => drafts.map(({ kind }) => kind)), [["name", "assign"], ["assign", "name", "assign"]]);
  assert.deepEqual(given.map(({ ids }) => ids), [["id-0", "id-1"], ["id-0"], ["id-1", "id-2"]]);
});

test("of answers that go together, only the one that is refused comes back", async () => {
  const { evening, outbox, failures } = begin(async (drafts) => {
    if (drafts.some(({ name }) => name === "Carl")) throw new Error("refused");
    return drafts.map(() => ["id"]);
  });
  for (const name of ["Ann", "Bob", "Carl"]) outbox.add(evening.itIsNew(name));
  await settled();
  assert.deepEqual(failures, ["refused"]);
  assert.deepEqual(evening.given.map(({ state }) => state), ["kept", "kept", "lost"]);
});

test("a name that the album keeps besides belongs to the decision about that person", () => {
  const drafts = [{ kind: "name", person: "A" }, { kind: "assign", person: "B" }, { kind: "assign", person: "C" }];
  const kept = [
    { id: "1", kind: "name", person: "A" },
    { id: "2", kind: "name", person: "B" },
    { id: "3", kind: "assign", person: "B" },
    { id: "4", kind: "assign", person: "C" },
  ];
  assert.deepEqual(idsOfEach(drafts, kept), [["1"], ["2", "3"], ["4"]]);
});

test("an answer that couldn't be saved comes back as the question", async () => {
  const { evening, outbox, failures } = begin(async () => {
    throw new Error("no connection");
  });
  outbox.add(evening.itIsNew("Ann"));
  await settled();
  assert.deepEqual(failures, ["no connection"]);
  assert.equal(evening.current.id, "a");
  assert.deepEqual([evening.named, evening.total], [1, 4]);
});

test("what is undone before it was sent is never sent", async () => {
  let release;
  const { evening, outbox, sent } = begin(() => new Promise((resolve) => (release = () => resolve([["1"], ["2"]]))));
  outbox.add(evening.itIsNew("Ann"));
  const second = evening.itIs({ id: "X", name: "Bob" });
  outbox.add(second);
  assert.equal(outbox.takeBack(second), true);
  evening.askAgain(second);
  release();
  await settled();
  assert.equal(sent.length, 1);
  assert.equal(evening.current.id, "b");
});

test("what is on its way is undone by its ids, the last one first", async () => {
  const { evening, outbox, sent } = begin();
  const given = evening.itIsNew("Ann");
  outbox.add(given);
  assert.equal(outbox.takeBack(given), false);
  outbox.add(undoOf(given));
  evening.askAgain(given);
  await settled();
  assert.deepEqual(sent[1], [{ kind: "undo", event: "id-1" }, { kind: "undo", event: "id-0" }]);
  assert.equal(evening.current.id, "a");
});

test("what was put off or answered isn't asked again, and the question stays", () => {
  const { evening } = begin();
  evening.skip();
  evening.itIsNew("Ann");
  evening.takeIn(asked(group("d"), group("a"), group("b"), group("c")));
  assert.deepEqual(evening.questions.map(({ id }) => id), ["c", "d"]);
});

test("Undo goes back step by step", () => {
  const { evening } = begin();
  const first = evening.itIsNew("Ann");
  const second = evening.itIsNew("Bob");
  assert.equal(evening.last, second);
  evening.askAgain(second);
  assert.equal(evening.last, first);
  evening.askAgain(first);
  assert.equal(evening.last, undefined);
  assert.deepEqual(evening.questions.map(({ id }) => id), ["a", "b", "c"]);
});

test("ids are ULIDs that sort by time", () => {
  assert.match(newId(), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  assert.ok(newId(1_000_000_000_000) < newId(1_000_000_000_001));
});

test("a row confirms the faces that are left in it, and refuses the others for good", () => {
  const faces = Array.from({ length: 14 }, (_, index) => face(String(index)));
  assert.deepEqual(inRows(faces).map(({ length }) => length), [12, 2]);
  assert.deepEqual(rowDrafts("P", faces.slice(0, 1), faces.slice(1, 2)), [
    { kind: "assign", person: "P", faces: [faces[0]] },
    { kind: "reject", person: "P", faces: [faces[1]] },
  ]);
  assert.deepEqual(rowDrafts("P", [], faces.slice(0, 1)).map(({ kind }) => kind), ["reject"]);
});
