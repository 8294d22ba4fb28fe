/* Calls an agent who looks elsewhere: the number in the tab's title, a short sound, a notice of the browser.
   What is said names nobody and quotes nothing. Both ways are off until the agent turns them on in this browser. */
(function () {
  "use strict";

  var alive = document.getElementById("alive");
  if (!alive) { return; }
  var KEY = "ur.console.calls.";
  var OTHER_TAB_MS = 400;
  var QUIET_MS = 4000;
  var title = document.title;
  var seen = null;
  var soundedAt = 0;
  var audio = null;

  var store = {
    get: function (name) { try { return window.localStorage.getItem(KEY + name); } catch (e) { return null; } },
    set: function (name, value) { try { window.localStorage.setItem(KEY + name, value); } catch (e) { /* private window */ } }
  };
  function on(name) { return store.get(name) === "1"; }
  function mayNotify() { return "Notification" in window && window.Notification.permission === "granted"; }

  /* ---- what has happened ---- */

  function heard(now) {
    var count = now.waits + now.unanswered;
    document.title = (count ? "(" + count + ") " : "") + title;
    var before = seen;
    seen = { newest: Math.max(now.newest, before ? before.newest : 0), written: Math.max(now.written, before ? before.written : 0) };
    if (!document.hidden) { store.set("told", JSON.stringify(seen)); return; }
    if (!before || (now.newest <= before.newest && now.written <= before.written)) { return; }
    /* Another tab of the same agent may be looked at, or call by itself: it says so in the store. */
    window.setTimeout(function () { call(seen); }, OTHER_TAB_MS * (0.5 + Math.random()));
  }

  function call(now) {
    var told = { newest: 0, written: 0 };
    try { told = JSON.parse(store.get("told")) || told; } catch (e) { /* nothing yet */ }
    var waits = now.newest > told.newest;
    var wrote = now.written > told.written;
    if (!document.hidden || (!waits && !wrote)) { return; }
    store.set("told", JSON.stringify({ newest: Math.max(now.newest, told.newest), written: Math.max(now.written, told.written) }));
    if (on("sound") && Date.now() - soundedAt > QUIET_MS) { sound(); }
    if (on("notice") && mayNotify()) { notice(wrote ? "كتب مواطن في محادثة معك." : "مواطن ينتظر في الدور."); }
  }

  function notice(text) {
    try {
      var shown = new window.Notification("مساعد أور", {
        body: text, tag: "ur-calls", renotify: true, silent: true, lang: "ar", dir: "rtl", icon: "/console/static/icon.svg"
      });
      shown.onclick = function () { window.focus(); shown.close(); };
    } catch (e) { /* a telephone that wants a service worker: title and sound are left */ }
  }

  /* ---- two short tones ---- */

  function ready() {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!audio && Context) { audio = new Context(); }
    if (audio && audio.state === "suspended") { audio.resume(); }
    return audio;
  }

  function sound() {
    if (!ready()) { return; }
    soundedAt = Date.now();
    [660, 880].forEach(function (hertz, place) {
      var tone = audio.createOscillator();
      var volume = audio.createGain();
      var at = audio.currentTime + place * 0.16;
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.15);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.16);
    });
    document.dispatchEvent(new CustomEvent("calls:sounded"));
  }

  /* Browsers let a page sound only after somebody has touched it. */
  ["pointerdown", "keydown"].forEach(function (kind) {
    document.addEventListener(kind, function () { if (on("sound")) { ready(); } }, { once: true });
  });

  /* ---- from where it is heard: the page's own stream, and the answers to «I am here» ---- */

  document.addEventListener("htmx:sseMessage", function (event) {
    if (event.detail.type === "calls") { heard(JSON.parse(event.detail.data)); }
  });
  document.addEventListener("calls", function (event) { heard(event.detail); });
  document.addEventListener("visibilitychange", function () {
    if (!document.hidden && seen) { store.set("told", JSON.stringify(seen)); }
  });

  /* ---- the two switches on the page of the queue ---- */

  var box = document.getElementById("calls");
  if (!box) { return; }
  var state = document.getElementById("calls-state");
  var noticeSwitch = document.getElementById("calls-notice");
  var soundSwitch = document.getElementById("calls-sound");

  function show() {
    noticeSwitch.setAttribute("aria-pressed", String(on("notice") && mayNotify()));
    soundSwitch.setAttribute("aria-pressed", String(on("sound")));
  }

  noticeSwitch.addEventListener("click", function () {
    if (on("notice") && mayNotify()) {
      store.set("notice", "0");
      state.textContent = "أُوقفت التنبيهات في هذا المتصفح.";
      show();
      return;
    }
    if (!("Notification" in window)) { state.textContent = "هذا المتصفح لا يعرض تنبيهات."; return; }
    Promise.resolve(window.Notification.requestPermission()).then(function (answer) {
      store.set("notice", answer === "granted" ? "1" : "0");
      state.textContent = answer === "granted" ? "ننبّهك في هذا المتصفح حين تكون في صفحة أخرى."
        : "المتصفح يمنع التنبيهات. اسمح بها من إعدادات الموقع.";
      show();
    });
  });

  soundSwitch.addEventListener("click", function () {
    store.set("sound", on("sound") ? "0" : "1");
    if (on("sound")) { sound(); }
    state.textContent = on("sound") ? "هذا هو الصوت. تسمعه حين تكون في صفحة أخرى." : "أُوقف الصوت في هذا المتصفح.";
    show();
  });

  show();
  box.hidden = false;
}());
