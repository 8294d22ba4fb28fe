/* Cases: ticking many, canned text into a field, and the time in which an assignment can be taken back. */
(function () {
  "use strict";

  function boxes(name) { return Array.prototype.slice.call(document.querySelectorAll('input[type=checkbox][name="' + name + '"]')); }

  function count() {
    var line = document.getElementById("ticked");
    if (!line) { return; }
    var ticked = boxes("number").concat(boxes("ids")).filter(function (box) { return box.checked; }).length;
    line.textContent = ticked ? "المختار: " + ticked : "";
  }

  document.addEventListener("change", function (event) {
    var all = event.target.getAttribute("data-ticks");
    if (all) { boxes(all).forEach(function (box) { box.checked = event.target.checked; }); }
    if (all || event.target.name === "number" || event.target.name === "ids") { count(); }
    var fills = event.target.getAttribute("data-fills");
    if (fills && event.target.value) {
      var field = document.getElementById(fills);
      field.value = event.target.value;
      event.target.value = "";
      field.focus();
    }
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-prints]")) { window.print(); }
  });

  var undo = document.getElementById("undo");
  if (undo) {
    var left = Date.parse(undo.getAttribute("data-until")) - Date.now();
    window.setTimeout(function () { undo.hidden = true; }, Math.max(0, left));
  }
}());
