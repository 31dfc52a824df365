/*
 * Hands a page's shares and meetings to fieldpost on the rep's computer. Ship it with your own
 * code; example.js shows it at work.
 *
 * - Call it from a click: Chrome (from 142) and Firefox ask whether the site may reach apps on this
 *   device. An iframe needs allow="loopback-network", a CSP "connect-src http://127.0.0.1:*".
 * - The site is on https and stands in fieldpost's setting web.allowed_origins.
 * - The token lies in localStorage: every script of your origin can read it.
 */

// What can fail, by code; fieldpost.fr.js says it in French.
const words = {
  insecure: "The browser keeps pages without https from fieldpost. Open the site by https.",
  safari: "Safari keeps https pages from apps on this device. Use another browser, or save the file and drop it into fieldpost’s Inbox.",
  permission: "The browser keeps this site from apps on this device. Click the sign beside the address, allow them, and try again.",
  no_answer: "fieldpost does not answer: it is stopped, or does not allow this site (web.allowed_origins). Open it and try again, or save the file and drop it into its Inbox.",
  impostor: "What answers is not the fieldpost this site was paired with, or it removed the site. Nothing was sent. Open your fieldpost and try again, or pair again.",
  not_paired: "This site is not paired with fieldpost yet. Pair it, and allow it on fieldpost’s page.",
  denied: "This site was refused on fieldpost’s page. It may ask again in a day.",
  expired: "Nobody answered on fieldpost’s page in time. Open it and ask again.",
};

const settings = { ports: [7411, 7412, 7413, 7414, 7415, 7416, 7417, 7418, 7419, 7420], words };

/**
 * All that is thrown: "message" for people, "code" for programs (these, or the daemon's).
 * "activity" is what was to be logged: log it again (its key logs it once), or download() it.
 */
export class FieldpostError extends Error {
  constructor(code, message = settings.words[code], more) {
    super(message);
    Object.assign(this, { name: "FieldpostError", code }, more);
  }
}

const random = () => crypto.getRandomValues(new Uint32Array(4)).join("-");
const kept = (name) => localStorage.getItem("fieldpost." + name);
const keep = (name, value) => localStorage.setItem("fieldpost." + name, value);

// An address in figures needs no targetAddressSpace.
const call = (port, path, seconds, options) => fetch(`http://127.0.0.1:${port}${path}`, {
  cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(seconds * 1000), ...options,
});

// ask calls a port; what it refuses is thrown in its words.
async function ask(port, path, body, token) {
  const headers = {};
  if (token) headers.Authorization = "Bearer " + token;
  if (body) headers["Content-Type"] = "application/json";
  let answer, told;
  try {
    answer = await call(port, path, 30, { method: body ? "POST" : "GET", headers, body: JSON.stringify(body) });
    told = await answer.json();
  } catch {
    throw new FieldpostError("no_answer");
  }
  if (answer.ok) return told;
  const message = [told.title + ".", told.detail, told.remedy].filter(Boolean).join(" ");
  throw new FieldpostError(told.code, message, { status: answer.status, field: told.field });
}

async function proof(token, nonce, port) {
  const bytes = (text) => new TextEncoder().encode(text);
  const secret = await crypto.subtle.digest("SHA-256", bytes(token));
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytes(nonce + "|" + port));
  return Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// hello gives a port back if the fieldpost that knows the token listens there, 0 if something else
// does. With a new nonce and the port in it, no proof can be used again or passed on.
async function hello(port, token, seconds) {
  const nonce = random();
  const answer = await call(port, "/v1/hello?n=" + nonce, seconds);
  const { proofs } = await answer.json();
  return (token ? proofs.includes(await proof(token, nonce, port)) : Array.isArray(proofs)) ? port : 0;
}

// find comes before each call that carries the token: another user's program may have taken the port.
async function find(token) {
  if (!isSecureContext) throw new FieldpostError("insecure");
  const seconds = (await permission()) === "granted" ? 5 : 60; // time to answer the browser
  let others = false;
  for (const ports of [token ? [Number(kept("port"))] : [], settings.ports]) {
    // All at once, as a closed port can take seconds; the first in order counts.
    for (const asked of ports.map((port) => hello(port, token, seconds).catch(() => {}))) {
      const port = await asked;
      if (port && token) keep("port", port);
      if (port) return port;
      others ||= port === 0;
    }
  }
  if (others) throw new FieldpostError("impostor");
  if ((await permission()) === "denied") throw new FieldpostError("permission");
  // Apple's engine takes http://127.0.0.1 for mixed content.
  throw new FieldpostError(location.protocol === "https:" && /^Apple/.test(navigator.vendor) ? "safari" : "no_answer");
}

async function permission() {
  for (const name of ["loopback-network", "local-network-access"]) { // Chrome from 145, from 142
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch { /* unknown by this name */ }
  }
}

async function send(path, body) {
  const token = kept("token");
  if (!token) throw new FieldpostError("not_paired");
  return ask(await find(token), path, body, token);
}

async function log(activity) {
  activity = { ...activity, key: activity.key || random() };
  try {
    return await send("/v1/activities", activity);
  } catch (error) {
    if (![400, 413, 422].includes(error.status)) error.activity = activity; // a file would fail too
    throw error;
  }
}

/**
 * Finds fieldpost; where the site is paired, it proves to be that one.
 * @param {{ports?: number[], words?: object}} [options] instead of 7411 to 7420 and English
 * @returns {Promise<{port: number, paired: boolean}>}
 */
export async function connect(options) {
  Object.assign(settings, options);
  const token = kept("token");
  return { port: await find(token), paired: !!token };
}

/**
 * Asks the rep, who has two minutes to allow the site on fieldpost's page.
 * @param {string} name what the site calls itself
 * @param {(port: number) => void} [onAsk] called once they are asked
 */
export async function pair(name, onAsk) {
  const port = await find();
  const { id } = await ask(port, "/v1/pair", { name });
  onAsk?.(port);
  for (;;) {
    await new Promise((wake) => setTimeout(wake, 1000));
    const { state, token } = await ask(port, "/v1/pair/" + encodeURIComponent(id));
    if (token) {
      keep("port", port);
      return keep("token", token);
    }
    if (state !== "pending") throw new FieldpostError(state === "denied" ? state : "expired");
  }
}

/**
 * Logs a share: {channel: "email"|"link"|"space", subject, url, people: [{email, name}], …}.
 * @returns {Promise<{id: string, state: string}>} once it is safe on disk
 */
export const logShare = (share) => log({ occurred_at: new Date(), ...share, kind: "share" });

/**
 * Logs a meeting, likewise: {subject, start, end, people: [{email, name}], …}.
 */
export const logMeeting = (meeting) => log({ ...meeting, kind: "meeting" });

/**
 * Tells how far an activity of this site is.
 * @returns {Promise<{id: string, state: string, record: ?{id: string, url: string}}>}
 */
export const receipt = (id) => send("/v1/activities/" + encodeURIComponent(id));

/** Saves an error's activity as a file for fieldpost's Inbox. */
export function download(activity) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(activity)], { type: "application/json" }));
  link.download = `fieldpost-${activity.key}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
