// The status page's script: it shows the part of the page that the address names, draws
// what the daemon drew, and does what buttons, forms and dropped files say.
import { ask, at, closed, enter, lost, problemText, refused, say, send, show, signedIn } from "./port.js";
import { dropChip, setting, submit } from "./form.js";

let drawing = null, again = false, listening = false, soon = 0, drawn = -150;

// here is the part that the address names: "#item?id=…".
const here = () => location.hash.slice(1) || "today";

// draw shows how things stand, section by section, so that what is open stays open, what is
// typed stays typed and the focus stays where it is.
// What is asked for while it draws is drawn after it; whoever asked waits for that.
function draw() {
  again = true;
  return drawing ??= (async () => {
    try {
      while (again) {
        again = false;
        const answer = await ask("/ui/" + here());
        if (answer?.ok) place(new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild);
        else if (answer) refused(await answer.json());
      }
    } finally {
      drawing = null;
    }
  })();
}

function place(fresh) {
  document.documentElement.lang = fresh.lang;
  const view = at("view"), old = view.firstElementChild, kept = document.activeElement?.closest("[data-keep]");
  let focus = marks(document.activeElement);
  if (old?.tagName === "DIV") {
    for (const details of old.querySelectorAll("details[open]")) {
      fresh.querySelector("#" + CSS.escape(details.id))?.setAttribute("open", "");
    }
    const before = new Map([...old.children].map((part) => [part.id, part]));
    const parts = [...fresh.children].map((part) => {
      const same = before.get(part.id);
      if (same?.dataset.rows !== undefined && old.lang === fresh.lang) return renew(same, part);
      return same?.outerHTML === part.outerHTML || same?.dataset.keep && same.dataset.keep === part.dataset.keep ? same : part;
    });
    old.lang = fresh.lang;
    for (const part of [...old.children]) if (!parts.includes(part)) part.remove();
    let next = old.firstElementChild; // what stays is not moved: that would take the focus out of it
    for (const part of parts) {
      if (part === next) next = next.nextElementSibling;
      else old.insertBefore(part, next);
    }
  } else view.replaceChildren(fresh);
  const body = document.activeElement === document.body;
  view.dataset.part = here();
  if (kept && !kept.isConnected) focus = []; // another form stands there: it says where to begin
  for (const selector of focus) {
    if (document.activeElement !== document.body) return;
    view.querySelector(selector)?.focus();
  }
  if (body && document.activeElement === document.body) view.querySelector("[autofocus]")?.focus();
}

// renew replaces the rows that changed: what is typed into the others stays.
function renew(part, fresh) {
  for (const row of fresh.querySelectorAll("li[id]")) {
    const was = at(row.id);
    if (was?.outerHTML !== row.outerHTML) was?.replaceWith(row);
  }
  return part;
}

// marks gives selectors by which an element, or what stands nearest to it, is
// found again after a redraw.
function marks(element) {
  const found = [], { path, method } = element?.dataset ?? {};
  const holder = element?.closest("main [id]");
  if (path) found.push(`[data-path="${CSS.escape(path)}"][data-method="${method}"]`);
  if (!holder || holder.id === "view") return found;
  const id = "#" + CSS.escape(holder.id);
  if (holder === element) found.push(id);
  return [...found, id + " > summary", id + " summary", id + " button"];
}

// turn shows the part that the address names now.
async function turn() {
  const name = here().replace(/\?.*/, "");
  for (const link of at("views").children) link.ariaCurrent = link.hash === "#" + name ? "page" : null;
  await draw();
}

// listen draws anew whenever the daemon says that something changed.
async function listen() {
  if (listening) return;
  listening = true;
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      const answer = await ask("/v1/events");
      if (!answer) break;
      if (answer.ok) {
        show("lost", false);
        pause = 500;
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let part; !(part = await reader.read()).done;) {
          if (part.value.trim() !== ":") later();
        }
      }
    } catch {
      lost();
    }
    await new Promise((wake) => setTimeout(wake, pause));
  }
  listening = false;
}

// later draws at once, and again 150 ms after at the soonest, however much is told
// meanwhile; what is only drawn when it is asked for says so.
function later() {
  if (soon || at("view").querySelector("[data-still]")) return;
  const wait = Math.max(0, drawn + 150 - performance.now());
  soon = setTimeout(() => {
    soon = 0;
    drawn = performance.now();
    draw().catch(() => {});
  }, wait);
}

// busy does something for a button, once at a time.
async function busy(button, act) {
  if (button?.ariaDisabled) return;
  if (button) button.ariaDisabled = "true";
  try {
    await act();
  } catch {
    lost();
  } finally {
    if (button) button.ariaDisabled = null;
  }
}

// press does what a button says, and tells how it went.
async function press(button) {
  const { method, path, done, body = "{}" } = button.dataset;
  const answer = await send(method, path, method === "DELETE" ? undefined : JSON.parse(body));
  if (!answer) return;
  say(button.dataset.checks ? (await answer.json()).items.map((check) => check.title).join(" ") : done);
  if (button.dataset.then) location.hash = button.dataset.then;
  else await draw();
}

// log submits a form of an activity and shows what became of it.
async function log(form) {
  const told = await submit(form);
  if (!told) return;
  if (form.dataset.then) {
    const then = form.dataset.then + told.id;
    if ("#" + here() === then) await draw();
    else location.hash = then;
  } else await draw();
}

// hand gives files to the daemon, and tells of each.
async function hand(files, done) {
  if (files.length === 0) return;
  const form = new FormData();
  for (const file of files) form.append("file", file);
  const answer = await ask("/v1/files", { method: "POST", body: form });
  if (!answer) return;
  const told = await answer.json();
  if (!answer.ok) return refused(told);
  const problems = told.receipts.filter((one) => one.problem).map(({ file, problem }) => `${file}: ${problemText(problem)}`);
  say([done.replace("{n}", told.receipts.length - problems.length), ...problems].join(" "));
  await draw();
}

// login opens Salesforce in a tab of its own, made at once so that no browser
// takes it for a pop-up.
async function login(button) {
  const tab = window.open("", "_blank");
  if (tab) tab.opener = null;
  const answer = await send("POST", "/v1/auth/login", {});
  if (!answer) return tab?.close();
  const url = new URL((await answer.json()).authorize_url);
  if (!["https:", "http:"].includes(url.protocol)) return;
  say(button.dataset.login);
  (tab ?? window).location.href = url.href;
}

function theme(next) {
  if (next) localStorage.setItem("theme", next);
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("nav a")) say(""); // what was said belongs to what is left
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "theme") {
    const dark = getComputedStyle(button).getPropertyValue("--dark").trim() === "1";
    theme(dark ? "light" : "dark");
  } else if (button.dataset.drop !== undefined) dropChip(button);
  else if (button.dataset.path) busy(button, () => press(button));
  else if (button.dataset.login) busy(button, () => login(button));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector("button.main");
  if (form.dataset.setting) {
    busy(button, async () => {
      if (await send("PATCH", "/v1/settings", { [form.dataset.setting]: setting(form) })) { say(form.dataset.done); await draw(); }
    });
  } else if (form.dataset.path) busy(button, () => log(form));
});

// What is typed into a filter changes the address, and so what is shown.
let filtering = 0;

document.addEventListener("input", (event) => {
  const form = event.target.form, part = form?.dataset.filter;
  if (!part) return;
  clearTimeout(filtering);
  filtering = setTimeout(() => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", "#" + part + (query.size ? "?" + query : ""));
    turn().catch(lost);
  }, 80);
});

document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.type === "file") busy(null, async () => { await hand([...target.files], target.dataset.done); target.value = ""; });
});

// Files may be dropped anywhere on the page.
const carriesFiles = (event) => signedIn() && event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("dropping"); });
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!carriesFiles(event)) return;
  event.preventDefault();
  busy(null, () => hand([...event.dataTransfer.files], at("drop").dataset.done));
});

document.addEventListener("answered", () => draw().catch(lost));

document.addEventListener("visibilitychange", () => { if (!document.hidden && signedIn()) later(); });
addEventListener("hashchange", () => {
  if (new URLSearchParams(location.hash.slice(1)).has("code")) start();
  else if (signedIn()) turn().then(arrive, lost);
});

// arrive puts the focus into the part that is shown now.
function arrive() {
  if (at("view").contains(document.activeElement)) return;
  scrollTo(0, 0);
  (at("view").querySelector("[autofocus]") ?? at("view")).focus();
}

async function start() {
  try { await enter(); } catch { lost(); }
  if (!signedIn()) { closed(!at("used").hidden); return; }
  show("closed", false);
  show("views", true);
  turn().catch(lost);
  await listen();
}

theme();
start();
