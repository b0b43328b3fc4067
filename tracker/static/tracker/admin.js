// Names for what the stock admin leaves without: fields in tables, fields that are searched by typing, empty headings.
"use strict";
(() => {
  const hidden = (words) => {
    const span = document.createElement("span");
    span.className = "visually-hidden";
    span.textContent = words;
    return span;
  };

  function ownLabel(field) {
    const label = field.id && document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    return label ? label.textContent.trim().replace(/:$/, "") : "";
  }

  function columnOf(field) {
    const cell = field.closest("td");
    const row = cell && cell.closest("tr");
    const table = row && row.closest("table");
    if (!table || !table.tHead) return "";
    // The head may have one cell fewer where its first one spans two.
    const place = [...row.cells].slice(0, row.cells.length).reverse().indexOf(cell);
    const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells].reverse();
    const head = heads[place];
    return head ? head.textContent.trim() : "";
  }

  function nameFields() {
    for (const field of document.querySelectorAll(
      ".tabular input:not([type=hidden]), .tabular select, .tabular textarea, #searchbar",
    )) {
      if (field.hasAttribute("aria-label") || ownLabel(field)) continue;
      const words = field.id === "searchbar" ? "Search" : field.name.endsWith("-DELETE") ? "Delete" : columnOf(field);
      if (words) field.setAttribute("aria-label", words);
    }
    const search = document.querySelector("#searchbar");
    if (search) search.setAttribute("aria-label", "Search");
  }

  function nameSearched() {
    for (const box of document.querySelectorAll(".select2-container")) {
      const field = box.previousElementSibling;
      if (!field || field.tagName !== "SELECT") continue;
      const words = field.getAttribute("aria-label") || ownLabel(field) || columnOf(field) || "Choose";
      for (const part of box.querySelectorAll(
        "[role=combobox], [role=textbox], .select2-search__field, .select2-selection__rendered",
      )) {
        if (part.tagName === "UL") continue;
        if (part.getAttribute("aria-label") !== words) {
          part.removeAttribute("aria-labelledby");
          part.setAttribute("aria-label", words);
        }
      }
      // A list that holds a field is none; its choices are told by the field that it belongs to.
      for (const part of box.querySelectorAll("ul.select2-selection__rendered, ul.select2-selection__rendered > li")) {
        if (part.getAttribute("role") !== "none") part.setAttribute("role", "none");
      }
    }
    const open = document.querySelector(".select2-dropdown .select2-search__field");
    if (open && !open.hasAttribute("aria-label")) open.setAttribute("aria-label", "Search");
  }

  function nameHeads() {
    for (const head of document.querySelectorAll(".tabular thead th, #result_list thead th")) {
      if (head.textContent.trim() || head.querySelector("input")) continue;
      head.append(hidden(head.classList.contains("original") ? "Row" : "More"));
    }
  }

  function name() {
    nameHeads();
    nameFields();
    nameSearched();
  }

  function begin() {
    name();
    let waiting = false;
    new MutationObserver(() => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        name();
      });
    }).observe(document.body, { childList: true, subtree: true });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
