"use strict";
// Asks every second how far a fetch is, and shows it. Texts are set as texts, never as markup.
{
  const box = document.getElementById("watch");
  const at = (name) => document.getElementById("watch-" + name);
  const stopAfter = Number(box.dataset.stopAfter) * 1000;
  const begun = Date.now();
  let said = "";

  // Read out by a screen reader: each step, and warnings, but not every count.
  function say(words) {
    if (words !== said) {
      said = words;
      at("said").textContent = words;
    }
  }

  function show(element, words) {
    element.hidden = !words;
    if (element.textContent !== words) {
      element.textContent = words;
    }
  }

  function list(section, links, total) {
    section.hidden = links.length === 0;
    const count = section.querySelector(".ing-count");
    if (count) {
      count.textContent = total;
    }
    const known = section.querySelectorAll("li").length;
    if (known === links.length) {
      return;
    }
    section.querySelector("ul").replaceChildren(...links.map((link) => {
      const item = document.createElement("li");
      const anchor = document.createElement("a");
      anchor.href = link.address;
      anchor.textContent = link.words;
      item.append(anchor);
      return item;
    }));
  }

  function render(state) {
    let present = "";
    box.querySelectorAll(".ing-steps li").forEach((item, place) => {
      const step = state.steps[place];
      item.textContent = step.name;
      item.className = step.state && "ing-" + step.state;
      if (step.state === "now") {
        present = step.name;
        item.setAttribute("aria-current", "step");
      } else {
        item.removeAttribute("aria-current");
      }
    });
    show(at("words"), state.words);
    show(at("warning"), state.warning);
    const bar = at("bar");
    bar.hidden = state.total === 0 || state.finished;
    bar.max = Math.max(state.total, 1);
    bar.value = state.done;
    list(at("articles"), state.articles, state.articles_total);
    list(at("candidates"), state.candidates);
    at("attempt").hidden = !state.attempt;
    at("attempt").href = state.attempt;
    say(state.warning || (state.finished ? state.words : present));
  }

  function stop(words) {
    show(at("stopped"), words);
    say(words);
  }

  async function look() {
    let again = true;
    try {
      const answer = await fetch(box.dataset.address, {
        credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(10000),
      });
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        stop("This can no longer be seen: you may have been logged out. Reload the page.");
        return;
      }
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const state = await answer.json();
      show(at("stopped"), "");
      render(state);
      again = !state.finished;
    } catch {
      show(at("stopped"), "The server does not answer just now. It is asked again.");
    }
    if (again && Date.now() - begun > stopAfter) {
      stop("This page has stopped looking. Reload it to look again.");
    } else if (again) {
      setTimeout(look, 1000);
    }
  }

  if (!("finished" in box.dataset)) {
    look();
  }
}
