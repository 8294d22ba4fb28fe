/* One conversation: what is typed is never lost, new lines come once and stay in sight, canned replies fill the box. */
(function () {
  "use strict";

  var work = document.getElementById("work");
  if (!work) { return; }
  var lines = document.getElementById("lines");
  var form = document.getElementById("write");
  var text = document.getElementById("text");
  var kept = document.getElementById("kept");
  var note = document.getElementById("note");
  var key = "ur.console.draft." + document.body.dataset.person + "." + work.dataset.handoff;
  var sending = null;

  var store = {
    get: function () { try { return window.sessionStorage.getItem(key); } catch (e) { return null; } },
    set: function (value) { try { window.sessionStorage.setItem(key, value); } catch (e) { /* private window */ } },
    drop: function () { try { window.sessionStorage.removeItem(key); } catch (e) { /* private window */ } }
  };

  function atEnd() { return lines.scrollHeight - lines.scrollTop - lines.clientHeight < 160; }
  function toEnd() { lines.scrollTop = lines.scrollHeight; }
  toEnd();

  /* A stream that was opened anew tells lines again. */
  var follows = true;
  document.addEventListener("htmx:sseBeforeMessage", function (event) {
    var message = event.detail;
    if (message.type === "line" && document.getElementById("line-" + message.lastEventId)) { event.preventDefault(); }
    follows = atEnd();
  });

  document.addEventListener("htmx:sseMessage", function (event) {
    var message = event.detail;
    if (message.type === "line" && follows) { toEnd(); }
    if (message.type === "ended") { window.console_ui.sessionOver(); }
    if (message.type === "moved") { moved(JSON.parse(message.data)); }
  });

  function moved(now) {
    var box = document.getElementById("moved");
    if (now.mine) { return; }
    var why = { waiting: "رجعت المحادثة إلى الدور.", claimed: "أخذ المحادثة زميل.", closed: "أُغلقت المحادثة.",
      returned: "رجعت المحادثة إلى المساعد." };
    box.textContent = (why[now.state] || "تغيرت المحادثة.") + " ";
    var link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "حدّث الصفحة";
    box.append(link);
    box.hidden = false;
    if (form) {
      Array.prototype.forEach.call(form.elements, function (element) { element.disabled = element !== text; });
      text.readOnly = true;
    }
  }

  if (!form) { return; }

  function fit() {
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 2, 190) + "px";
  }

  var mineHere = store.get();
  if (mineHere && mineHere !== text.value) { text.value = mineHere; }
  fit();

  text.addEventListener("input", function () {
    store.set(text.value);
    kept.textContent = "";
    fit();
  });

  text.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (text.value.trim() && !sending) { form.requestSubmit(); }
    }
  });

  document.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.elt === form) { sending = text.value; }
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    var from = event.detail.elt;
    if (from === text && event.detail.successful) { kept.textContent = text.value ? "حُفظت المسودة" : ""; }
    if (from.id === "attach") { from.reset(); return; }
    if (from === note && event.detail.successful) { note.reset(); }
    if (from !== form) { return; }
    if (event.detail.successful) {
      text.value = text.value === sending ? "" : text.value;
      kept.textContent = "";
      if (text.value) { store.set(text.value); } else { store.drop(); }
      fit();
      toEnd();
    }
    sending = null;
    text.focus();
  });

  document.getElementById("canned").addEventListener("change", function (event) {
    if (!event.target.value) { return; }
    text.value = text.value.trim() ? text.value.trim() + "\n" + event.target.value : event.target.value;
    event.target.value = "";
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}());
