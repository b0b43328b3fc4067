// The review screen: brings the quoted words into view, and lets a reviewer work by keys alone. Every key presses a
// button or follows a link of the page (data-key), so that what a key does is what the page offers, and no more.
"use strict";
(() => {
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  function showQuote() {
    const pane = find("#words");
    const chosen = find("#chosen");
    if (!pane || !chosen) return;
    const above = chosen.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTop += above - pane.clientHeight / 3;
  }
  showQuote();

  const dialog = find("#desk-keys");
  if (!dialog) return;
  const opener = find("#desk-keys-open");
  const switched = find("#desk-keys-on");
  const prompt = find("#desk-prompt");
  const says = find("#desk-says");
  let begun = ""; // the first key of two
  let leaving = false; // one press decides once

  function say(words) {
    says.textContent = words;
  }

  function ask(words) {
    prompt.textContent = words;
    prompt.hidden = !words;
    say(words);
  }

  // --- Keys can be turned off: some people's tools press keys for them.
  function remembered() {
    try {
      return localStorage.getItem("desk-keys") !== "off";
    } catch {
      return true; // a browser that keeps nothing
    }
  }

  function remember(on) {
    try {
      localStorage.setItem("desk-keys", on ? "on" : "off");
    } catch {
      say("This browser does not keep the choice; it holds for this page.");
    }
  }

  switched.checked = remembered();
  switched.addEventListener("change", () => remember(switched.checked));
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());

  // --- What keys do
  function press(button) {
    leaving = true;
    if (button.form) button.form.requestSubmit(button);
    else button.click();
  }

  function choose(number) {
    const claim = all(".desk-claims > li")[number - 1];
    const link = claim && claim.querySelector("a");
    if (link) press(link);
    else say(claim ? "That is the one that is shown, or makes no claim." : `There is no finding ${number}.`);
  }

  // A further step of a record is added with the merge, unless one says otherwise; the same again adds none.
  let saidOtherwise = false;

  function presetStep(record) {
    const box = find("#with-move");
    if (box && !saidOtherwise) box.checked = record.dataset.case === "stage_move";
  }

  function tick(selector) {
    const box = find(selector);
    if (!box) return;
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change"));
    say(`${box.parentElement.textContent.trim()}: ${box.checked ? "yes" : "no"}`);
  }

  if (find("#with-move")) find("#with-move").addEventListener("change", () => (saidOtherwise = true));
  for (const record of all(".desk-matches input[type=radio]")) {
    record.addEventListener("change", () => presetStep(record));
  }

  function mergeInto(number) {
    const record = all(".desk-matches input[type=radio]")[number - 1];
    if (!record) {
      say(`There is no record ${number} in the list.`);
      return;
    }
    record.checked = true;
    presetStep(record);
    press(find("#merge-button"));
  }

  function rejectFor(number) {
    const reasons = find("#reject-reason");
    const reason = reasons.options[number];
    if (!reason) {
      say(`There is no reason ${number}.`);
      return;
    }
    reason.selected = true;
    if (reason.value === "other") find("#reject-words").focus();
    else press(find("#reject-button"));
  }

  const begins = {
    m: () => {
      const records = all(".desk-matches label");
      if (!find("#merge-button")) return "";
      if (!records.length) return say("Nothing that is recorded looks like it."), "";
      return "Merge into: " + records.map((one, place) => `${place + 1} ${one.textContent.trim()}`).join("; ");
    },
    r: () => {
      if (!find("#reject-button")) return "";
      const reasons = [...find("#reject-reason").options].slice(1);
      return "Reject: " + reasons.map((one) => one.textContent.trim()).join("; ") + "; w with words";
    },
  };

  const goesOn = {
    m: (key) => mergeInto(Number(key)),
    r: (key) => (key === "w" ? find("#reject-reason").focus() : rejectFor(Number(key))),
  };

  const does = {
    "?": () => dialog.showModal(),
    f: () => {
      const field = find("#accept textarea, #accept input:not([type=hidden])");
      if (field && !field.disabled) field.focus();
    },
    t: () => tick("#with-move"),
    v: () => tick("#with-amount"),
  };

  function onKey(key) {
    if (begun) {
      const first = begun;
      begun = "";
      ask("");
      if (/^[1-9]$/.test(key) || key === "w") goesOn[first](key);
      return true;
    }
    if (key in begins) {
      const words = begins[key]();
      if (words) {
        begun = key;
        ask(words);
      }
      return true;
    }
    if (key in does) {
      does[key]();
      return true;
    }
    if (/^[1-9]$/.test(key)) {
      choose(Number(key));
      return true;
    }
    const button = all("[data-key]").find((one) => one.dataset.key === key && !one.disabled);
    if (button) press(button);
    return Boolean(button);
  }

  function typing(target) {
    return Boolean(
      target.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, [contenteditable]") ||
        target.closest(".select2-container, .select2-dropdown"),
    );
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    if (dialog.open || leaving || event.defaultPrevented) return;
    if (event.key === "Escape") {
      begun = "";
      ask("");
      if (typing(event.target)) document.activeElement.blur();
      return;
    }
    if (typing(event.target) || event.key.length !== 1) return;
    const key = event.key.toUpperCase() === event.key.toLowerCase() ? event.key
      : event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase(); // caps lock does not publish
    if (!switched.checked && key !== "?") return;
    if (onKey(key)) event.preventDefault();
  });

  // --- The claim: renewed while somebody is at work, given back when the page is left
  const screen = find("#content-main");
  const RENEWED_EVERY = 120000;
  let atWork = false;
  for (const kind of ["keydown", "pointerdown", "scroll", "input"]) {
    document.addEventListener(kind, () => (atWork = true), { capture: true, passive: true });
  }

  function claimForm() {
    const form = new FormData();
    form.set("csrfmiddlewaretoken", find("input[name=csrfmiddlewaretoken]").value);
    form.set("until", screen.dataset.until);
    return form;
  }

  async function renew() {
    if (!atWork || document.hidden) return;
    atWork = false;
    try {
      const answer = await fetch(screen.dataset.claim, { method: "POST", body: claimForm() });
      const told = await answer.json();
      if (answer.ok) screen.dataset.until = told.until;
      else ask(told.told);
    } catch {
      ask("The tracker did not answer. What you typed is still here; try again before you leave the page.");
    }
  }

  if (screen.dataset.until) {
    setInterval(renew, RENEWED_EVERY);
    window.addEventListener("pagehide", () => navigator.sendBeacon(screen.dataset.leave, claimForm()));
  }

  // A page that the browser kept and shows again takes keys again.
  window.addEventListener("pageshow", () => {
    leaving = false;
  });

  // What came of the last press, and what is shown now. The heading takes the focus, so that Tab goes on from it.
  const told = all(".messagelist li").map((one) => one.textContent.trim());
  const heading = find(".desk-head h1");
  if (!find(".errornote, .errorlist")) heading.focus({ preventScroll: true });
  else find(".errornote, .errorlist").scrollIntoView({ block: "center" });
  say([...told, heading.textContent.trim()].join(" "));
})();
