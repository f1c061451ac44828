// Keeps the number on a letter's page current. The page is complete without it.
"use strict";
const line = document.querySelector("[data-count-url]");
const ends = Date.now() + 30 * 60 * 1000;

async function look() {
  if (Date.now() > ends) return;
  if (!document.hidden) {
    try {
      const answer = await fetch(line.dataset.countUrl, { headers: { Accept: "application/json" } });
      const count = answer.ok ? await answer.json() : {};
      if (count.sentence) line.querySelector("[data-count]").textContent = count.sentence;
    } catch {
      // No network: the number stays as it is.
    }
  }
  setTimeout(look, 10_000);
}

if (line) setTimeout(look, 10_000);
