// The members, in the owner's place: invited, changed, signed out and removed.

import { make } from "../elements.js";
import { formatDay, formatList, t, tn } from "../language.js";
import { handed } from "../sharing/handed.js";
import { ask, field } from "./asking.js";
import { changeMember, invite, readMembers, removeMember, signOutMember } from "./letting-calls.js";
import { whyNot } from "./manage-refusals.js";
import { button, quiet, reach, tick } from "./own-parts.js";
import { told } from "./owner-toast.js";

/**
 * @typedef {import("./letting-calls.js").Member} Member
 * @typedef {import("./manage-calls.js").OwnSet} OwnSet
 */

// More would be a page of nothing but members.
const MOST_SHOWN = 20;

/** @param {OwnSet[]} sets */
export function membersPanel(sets) {
  const list = make("ul", { className: "own-rows" });
  const status = make("p", { className: "quiet", textContent: t("Loading…") });
  status.setAttribute("role", "status");
  const titles = new Map(sets.map(({ set, shown_title: title }) => [set, title]));
  const finder = make("input", { type: "search", autocomplete: "off" });
  const find = field(t("Find a member"), finder);
  find.hidden = true;
  /** @type {Member[]} */
  let members = [];
  const view = () => {
    const found = members.filter(({ email }) => email.toLowerCase().includes(finder.value.trim().toLowerCase()));
    list.replaceChildren(...found.slice(0, MOST_SHOWN).map((member) => memberRow(member, sets, titles, show)));
    const more = found.length - MOST_SHOWN;
    find.hidden = members.length <= MOST_SHOWN;
    if (!members.length) status.textContent = t("There are no members yet.");
    else if (!found.length) status.textContent = t("No member has such an address.");
    else status.textContent = more > 0 ? tn("%(num)s more: type part of an address to find it.", "%(num)s more: type part of an address to find one.", more) : "";
  };
  finder.addEventListener("input", view);
  const show = async () => {
    try {
      members = await readMembers();
      view();
    } catch (error) {
      status.textContent = whyNot(error);
    }
  };
  void show();
  const add = button(t("Invite somebody…"), () => {
    const mail = make("input", { type: "email", required: true, autocomplete: "off" });
    const rights = rightsFields(sets, { sets: null, may_add: false });
    ask(t("Invite somebody"), [field(t("Email address"), mail), ...rights.fields], t("Invite"), async () => {
      const invited = await invite(mail.value.trim(), rights.read());
      await show();
      if (invited.password) setTimeout(() => showPassword(invited.email, invited.password ?? ""));
      else told(invited.mailed ? t("%(email)s gets an email with a temporary password.", { email: invited.email }) : t("%(email)s already has an account, and can sign in with it.", { email: invited.email }));
    });
  }, "strong");
  return make("div", { className: "own-panel" }, find, list, status, make("p", { className: "actions" }, add));
}

/** Where no mail goes out, the owner passes it on. @param {string} email @param {string} password */
function showPassword(email, password) {
  const shown = make("input", { readOnly: true, value: password });
  const words = make("p", { textContent: t("This site sends no email: pass this temporary password on to %(email)s. They choose their own when they sign in at %(address)s.", { email, address: handed("/account/") }) });
  ask(t("Invited"), [words, field(t("Temporary password"), shown), ...reach()], t("Done"), async () => {}, { otherwise: "" });
  shown.select();
}

/**
 * @param {Member} member
 * @param {OwnSet[]} sets
 * @param {Map<string, string>} titles
 * @param {() => Promise<void>} show
 */
function memberRow(member, sets, titles, show) {
  const { email } = member;
  const seen = member.sets === null ? t("sees all albums") : t("sees %(albums)s", { albums: formatList(member.sets.map((set) => titles.get(set) ?? set)) });
  const facts = member.owner ? [t("owner")] : [seen, member.may_add ? t("may add photos") : "", member.invited_at ? t("invited on %(date)s", { date: formatDay(member.invited_at) }) : ""];
  const words = make("div", { className: "own-words" }, make("h3", { dir: "auto", textContent: email }), quiet(facts.filter(Boolean).join(" · ")));
  const item = make("li", { className: "own-row" }, words);
  if (member.owner) return item;
  const named = (/** @type {HTMLButtonElement} */ made, /** @type {string} */ label) => {
    made.setAttribute("aria-label", label);
    return made;
  };
  const change = named(button(t("Change…"), () => {
    const rights = rightsFields(sets, member);
    ask(email, rights.fields, t("Save"), async () => {
      await changeMember(email, rights.read());
      await show();
      told(t("Saved."));
    });
  }), t("Change %(email)s", { email }));
  const out = named(button(t("Sign out…"), () => {
    const sure = [make("p", { textContent: t("Their visits end within a minute, on all their devices. They can sign in again.") })];
    ask(t("Sign out %(email)s?", { email }), sure, t("Sign out"), async () => {
      await signOutMember(email);
      told(t("Signed out."));
    });
  }), t("Sign out %(email)s", { email }));
  const remove = named(button(t("Remove…"), () => {
    const sure = [make("p", { textContent: t("They are out within a minute, even where they are signed in now. Photos they have added stay.") })];
    ask(t("Remove %(email)s?", { email }), sure, t("Remove"), async () => {
      const { account_gone: isGone } = await removeMember(email);
      await show();
      told(isGone ? t("Removed, with the account.") : t("Removed. The account stays, since visitors may make accounts themselves."));
    }, { isDangerous: true });
  }), t("Remove %(email)s", { email }));
  item.append(make("div", { className: "actions" }, change, out, remove));
  return item;
}

/** What somebody may see and do. @param {OwnSet[]} sets @param {{sets: string[] | null, may_add: boolean}} now */
function rightsFields(sets, now) {
  const all = tick(t("All albums, including future ones"), now.sets === null);
  // Albums that aren't there any more, or not yet, stay chosen.
  const names = [...new Set([...sets.map(({ set }) => set).reverse(), ...(now.sets ?? [])])];
  const titles = new Map(sets.map(({ set, shown_title: title }) => [set, title]));
  const some = names.map((set) => ({ set, ...tick(titles.get(set) ?? set, now.sets?.includes(set) ?? false) }));
  const list = make("div", { className: "own-ticks" }, ...some.map(({ label }) => label));
  const check = () => {
    list.hidden = all.box.checked;
    const isNothing = !all.box.checked && !some.some(({ box }) => box.checked);
    all.box.setCustomValidity(isNothing ? t("Choose at least one album, or all of them.") : "");
  };
  for (const { box } of [all, ...some]) box.addEventListener("change", check);
  check();
  const add = tick(t("May add photos"), now.may_add);
  const group = make("fieldset", { className: "own-choice" }, make("legend", { textContent: t("May see") }), all.label, list);
  return {
    fields: [group, add.label],
    read: () => {
      const chosen = some.filter(({ box }) => box.checked).map(({ set }) => set);
      return { sets: all.box.checked ? null : chosen, may_add: add.box.checked };
    },
  };
}
