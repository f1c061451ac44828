// Check-in: one phone is one entry, and an entry made without network is sent when there is some.
// The page works without this. The key is random, stays on the phone and is dropped after a day.
"use strict";
const DAY_MS = 24 * 60 * 60 * 1000;
const form = document.querySelector("form[data-check-in]");

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A private window: each visit is a new one then.
  }
}

async function send(waiting) {
  try {
    await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
  } catch {
    waiting.hidden = false;
    setTimeout(() => send(waiting), 3000);
    return;
  }
  waiting.hidden = true;
  HTMLFormElement.prototype.submit.call(form);
}

const done = document.querySelector("[data-checked-in]");
if (done) {
  const name = `check-in-${done.dataset.checkedIn}`;
  const known = read(name);
  if (known) write(name, { ...known, sent: true });
}

if (form) {
  const name = `check-in-${form.dataset.checkIn}`;
  const known = read(name);
  if (known && Date.now() - known.at < DAY_MS && !form.dataset.another) {
    form.elements.key.value = known.key;
    document.querySelector("[data-known]").hidden = !known.sent;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.another) write(name, { key: form.elements.key.value, at: Date.now() });
    send(document.querySelector("[data-offline]"));
  });
}
