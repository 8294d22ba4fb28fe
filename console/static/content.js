/* The form of an entry: what is typed is kept on the server (of a new entry, in this browser) until it is saved;
   new words are tried against other entries' questions; of two states the wanted one is taken by a button. */
(function () {
  "use strict";

  var KEEP_MS = 1500;
  var TRY_MS = 2500;
  var form = document.getElementById("entry");
  if (!form || !form.dataset.writes) { return; }
  var kept = document.getElementById("kept");
  var code = form.dataset.code;
  var key = "ur.console.new." + document.body.dataset.person + "." + form.dataset.kind;
  var keepTimer = null;
  var tryTimer = null;
  var leaving = false;
  var words = ["name", "title", "description", "aliases", "questions", "situations"];

  function clock() {
    return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  }

  function fieldsOf() {
    var found = {};
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrf" && name !== "revision" && name !== "from_lines") { found[name] = value; }
    });
    return found;
  }

  function keepHere() {
    try { window.localStorage.setItem(key, JSON.stringify(fieldsOf())); } catch (e) { return; /* private window */ }
    kept.textContent = "حُفظ ما تكتبه في هذا المتصفح " + clock();
  }

  function keep() {
    if (leaving) { return; }
    if (!code) { keepHere(); return; }
    window.fetch("/console/content/entries/" + code + "/typing", {
      method: "POST", body: new FormData(form), headers: { "X-CSRF-Token": window.console_ui.csrf(), "HX-Request": "true" }
    }).then(function (answer) {
      if (answer.status === 401) { window.console_ui.sessionOver(); return; }
      kept.textContent = answer.ok ? "حُفظ ما تكتبه " + clock() : "لم يُحفظ ما تكتبه بعد";
    }, function () { kept.textContent = "لا يوجد اتصال. نحاول من جديد."; keepTimer = window.setTimeout(keep, 4 * KEEP_MS); });
  }

  form.addEventListener("input", function (event) {
    window.clearTimeout(keepTimer);
    keepTimer = window.setTimeout(keep, KEEP_MS);
    if (code && words.indexOf(event.target.name) >= 0) {
      window.clearTimeout(tryTimer);
      tryTimer = window.setTimeout(function () { document.body.dispatchEvent(new Event("words-changed")); }, TRY_MS);
    }
  });

  form.addEventListener("submit", function () {
    leaving = true;
    window.clearTimeout(keepTimer);
    if (!code) { try { window.localStorage.removeItem(key); } catch (e) { /* private window */ } }
  });

  if (!code && !form.elements.from_lines.value && !document.querySelector(".field.wrong")) {
    var before = null;
    try { before = JSON.parse(window.localStorage.getItem(key)); } catch (e) { /* private window */ }
    Object.keys(before || {}).forEach(function (name) {
      var element = form.elements[name];
      if (element && element.type && element.type !== "checkbox") { element.value = before[name]; }
    });
    if (before) { kept.textContent = "هذا ما كتبته ولم تحفظه."; }
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-take], [data-add]");
    if (!button) { return; }
    var element = form.elements[button.dataset.take || button.dataset.add];
    if (button.dataset.take) {
      element.value = button.dataset.value;
    } else {
      var mine = element.value.split("\n").filter(Boolean);
      button.dataset.value.split("\n").forEach(function (line) { if (mine.indexOf(line) < 0) { mine.push(line); } });
      element.value = mine.join("\n");
    }
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.focus();
  });
}());
