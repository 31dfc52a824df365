// The page's way to the daemon: the token of this tab (sessionStorage, gone with the tab)
// and what is said about each call.
const tokenKey = "fieldpost.token";

export const at = (id) => document.getElementById(id);
export const signedIn = () => sessionStorage.getItem(tokenKey) !== null;

export function show(id, visible) { at(id).hidden = !visible; }

export function say(text) { at("told").textContent = text; }

// problemText tells a problem as the daemon words it.
export const problemText = (problem) => [problem.title + ".", problem.detail, problem.remedy].filter(Boolean).join(" ");

// lost tells that the daemon does not answer; what goes on listening finds it again.
export const lost = () => show("lost", true);

// closed tells how to open the page: this tab may not read anything.
export function closed(used) {
  sessionStorage.removeItem(tokenKey);
  at("view").replaceChildren();
  show("closed", true);
  show("used", used);
  show("lost", false);
  show("views", false);
}

// enter trades the one-time code of the address for a token and forgets the code.
export async function enter() {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const answer = await fetch("/v1/session", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }),
  });
  if (answer.ok) sessionStorage.setItem(tokenKey, (await answer.json()).token);
  else if (!signedIn()) closed(true);
}

const bytes = (text) => new TextEncoder().encode(text);

// proves tells that this is the daemon that gave the token: when it stops, a process of
// another user may take its port, and must get nothing.
async function proves(token) {
  const nonce = crypto.randomUUID();
  const answer = await fetch("/v1/hello?n=" + nonce);
  if (!answer.ok) throw new Error("hello: " + answer.status); // not now
  const { proofs } = await answer.json();
  const key = await crypto.subtle.importKey("raw", await crypto.subtle.digest("SHA-256", bytes(token)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const proof = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(`${nonce}|${location.port || 80}`)));
  return proofs.includes([...proof].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

// ask calls the daemon as this page; it gives nothing where the page is closed.
export async function ask(path, options = {}) {
  const token = sessionStorage.getItem(tokenKey);
  if (!token) return closed(false);
  if (!await proves(token)) {
    if (token === sessionStorage.getItem(tokenKey)) closed(false);
    return;
  }
  const answer = await fetch(path, { ...options, headers: { ...options.headers, Authorization: "Bearer " + token } });
  if (answer.status !== 401) return answer;
  if (token === sessionStorage.getItem(tokenKey)) closed(false);
}

// send calls with a JSON body; what is refused is said.
export async function send(method, path, body) {
  const options = { method };
  if (body !== undefined) Object.assign(options, { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  const answer = await ask(path, options);
  if (answer && !answer.ok) {
    refused(await answer.json());
    return;
  }
  return answer;
}

// refused says a problem and puts the focus on the field that it names.
export function refused(problem) {
  say(problemText(problem));
  const field = problem.field?.replace(/\[.*/, "");
  if (field) document.querySelector(`main [data-field~="${CSS.escape(field)}"]`)?.focus();
}
