// Brings the words that a candidate rests on into view, within the article's own pane.
"use strict";
(() => {
  const pane = document.getElementById("words");
  const chosen = document.getElementById("chosen");
  if (!pane || !chosen) return;
  const above = chosen.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += above - pane.clientHeight / 3;
})();
