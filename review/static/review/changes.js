// Beside each field of the proposed record that was changed: what was read, and a button that puts it back.
"use strict";
(() => {
  const form = document.querySelector("#accept");
  if (!form) return;
  const told = document.querySelector("#as-read");
  const read = told ? JSON.parse(told.textContent) : null; // by name, where the page shows what was typed

  const chosen = (list) => [...list].map((one) => one.textContent.trim()).join(", ");

  function controls(box) {
    return [...box.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((one) => one.name);
  }

  function words(box) {
    const some = controls(box);
    if (!some.length) return "";
    const [first] = some;
    if (some.length > 1) return chosen(some.filter((one) => one.checked).map((one) => one.closest("label"))) || "nothing";
    if (first.type === "checkbox") return first.checked ? "yes" : "no";
    if (first.tagName === "SELECT") return chosen([...first.options].filter((one) => one.selected)) || "nothing";
    return first.value.trim() || "nothing";
  }

  function keep(box) {
    return controls(box).map((one) => ({
      control: one,
      value: one.value,
      checked: one.checked,
      options: one.tagName === "SELECT" ? [...one.options].filter((each) => each.selected).map((each) => each.value) : [],
    }));
  }

  function putBack(states) {
    for (const { control, value, checked, options } of states) {
      control.checked = checked;
      if (control.tagName === "SELECT") {
        for (const one of control.options) one.selected = options.includes(one.value);
      } else if (control.type !== "checkbox") control.value = value;
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    states[0].control.focus();
  }

  const watched = [...form.querySelectorAll(".desk-field")].filter((box) => controls(box).length).map((box, place) => {
    const name = controls(box)[0].name;
    const note = document.createElement("p");
    note.className = "desk-read";
    note.id = `as-read-${place}`;
    note.hidden = true;
    const said = document.createElement("span");
    const parts = [said];
    const states = keep(box);
    if (!read && !controls(box)[0].disabled) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Put back";
      const label = box.querySelector("label, .desk-label");
      button.setAttribute("aria-label", `Put back: ${label ? label.textContent.trim().replace(/:$/, "") : name}`);
      button.addEventListener("click", () => putBack(states));
      parts.push(" ", button);
    }
    box.append(note);
    return { box, note, said, parts, was: read ? read[name] ?? "nothing" : words(box) };
  });

  function compare() {
    for (const { box, note, said, parts, was } of watched) {
      const changed = words(box) !== was;
      if (changed === !note.hidden) continue;
      note.hidden = !changed;
      said.textContent = `Read as: ${was}.`;
      note.replaceChildren(...(changed ? parts : []));
      box.classList.toggle("desk-changed", changed);
      for (const control of controls(box)) {
        const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== note.id);
        if (changed) others.push(note.id);
        if (others.length) control.setAttribute("aria-describedby", others.join(" "));
        else control.removeAttribute("aria-describedby");
      }
    }
  }

  form.addEventListener("input", compare);
  form.addEventListener("change", compare);
  // Fields that are searched by typing tell their changes to jQuery alone.
  if (window.django && window.django.jQuery) window.django.jQuery(form).on("change", compare);
  compare();
})();
