// The status page's script. It holds the page's token (sessionStorage, gone with
// the tab), fetches what the daemon draws, and sends what buttons say.
const tokenKey = "fieldpost.token";
const at = (id) => document.getElementById(id);

let view = "today", query = "", drawing = false, again = false, listening = false, soon = 0;

function show(id, visible) { at(id).hidden = !visible; }

function say(text) { at("told").textContent = text; }

// closed tells how to open the page: this tab may not read anything.
function closed(used) {
  sessionStorage.removeItem(tokenKey);
  at("view").replaceChildren();
  show("closed", true);
  show("used", used);
  show("lost", false);
  show("views", false);
}

// enter trades the one-time code of the address for a token and forgets the code.
async function enter() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/v1/session", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }),
  });
  if (answer.ok) sessionStorage.setItem(tokenKey, (await answer.json()).token);
  else if (!sessionStorage.getItem(tokenKey)) closed(true);
}

// ask calls the daemon as this page; it gives nothing where the page is closed.
async function ask(path, options = {}) {
  const token = sessionStorage.getItem(tokenKey);
  const answer = await fetch(path, { ...options, headers: { ...options.headers, Authorization: "Bearer " + token } });
  if (answer.status !== 401) return answer;
  if (token === sessionStorage.getItem(tokenKey)) closed(false);
}

// draw shows how things stand, section by section, so that what is open stays
// open and the focus stays where it is.
async function draw() {
  if (drawing) { again = true; return; }
  drawing = true;
  try {
    const answer = await ask("/ui/" + view + query);
    if (answer?.ok) place(new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild);
  } finally {
    drawing = false;
  }
  if (again) { again = false; await draw(); }
}

function place(fresh) {
  document.documentElement.lang = fresh.lang;
  const view = at("view"), old = view.firstElementChild, focus = marks(document.activeElement);
  if (old?.tagName !== "DIV") { view.replaceChildren(fresh); return; }
  for (const details of old.querySelectorAll("details[open]")) {
    fresh.querySelector("#" + CSS.escape(details.id))?.setAttribute("open", "");
  }
  const before = new Map([...old.children].map((part) => [part.id, part]));
  old.replaceChildren(...[...fresh.children].map((part) => {
    const same = before.get(part.id);
    return same?.outerHTML === part.outerHTML ? same : part;
  }));
  for (const selector of focus) {
    if (document.activeElement !== document.body) return;
    view.querySelector(selector)?.focus();
  }
}

// marks gives selectors by which an element, or what stands nearest to it, is
// found again after a redraw.
function marks(element) {
  const found = [], { path, method } = element?.dataset ?? {};
  const holder = element?.closest("[id]");
  if (path) found.push(`[data-path="${CSS.escape(path)}"][data-method="${method}"]`);
  if (!holder || holder.id === "view") return found;
  const id = "#" + CSS.escape(holder.id);
  if (holder === element) found.push(id);
  return [...found, id + " > summary", id + " summary", id + " button"];
}

// turn shows another view of the page.
async function turn(button) {
  view = button.dataset.view;
  query = "";
  for (const other of button.parentElement.children) other.ariaCurrent = other === button ? "page" : null;
  await draw();
}

// open shows one part of a view; type, what fits to what is typed there.
async function open(part) {
  query = part;
  await draw();
}

let typing = 0;

document.addEventListener("input", (event) => {
  if (event.target.dataset.query === undefined) return;
  clearTimeout(typing);
  typing = setTimeout(() => open("?q=" + encodeURIComponent(event.target.value)).catch(() => show("lost", true)), 80);
});

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
      show("lost", true);
    }
    await new Promise((wake) => setTimeout(wake, pause));
  }
  listening = false;
}

// later draws soon; checks are made when they are asked for, not at each event.
function later() {
  if (view !== "today" && at("view").querySelector("#check-outcome")) return;
  clearTimeout(soon);
  soon = setTimeout(() => draw().catch(() => {}), 150);
}

// press does what a button says, and tells how it went.
async function press(button) {
  const { method, path, done, body = "{}" } = button.dataset;
  const options = { method };
  if (method === "POST") Object.assign(options, { body, headers: { "Content-Type": "application/json" } });
  if (button.ariaDisabled) return;
  button.ariaDisabled = "true";
  try {
    const answer = await ask(path, options);
    if (!answer) return;
    if (answer.ok && button.dataset.checks) say((await answer.json()).items.map((check) => check.title).join(" "));
    else if (answer.ok) say(done);
    else await refused(answer);
    await draw();
  } finally {
    button.ariaDisabled = null;
  }
}

async function refused(answer) {
  const problem = await answer.json();
  say([problem.title + ".", problem.detail, problem.remedy].filter(Boolean).join(" "));
}

// login opens Salesforce in a tab of its own, made at once so that no browser
// takes it for a pop-up.
async function login(button) {
  const tab = window.open("", "_blank");
  if (tab) tab.opener = null;
  const answer = await ask("/v1/auth/login", { method: "POST", body: "{}", headers: { "Content-Type": "application/json" } });
  if (!answer?.ok) {
    tab?.close();
    if (answer) await refused(answer);
    return;
  }
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
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "theme") {
    const dark = getComputedStyle(button).getPropertyValue("--dark").trim() === "1";
    theme(dark ? "light" : "dark");
  } else if (button.dataset.view) turn(button).catch(() => show("lost", true));
  else if (button.dataset.open !== undefined) open(button.dataset.open).catch(() => show("lost", true));
  else if (button.dataset.path) press(button).catch(() => show("lost", true));
  else if (button.dataset.login) login(button).catch(() => show("lost", true));
});
document.addEventListener("visibilitychange", () => { if (!document.hidden && sessionStorage.getItem(tokenKey)) later(); });
addEventListener("hashchange", start);

async function start() {
  try { await enter(); } catch { show("lost", true); }
  if (!sessionStorage.getItem(tokenKey)) { closed(!at("used").hidden); return; }
  show("closed", false);
  show("views", true);
  await listen();
}

theme();
start();
