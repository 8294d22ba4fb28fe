/* The web chat page. No library and no build step, so that it loads in a moment on an old phone.
   Nothing typed is lost: a message waits in this browser until the server has answered it, and carries an id of its own
   so that sending it again is harmless. */
(function () {
  "use strict";

  var API = "/api/chat/";
  var MAX_CHARS = 2000;
  var TYPING_AFTER_MS = 400;
  var RETRY_FIRST_MS = 1500;
  var RETRY_MAX_MS = 30000;
  var POLL_MS = 5000;
  var MAX_FILE_BYTES = 20 * 1024 * 1024;
  var TYPING_EVERY_MS = 2500;
  var SHARE_PHOTO = "share:photo";
  var PHOTO_SIDE = 1600;
  // Dates, sums and Latin words keep their own order inside a right-to-left line.
  var RUN_PATTERN = /([+#]?[A-Za-z0-9٠-٩۰-۹][A-Za-z0-9٠-٩۰-۹.,:\/_%+'-]*[A-Za-z0-9٠-٩۰-۹%])/g;
  var URL_PATTERN = /(https?:\/\/[^\s<>"«»؟،]+[^\s<>"«»؟،.,;:!)\]])/g;

  var el = {};
  ["log", "scroll", "form", "text", "send", "hint", "state", "typing", "welcome", "restart", "newer", "file"].forEach(function (id) {
    el[id] = document.getElementById(id);
  });

  var store = {
    get: function (key) { try { return window.localStorage.getItem("ur." + key); } catch (e) { return null; } },
    set: function (key, value) { try { window.localStorage.setItem("ur." + key, value); } catch (e) { /* private window */ } },
    drop: function (key) { try { window.localStorage.removeItem("ur." + key); } catch (e) { /* private window */ } }
  };

  var conversation = store.get("conversation");
  var queue = readQueue();
  var shown = {};
  var titles = {};
  var sending = false;
  var retryMs = RETRY_FIRST_MS;
  var retryTimer = null;
  var events = null;
  var pollTimer = null;
  var lastId = 0;
  var lastMine = null;
  var withPerson = false;
  var toldTyping = 0;

  function readQueue() {
    var kept;
    try { kept = JSON.parse(store.get("queue") || "[]"); } catch (e) { kept = []; }
    kept.forEach(function (entry) { entry.restored = true; });
    return kept;
  }

  function saveQueue() {
    store.set("queue", JSON.stringify(queue.map(function (entry) {
      return { id: entry.id, text: entry.text, payload: entry.payload, file: entry.file, label: entry.label };
    })));
  }

  function newId() {
    var bytes = new Uint8Array(16);
    window.crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  /* ---- drawing ---- */

  function paragraph(text) {
    var p = document.createElement("p");
    text.split(URL_PATTERN).forEach(function (piece, index) {
      if (index % 2 === 0) {
        appendIsolated(p, piece);
        return;
      }
      var link = document.createElement("a");
      link.href = piece;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      link.dir = "ltr";
      link.textContent = piece;
      p.appendChild(link);
    });
    return p;
  }

  function appendIsolated(parent, text) {
    text.split(RUN_PATTERN).forEach(function (piece, index) {
      if (index % 2 === 0) {
        parent.appendChild(document.createTextNode(piece));
        return;
      }
      var run = document.createElement("bdi");
      run.dir = "ltr";
      run.textContent = piece;
      parent.appendChild(run);
    });
  }

  function addBubble(kind, text, speaker) {
    var atEnd = isAtEnd();
    var item = document.createElement("article");
    item.className = kind;
    var who = document.createElement("span");
    who.className = "hidden";
    who.textContent = speaker + ": ";
    var bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.appendChild(who);
    bubble.appendChild(paragraph(text));
    item.appendChild(bubble);
    el.log.appendChild(item);
    if (kind === "from-me") { lastMine = item; }
    if (atEnd || kind === "from-me") { follow(); } else { el.newer.hidden = false; }
    return item;
  }

  function addMine(text) {
    return addBubble("from-me", text, "أنت");
  }

  function addBot(message) {
    if (message.id !== undefined && message.id !== null) {
      if (shown[message.id]) { return; }
      shown[message.id] = true;
      if (message.id > lastId) { lastId = message.id; }
    }
    if (message.author === "citizen") {
      var said = message.text || titles[message.pressed];
      if (said) { addMine(said); }
      return;
    }
    if (message.speaker) { withPerson = message.speaker === "person"; }
    el.typing.hidden = true;
    var item = addBubble(message.from ? "from-bot from-person" : "from-bot", message.text || "", message.from || "المساعد");
    if (message.from) { addName(item, message.from); }
    addAttachments(item, message.attachments || []);
    addButtons(item, message.buttons || []);
  }

  function addName(item, name) {
    var line = document.createElement("p");
    line.className = "name";
    line.setAttribute("aria-hidden", "true");
    line.textContent = name;
    item.firstChild.prepend(line);
  }

  function addAttachments(item, attachments) {
    attachments.forEach(function (attachment) {
      var link = document.createElement("a");
      link.href = attachment.url;
      link.textContent = attachment.name;
      link.setAttribute("download", attachment.name);
      item.firstChild.appendChild(link);
    });
  }

  function addButtons(item, buttons) {
    if (!buttons.length) { return; }
    var atEnd = isAtEnd();
    var box = document.createElement("div");
    box.className = "buttons";
    buttons.forEach(function (button) {
      var b = document.createElement("button");
      b.type = "button";
      b.textContent = button.title;
      titles[button.payload] = button.title;
      b.addEventListener("click", function () {
        if (button.payload === SHARE_PHOTO) { el.file.click(); } else { say({ payload: button.payload }, button.title); }
      });
      box.appendChild(b);
    });
    item.appendChild(box);
    if (atEnd) { follow(); }
  }

  function addError(text) {
    addBubble("from-error", text, "تنبيه");
  }

  function setStatus(item, text) {
    var status = item.querySelector(".status");
    if (!text) {
      if (status) { status.remove(); }
      return;
    }
    if (!status) {
      status = document.createElement("p");
      status.className = "status";
      item.appendChild(status);
    }
    status.textContent = text;
  }

  function setState(text) {
    el.state.textContent = text;
    el.state.hidden = !text;
  }

  function isAtEnd() {
    return el.scroll.scrollHeight - el.scroll.scrollTop - el.scroll.clientHeight < 120;
  }

  /* A long answer is read from its beginning: the question stays in sight at the top. */
  function follow() {
    var end = el.scroll.scrollHeight - el.scroll.clientHeight;
    el.scroll.scrollTop = lastMine ? Math.min(end, lastMine.offsetTop - el.scroll.offsetTop - 8) : end;
    el.newer.hidden = true;
  }

  function scrollToEnd() {
    el.scroll.scrollTop = el.scroll.scrollHeight;
    el.newer.hidden = true;
  }

  /* ---- sending ---- */

  function say(content, label) {
    var entry = { id: newId(), text: content.text, payload: content.payload, file: content.file, label: label };
    queue.push(entry);
    saveQueue();
    entry.item = addMine(label);
    flush();
  }

  function draw(entry) {
    if (!entry.item) { entry.item = addMine(entry.label); }
    return entry.item;
  }

  function request(method, path, body) {
    var options = { method: method, headers: { Accept: "application/json" }, credentials: "same-origin" };
    if (body) {
      options.headers["Content-Type"] = "application/json";
      options.body = JSON.stringify(body);
    }
    return fetch(API + path, options).then(function (response) {
      return response.json().catch(function () { return {}; }).then(function (data) {
        return { status: response.status, data: data, retryAfter: Number(response.headers.get("Retry-After")) };
      });
    });
  }

  function ensureConversation() {
    if (conversation) { return Promise.resolve(conversation); }
    return request("POST", "conversations").then(function (answer) {
      if (answer.status !== 201) { throw answer; }
      conversation = answer.data.conversation;
      store.set("conversation", conversation);
      listen();
      return conversation;
    });
  }

  function flush() {
    if (sending || !queue.length) { return; }
    sending = true;
    window.clearTimeout(retryTimer);
    var entry = queue[0];
    // One from before a reload may have been answered already; the history then shows it.
    if (!entry.restored) { draw(entry); }
    var typing = window.setTimeout(function () { el.typing.hidden = false; follow(); }, TYPING_AFTER_MS);
    ensureConversation().then(function (token) {
      var body = { client_message_id: entry.id };
      if (entry.payload) { body.payload = entry.payload; } else if (entry.file) { body.file = entry.file; } else { body.text = entry.text; }
      return request("POST", token + "/messages", body);
    }).then(function (answer) {
      if (answer.status !== 200) { throw answer; }
      if (answer.data.messages.some(function (message) { return !shown[message.id]; })) { draw(entry); }
      done(entry);
      answer.data.messages.forEach(addBot);
    }).catch(function (problem) {
      failed(entry, problem);
    }).then(function () {
      window.clearTimeout(typing);
      el.typing.hidden = true;
      sending = false;
      if (queue.length && !retryTimer) { flush(); }
    });
  }

  function done(entry) {
    queue = queue.filter(function (other) { return other !== entry; });
    saveQueue();
    if (entry.item) { setStatus(entry.item, ""); }
    setState("");
    retryMs = RETRY_FIRST_MS;
    retryTimer = null;
  }

  function failed(entry, problem) {
    var status = problem && problem.status;
    if (status === 404 && conversation) {
      conversation = null;
      store.drop("conversation");
      retryLater(entry, 0, "");
    } else if (status === 429) {
      retryLater(entry, (problem.retryAfter || 10) * 1000, problem.data.message || "");
    } else if (status >= 400 && status < 500) {
      done(entry);
      addError(problem.data.message || "لم تُقبل الرسالة.");
      if (entry.text && !el.text.value) {
        el.text.value = entry.text;
        fit();
      }
    } else {
      retryLater(entry, retryMs, "لا يوجد اتصال. رسالتك محفوظة وستُرسل حين يعود.");
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  function retryLater(entry, ms, why) {
    setState(why);
    setStatus(draw(entry), "بانتظار الإرسال");
    retryTimer = window.setTimeout(function () { retryTimer = null; flush(); }, ms);
  }

  /* ---- photos and files ---- */

  /* A photo is made small here: a slow line carries 300 kB, not 8 MB. What cannot be drawn goes as it is. */
  function smaller(file) {
    if (file.type.indexOf("image/") !== 0 || !window.createImageBitmap) { return Promise.resolve(file); }
    return window.createImageBitmap(file).then(function (bitmap) {
      var scale = Math.min(1, PHOTO_SIDE / Math.max(bitmap.width, bitmap.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.round(bitmap.width * scale);
      canvas.height = Math.round(bitmap.height * scale);
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) { resolve(blob || file); }, "image/jpeg", 0.85);
      });
    }).catch(function () { return file; });
  }

  function upload(file) {
    setState("يُرسل الملف…");
    return Promise.all([ensureConversation(), smaller(file)]).then(function (ready) {
      // Some browsers do not read an answer that comes before all is sent.
      if (ready[1].size > MAX_FILE_BYTES) { return { tooLarge: true }; }
      var path = API + ready[0] + "/files?name=" + encodeURIComponent(file.name.slice(-100));
      return fetch(path, { method: "POST", body: ready[1], credentials: "same-origin" });
    }).then(function (response) {
      if (response.tooLarge) {
        setState("");
        addError("الملف كبير. أستلم حتى 20 ميغابايت. أرسل صورة أصغر، أو اضغط «تم» لتكمل بدونه.");
        return null;
      }
      return response.json().then(function (data) {
        setState("");
        if (response.status === 201) { say({ file: data.file }, "ملف: " + file.name); } else { addError(data.message); }
      });
    }).catch(function () {
      setState("");
      addError("لم يصل الملف. تأكد من الاتصال وأرسله مرة ثانية.");
    });
  }

  el.file.addEventListener("change", function () {
    var chosen = Array.prototype.slice.call(el.file.files);
    el.file.value = "";
    chosen.reduce(function (before, file) { return before.then(function () { return upload(file); }); }, Promise.resolve());
  });

  /* ---- what comes later ---- */

  function listen() {
    if (events) { events.close(); }
    if (!conversation) { return; }
    if (!window.EventSource) {
      window.clearInterval(pollTimer);
      pollTimer = window.setInterval(catchUp, POLL_MS);
      return;
    }
    events = new EventSource(API + conversation + "/events?after=" + lastId);
    events.addEventListener("message", function (event) {
      try { addBot(JSON.parse(event.data)); } catch (e) { /* a half line: the history has it whole */ }
    });
    events.addEventListener("typing", function (event) {
      el.typing.hidden = event.data !== "1";
      if (!el.typing.hidden && isAtEnd()) { scrollToEnd(); }
    });
  }

  function catchUp() {
    if (!conversation) { return Promise.resolve(); }
    return request("GET", conversation + "/history?after=" + lastId).then(function (answer) {
      if (answer.status === 200) {
        answer.data.messages.forEach(addBot);
        if (answer.data.more) { return catchUp(); }
      } else if (answer.status === 404) {
        conversation = null;
        store.drop("conversation");
      }
    }).catch(function () { /* the next try gets it */ });
  }

  /* ---- the form ---- */

  function fit() {
    el.text.style.height = "auto";
    el.text.style.height = Math.min(el.text.scrollHeight + 2, 144) + "px";
    var over = el.text.value.length - MAX_CHARS;
    el.hint.textContent = over > 0 ? "الرسالة طويلة. اختصر منها " + over + " حرفاً." : "";
  }

  el.text.addEventListener("input", function () {
    fit();
    store.set("draft", el.text.value);
    tellTyping();
  });

  /* A person at the other end sees that somebody is writing. */
  function tellTyping() {
    if (!withPerson || !conversation || Date.now() - toldTyping < TYPING_EVERY_MS) { return; }
    toldTyping = Date.now();
    request("POST", conversation + "/typing").catch(function () { /* the message itself counts */ });
  }

  el.text.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });

  el.form.addEventListener("submit", function (event) {
    event.preventDefault();
    submit();
  });

  function submit() {
    var text = el.text.value.trim();
    if (!text || text.length > MAX_CHARS) {
      el.text.focus();
      return;
    }
    el.text.value = "";
    store.drop("draft");
    fit();
    say({ text: text }, text);
    el.text.focus();
  }

  el.welcome.addEventListener("click", function (event) {
    var text = event.target.getAttribute("data-say");
    if (text) { say({ text: text }, text); }
  });

  el.restart.addEventListener("click", function () {
    if (events) { events.close(); events = null; }
    window.clearTimeout(retryTimer);
    retryTimer = null;
    conversation = null;
    queue = [];
    shown = {};
    lastId = 0;
    lastMine = null;
    saveQueue();
    store.drop("conversation");
    while (el.welcome.nextSibling) { el.welcome.nextSibling.remove(); }
    setState("");
    el.text.focus();
  });

  el.newer.addEventListener("click", scrollToEnd);
  el.scroll.addEventListener("scroll", function () { if (isAtEnd()) { el.newer.hidden = true; } });
  window.addEventListener("online", function () { window.clearTimeout(retryTimer); retryTimer = null; flush(); });
  window.addEventListener("offline", function () { setState("لا يوجد اتصال بالشبكة. ما تكتبه يبقى محفوظاً."); });

  el.text.value = store.get("draft") || "";
  fit();
  catchUp().then(function () {
    listen();
    flush();
    follow();
  });
}());
