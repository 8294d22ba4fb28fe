/* The camera and results without a reload. Without this file the form still works.
   Pictures of the camera stay in this browser where it can read codes itself; else one a second goes to the server. */
(function () {
  "use strict";

  var FRAME_EVERY_MS = 1000;
  var LOOK_EVERY_MS = 250;
  var FRAME_MAX_SIDE = 1280;
  var FRAME_QUALITY = 0.85;
  var TRIES = 120;

  var el = {};
  ["result", "working", "failed", "no-camera", "camera", "start", "live", "video", "stop", "form", "image", "code"].forEach(function (id) {
    el[id] = document.getElementById(id);
  });
  var query = "lang=" + document.documentElement.lang;
  var stream = null;

  function only(shown) {
    ["working", "failed", "no-camera"].forEach(function (id) { el[id].hidden = id !== shown; });
  }

  function show(html) {
    only(null);
    el.result.innerHTML = html; // the server's own, escaped there
    el.code.value = "";
    var title = document.getElementById("found");
    if (title) {
      title.focus({ preventScroll: true });
      document.getElementById("check").scrollTop = 0;
    }
  }

  function ask(path, body) {
    return window.fetch(path + query, { method: "POST", body: body, credentials: "omit" }).then(function (response) {
      if (response.status === 204) { return null; }
      if (response.status >= 500) { throw new Error("server"); }
      return response.text();
    });
  }

  function check(path, body) {
    only("working");
    return ask(path, body).then(show, function () { only("failed"); });
  }

  el.form.addEventListener("submit", function (event) {
    event.preventDefault();
    stop();
    var picture = el.image.files[0];
    var form = new window.FormData();
    form.append("code", el.code.value);
    check(picture ? "/verify/image?" : "/verify?part=1&", picture || form).then(function () { el.image.value = ""; });
  });

  el.image.addEventListener("change", function () {
    if (el.image.files[0] && el.form.requestSubmit) { el.form.requestSubmit(); }
  });

  /* ---- the camera ---- */

  function stop() {
    if (!stream) { return; }
    stream.getTracks().forEach(function (track) { track.stop(); });
    stream = null;
    el.video.srcObject = null;
    el.live.hidden = true;
    el.start.hidden = false;
  }

  function frame() {
    var scale = Math.min(1, FRAME_MAX_SIDE / Math.max(el.video.videoWidth, el.video.videoHeight));
    var canvas = document.createElement("canvas");
    canvas.width = Math.round(el.video.videoWidth * scale);
    canvas.height = Math.round(el.video.videoHeight * scale);
    canvas.getContext("2d").drawImage(el.video, 0, 0, canvas.width, canvas.height);
    return new Promise(function (done) { canvas.toBlob(done, "image/jpeg", FRAME_QUALITY); });
  }

  function look(reader, mine, left) {
    if (stream !== mine) { return; }
    if (left === 0) { stop(); return; }
    function again() { window.setTimeout(look, reader ? LOOK_EVERY_MS : FRAME_EVERY_MS, reader, mine, left - 1); }
    if (!el.video.videoWidth) { again(); return; }
    var found = reader
      ? reader.detect(el.video).then(function (codes) {
          if (!codes.length) { return null; }
          var form = new window.FormData();
          form.append("code", codes[0].rawValue);
          return ask("/verify?part=1&", form);
        })
      : frame().then(function (picture) { return ask("/verify/image?frame=1&", picture); });
    found.then(function (html) {
      if (stream !== mine) { return; }
      if (html === null) { again(); return; }
      stop();
      show(html);
    }, function () { if (stream === mine) { stop(); only("failed"); } });
  }

  function codeReader() {
    if (!("BarcodeDetector" in window)) { return Promise.resolve(null); }
    return window.BarcodeDetector.getSupportedFormats().then(function (formats) {
      return formats.indexOf("qr_code") < 0 ? null : new window.BarcodeDetector({ formats: ["qr_code"] });
    }).catch(function () { return null; });
  }

  el.start.addEventListener("click", function () {
    only(null);
    el.result.innerHTML = "";
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1920 } }, audio: false })
      .then(function (opened) {
        stream = opened;
        el.video.srcObject = opened;
        el.start.hidden = true;
        el.live.hidden = false;
        el.stop.focus();
        return Promise.all([codeReader(), el.video.play()]).then(function (ready) {
          look(ready[0], opened, ready[0] ? TRIES * FRAME_EVERY_MS / LOOK_EVERY_MS : TRIES);
        });
      })
      .catch(function () { stop(); only("no-camera"); });
  });
  el.stop.addEventListener("click", function () { stop(); el.start.focus(); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) { stop(); } });

  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) { el.camera.hidden = false; }
})();
