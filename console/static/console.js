/* What all pages of the console share: requests carry the session's token, failures are said in a line, keys work.
   No inline script anywhere: the content security policy forbids it. */
(function () {
  "use strict";

  var TOAST_MS = 7000;
  var GO_MS = 1200;
  var toastTimer = null;
  var goUntil = 0;

  function csrf() {
    var meta = document.querySelector('meta[name="csrf"]');
    return meta ? meta.getAttribute("content") : "";
  }

  function toast(text, link) {
    var box = document.getElementById("toast");
    if (!box) { return; }
    box.textContent = text;
    if (link) {
      var a = document.createElement("a");
      a.href = link.href;
      a.textContent = link.text;
      box.append(" ", a);
    }
    box.hidden = false;
    window.clearTimeout(toastTimer);
    if (!link) { toastTimer = window.setTimeout(function () { box.hidden = true; }, TOAST_MS); }
  }

  function sessionOver() {
    toast("انتهت جلستك. ما كتبته محفوظ.", {
      href: "/console/login?next=" + encodeURIComponent(location.pathname), text: "ادخل من جديد"
    });
  }

  window.console_ui = { csrf: csrf, toast: toast, sessionOver: sessionOver };

  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-CSRF-Token"] = csrf();
  });

  document.addEventListener("htmx:responseError", function (event) {
    var xhr = event.detail.xhr;
    if (xhr.status === 401) { sessionOver(); return; }
    var text = (xhr.getResponseHeader("Content-Type") || "").indexOf("text/plain") === 0 ? xhr.responseText : "";
    toast(text || "لم تتم الخطوة. حاول مرة ثانية.");
  });

  document.addEventListener("htmx:sendError", function (event) {
    if (["alive", "lists", "waits"].indexOf(event.detail.elt.id) >= 0) { return; }
    toast("لا يوجد اتصال. ما كتبته محفوظ في هذه الصفحة؛ حاول حين يعود.");
  });

  /* ---- keys: single letters outside of fields ---- */

  function typing(target) {
    return target.closest && target.closest("input, textarea, select, [contenteditable]");
  }

  function visible(element) { return element.offsetParent !== null && !element.disabled; }

  /* An Arabic keyboard gives other letters on the same keys. */
  function letter(event) {
    if (event.key === "?" || event.key === "؟") { return "?"; }
    var match = /^Key([A-Z])$/.exec(event.code || "");
    return match ? match[1].toLowerCase() : event.key;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    var dialog = document.getElementById("shortcuts");
    if (document.querySelector("dialog[open]")) { return; }
    var key = letter(event);
    if (key === "?" && dialog) { event.preventDefault(); dialog.showModal(); return; }
    if (key === "/") {
      var search = document.querySelector("[type=search]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    var goes = Date.now() < goUntil;
    goUntil = 0;
    if (key === "g") { goUntil = Date.now() + GO_MS; return; }
    if (!/^[a-z]$/.test(key)) { return; }
    var found = goes
      ? document.querySelector('[data-go="' + key + '"]')
      : Array.prototype.filter.call(document.querySelectorAll('[data-key="' + key + '"]'), visible)[0];
    if (!found) { return; }
    event.preventDefault();
    if (found.matches("textarea, input, select")) { found.focus(); } else { found.click(); }
  });

  /* ---- strips of links wider than the screen: the open page's link is in sight, a fade says that there is more ---- */

  function shade(strip) {
    var box = strip.getBoundingClientRect();
    var edges = Array.prototype.map.call(strip.children, function (link) { return link.getBoundingClientRect(); });
    strip.classList.toggle("more-left", edges.some(function (edge) { return edge.left < box.left - 1; }));
    strip.classList.toggle("more-right", edges.some(function (edge) { return edge.right > box.right + 1; }));
  }

  document.querySelectorAll(".menu, .tabs").forEach(function (strip) {
    var here = strip.querySelector("[aria-current]");
    var moved = false;
    function show() {
      if (here && !moved) {
        var box = strip.getBoundingClientRect();
        var link = here.getBoundingClientRect();
        strip.scrollLeft += (link.left + link.right - box.left - box.right) / 2;
      }
      shade(strip);
    }
    strip.addEventListener("scroll", function () { shade(strip); }, { passive: true });
    window.addEventListener("resize", show);
    ["pointerdown", "wheel", "keydown"].forEach(function (name) {
      strip.addEventListener(name, function () { moved = true; }, { passive: true });
    });
    new MutationObserver(show).observe(strip, { childList: true, subtree: true, attributeFilter: ["class"] });
    show();
  });

  /* ---- buttons that open a dialog, forms that ask first ---- */

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-opens]");
    if (opener) {
      var dialog = document.getElementById(opener.getAttribute("data-opens"));
      if (dialog) { dialog.showModal(); }
    }
    var closer = event.target.closest("[data-closes]");
    if (closer) { closer.closest("dialog").close(); }
  });

  /* Browsers' own words beside a file would be in the browser's language. */
  document.addEventListener("change", function (event) {
    var shown = event.target.type === "file" && document.querySelector('[data-file-of="' + event.target.id + '"]');
    if (shown) { shown.textContent = event.target.files.length ? event.target.files[0].name : "لم تختر ملفاً بعد"; }
  });

  /* A form that is on its way is not sent a second time. */
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("hx-post") || form.method !== "post") { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.addEventListener("pageshow", function () { delete form.dataset.sent; }, { once: true });
  });
}());
