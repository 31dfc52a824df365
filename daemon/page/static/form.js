// The forms that log and edit an activity: they are composed into what the port takes,
// kept as a draft while they are typed, and people and records are found as one types.
import { ask, at, lost, say, send } from "./port.js";

const two = (n) => String(n).padStart(2, "0");

// stamp writes a date and time of this computer with its offset; "" for none.
function stamp(date) {
  if (isNaN(date)) return "";
  const offset = -date.getTimezoneOffset(), east = Math.abs(offset);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:00` +
    (offset < 0 ? "-" : "+") + two(Math.floor(east / 60)) + ":" + two(east % 60);
}

// compose makes an activity of a form, as it is.
export function compose(form) {
  if (form.elements.key && !form.elements.key.value) form.elements.key.value = crypto.randomUUID(); // so that it is logged once
  const given = new FormData(form), text = (name) => (given.get(name) ?? "").trim();
  const a = {};
  for (const name of ["kind", "key", "channel", "subject", "url", "body", "location", "notes"]) {
    if (given.has(name)) a[name] = text(name);
  }
  a.people = given.getAll("people").map(JSON.parse);
  if (text("related")) a.related_to = JSON.parse(text("related"));
  if (text("occurred_at")) a.occurred_at = stamp(new Date(text("occurred_at")));
  if (given.has("start")) {
    const start = new Date(text("start"));
    a.start = stamp(start);
    a.end = stamp(new Date(start.getTime() + 60_000 * text("minutes")));
    a.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  return a;
}

const filled = (a) => Object.fromEntries(Object.entries(a).filter(([, value]) => value !== "" && value?.length !== 0));

// submit logs what a form says, or changes what is there. It gives the answer, or nothing.
export async function submit(form) {
  const { path, method, draft } = form.dataset, activity = compose(form);
  if (method === "PATCH") {
    delete activity.key;
    delete activity.kind;
    for (const name in activity) if (activity[name] === "" || activity[name]?.length === 0) activity[name] = null;
    if (!activity.related_to) activity.related_to = null;
  }
  const answer = await send(method, path, method === "PATCH" ? activity : filled(activity));
  if (!answer) return;
  clearTimeout(keeping);
  if (method === "POST" && answer.status === 200) { // this form was logged before, here or in another tab
    form.elements.key.value = "";
    say(form.dataset.known);
    return;
  }
  if (draft) await send("DELETE", draft);
  say(form.dataset.done);
  return answer.json();
}

let keeping = 0;

// keep has the daemon keep what is typed.
function keep(form) {
  const { draft } = form.dataset;
  if (!draft) return;
  clearTimeout(keeping);
  keeping = setTimeout(() => send("PUT", draft, filled(compose(form))).catch(lost), 300);
}

const chips = (form) => form.querySelector(".chips");

function addPerson(form, person, company = "") {
  const list = chips(form), value = JSON.stringify(person);
  const known = [...list.querySelectorAll("input")].some((other) => {
    const p = JSON.parse(other.value);
    return person.id ? p.id === person.id : p.email?.toLowerCase() === person.email.toLowerCase();
  });
  if (!known) {
    const chip = at("chip").content.cloneNode(true).firstElementChild;
    chip.querySelector("span").textContent = person.name || person.email;
    chip.querySelector("button").ariaLabel += " " + (person.name || person.email);
    chip.querySelector("input").value = value;
    chip.dataset.company = company;
    list.append(chip);
  }
  changed(form);
}

// changed follows a change of the people: the subject that nobody typed, the records that
// fit, the draft.
function changed(form) {
  const first = chips(form).querySelector("li"), person = first && JSON.parse(first.querySelector("input").value);
  const subject = form.elements.subject, pattern = subject?.dataset.pattern;
  if (pattern && (subject.value === "" || subject.value === subject.dataset.offered)) {
    const who = person && (first.dataset.company || person.name || person.email);
    subject.value = subject.dataset.offered = who ? pattern.replace("{who}", who) : "";
  }
  suggest(form, person).catch(lost);
  keep(form);
}

// suggest draws what the activity may be related to. What was chosen stays chosen.
async function suggest(form, person) {
  const field = form.querySelector(".related");
  if (!field) return;
  const query = new URLSearchParams({ kind: form.elements.kind.value, person: person?.id || person?.email || "" });
  const chosen = field.querySelector("input[name=related]:checked");
  if (chosen) query.set("chosen", chosen.value);
  const answer = await ask("/ui/related?" + query);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".choices");
  field.querySelector(".choices").replaceWith(fresh);
}

// A combobox finds people or records as one types (ARIA: combobox with a listbox).
let typing = 0;

function type(input) {
  clearTimeout(typing);
  typing = setTimeout(() => find(input).catch(lost), 60);
}

async function find(input) {
  const list = input.nextElementSibling, text = input.value.trim();
  if (!text) return fold(input);
  const answer = await ask(`/v1/${input.dataset.combo}?limit=8&q=${encodeURIComponent(text)}`);
  if (!answer?.ok || input.value.trim() !== text) return;
  const found = (await answer.json()).items;
  list.replaceChildren(...found.map((one, i) => option(input, one, i)));
  unfold(input, found.length > 0);
  at("counted").textContent = found.length ? input.dataset.found.replace("{n}", found.length) : input.dataset.none;
  mark(input, found.length ? 0 : -1);
}

function option(input, one, i) {
  const li = document.createElement("li"), more = document.createElement("span");
  li.role = "option";
  li.id = input.id + "-" + i;
  li.textContent = one.name || one.email;
  more.className = "quiet";
  more.textContent = " " + [one.company, one.email, one.account].filter(Boolean).join(" · ");
  li.append(more);
  li.one = one;
  return li;
}

function unfold(input, open) {
  input.nextElementSibling.hidden = !open;
  input.ariaExpanded = String(open);
}

function fold(input) {
  unfold(input, false);
  input.removeAttribute("aria-activedescendant");
}

function mark(input, index) {
  const all = [...input.nextElementSibling.children];
  all.forEach((li, i) => { li.ariaSelected = String(i === index); });
  if (all[index]) input.setAttribute("aria-activedescendant", all[index].id);
  else input.removeAttribute("aria-activedescendant");
}

function pick(input, one) {
  const form = input.form;
  input.value = "";
  fold(input);
  if (input.dataset.answer) return answer(input, one).catch(lost);
  if (input.dataset.combo === "people") {
    addPerson(form, { id: one.id, name: one.name, email: one.email }, one.company);
  } else {
    choose(form, { id: one.id, object: one.object, name: one.name });
  }
}

// answer says once who an address is.
async function answer(input, one) {
  const { answer: path, address, done } = input.dataset;
  if (!await send("POST", path, { address, id: one.id })) return;
  say(done);
  document.dispatchEvent(new Event("answered"));
}

function choose(form, record) {
  const choices = form.querySelector(".related .choices"), value = JSON.stringify(record);
  let radio = [...choices.querySelectorAll("input")].find((other) => other.value && JSON.parse(other.value).id === record.id);
  if (!radio) {
    const line = at("choice").content.cloneNode(true).firstElementChild;
    radio = line.querySelector("input");
    radio.value = value;
    line.querySelector("span").textContent = record.name;
    choices.append(line);
  }
  radio.checked = true;
  keep(form);
}

// address takes what was typed as an address, where it can be one.
function address(input) {
  const text = input.value.trim().replace(/[,;]$/, "");
  if (!input.form || input.dataset.combo !== "people" || !/^[^\s@]+@[^\s@]+$/.test(text)) return false;
  input.value = "";
  fold(input);
  addPerson(input.form, { email: text });
  return true;
}

document.addEventListener("input", (event) => {
  const { target } = event;
  if (target.dataset.combo) type(target);
  if (target.form?.dataset.draft) keep(target.form);
});

document.addEventListener("keydown", (event) => {
  const { target: input, key } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey) && input.form?.dataset.path) {
    event.preventDefault();
    input.form.requestSubmit();
    return;
  }
  if (!input.dataset?.combo) return;
  const options = [...input.nextElementSibling.children], open = !input.nextElementSibling.hidden;
  const now = options.findIndex((li) => li.ariaSelected === "true");
  if (key === "Escape" && open) fold(input);
  else if (key === "ArrowDown" && !open) type(input);
  else if (key === "ArrowDown" && open) mark(input, (now + 1) % options.length);
  else if (key === "ArrowUp" && open) mark(input, (now - 1 + options.length) % options.length);
  else if (key === "Enter" && open && now >= 0) pick(input, options[now].one);
  else if (key === "Enter" || key === "," || key === ";") { if (!address(input) && key !== "Enter") return; }
  else if (key === "Backspace" && input.value === "" && input.form && input.dataset.combo === "people") chips(input.form).querySelector("li:last-child button")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("focusout", (event) => {
  const input = event.target;
  if (!input.dataset?.combo) return;
  if (!address(input)) setTimeout(() => fold(input), 150);
});

document.addEventListener("pointerdown", (event) => {
  const li = event.target.closest("[role=option]");
  if (!li) return;
  event.preventDefault();
  pick(li.parentElement.previousElementSibling, li.one);
});

// dropChip takes a person out again.
export function dropChip(button) {
  const form = button.closest("form"), chip = button.closest("li");
  (chip.nextElementSibling ?? chip.previousElementSibling)?.querySelector("button").focus();
  chip.remove();
  if (!document.activeElement || document.activeElement === document.body) form.querySelector("[data-combo=people]").focus();
  changed(form);
}

// setting reads the value that a form gives a setting.
export function setting(form) {
  const { as } = form.dataset, field = form.elements.value;
  switch (as) {
    case "json": try { return JSON.parse(field.value); } catch { return field.value; } // the daemon says what is wrong
    case "bool": return form.elements.value.checked;
    case "number": return Number(field.value);
    case "choices": return [...form.querySelectorAll("input[name=value]:checked")].map((box) => box.value);
    case "list": return field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }
  return field.value;
}
