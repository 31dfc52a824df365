// A site's own code around fieldpost.js: connect and pair, log, tell how far it is, and save a
// file where fieldpost cannot be reached.
import { FieldpostError, connect, download, logMeeting, logShare, pair, receipt } from "./fieldpost.js";
import { words } from "./fieldpost.fr.js";

const at = (id) => document.getElementById(id);
const say = (text) => { at("told").textContent = text; };

let unsent; // what did not get through, with the key under which it is logged once

// attempt does what a click asks for, and says in fieldpost's words why it failed.
async function attempt(act) {
  say("");
  unsent = undefined;
  try {
    await act();
  } catch (error) {
    if (!(error instanceof FieldpostError)) throw error;
    say(error.message);
    unsent = error.activity;
  }
  at("again").hidden = at("save").hidden = !unsent;
}

// The first call comes from a click, so that the browser's question makes sense to the rep.
at("pair").addEventListener("click", () => attempt(async () => {
  const { paired } = await connect(document.documentElement.lang === "fr" ? { words } : {});
  if (!paired) {
    await pair("Acme showroom", (port) => say(`Allow this site on fieldpost’s page, http://127.0.0.1:${port}.`));
  }
  say("Connected to fieldpost.");
}));

async function share(activity) { logged("Share", await logShare(activity)); }
async function meeting(activity) { logged("Meeting", await logMeeting(activity)); }

at("share").addEventListener("submit", (event) => {
  event.preventDefault();
  const { email } = event.target.elements;
  attempt(() => share({
    channel: "link", subject: "Brochure 2027", url: "https://acme.showpad.biz/share/brochure-2027",
    people: [{ email: email.value }],
  }));
});

at("meeting").addEventListener("submit", (event) => {
  event.preventDefault();
  const { email, subject, start, end } = event.target.elements;
  attempt(() => meeting({
    subject: subject.value, start: new Date(start.value), end: new Date(end.value), people: [{ email: email.value }],
  }));
});

at("again").addEventListener("click", () => {
  const activity = unsent;
  attempt(() => (activity.kind === "share" ? share(activity) : meeting(activity)));
});

at("save").addEventListener("click", () => {
  download(unsent);
  say("Drop the file into fieldpost’s Inbox folder. It is logged once, even if it got through after all.");
});

// logged shows a receipt, and how far the activity is until it stands in Salesforce.
async function logged(what, { id, state }) {
  const line = document.createElement("li");
  at("logged").prepend(line);
  for (; ; await new Promise((wake) => setTimeout(wake, 2000))) {
    line.textContent = `${what}: ${state}`;
    if (state !== "waiting" && state !== "sending") return;
    try {
      ({ state } = await receipt(id));
    } catch (error) {
      if (error.code === "not_found") return; // it came in by its file: this page may not read it
    }
  }
}
