(function () {
  "use strict";
  var data = document.body.dataset;
  var words = document.currentScript.dataset;
  var end = Date.now() + Number(data.left) * 1000;
  var hurried = false;
  var sent = 0;
  var paying = false;
  var finished = false;
  var watching = 0;
  function recall(key, otherwise) { try { return sessionStorage.getItem(key + data.state); } catch (refused) { return otherwise; } }
  function remember(key) { try { sessionStorage.setItem(key + data.state, "1"); } catch (refused) { } }
  // This browser sent a card and is back: until somebody has heard of that one, only the buyer knows of it.
  if (data.known === "payable" && data.another && recall("sent ", null)) { location.replace(data.another); }
  function part(id) { return document.getElementById(id); }
  function left() { return Math.max(0, Math.ceil((end - Date.now()) / 1000)); }
  function instead(id) {
    var told = part(id);
    part("card").hidden = true;
    told.hidden = false;
    document.title = told.querySelector("h1").textContent;
    told.focus({ preventScroll: true });
    told.scrollIntoView({ block: "nearest" });
  }
  // A card that was sent in time is not called off: its place stays, for the bank may be asking in it.
  function confirming() {
    var told = part("sent");
    told.hidden = false;
    document.title = told.querySelector("h1").textContent;
    part("word").textContent = document.title + ". " + told.querySelector("p").textContent;
  }
  function finish() {
    if (finished) { return; }
    finished = true;
    clearInterval(timer);
    part("broken").hidden = true;
    if (paying) { confirming(); } else { instead("over"); }
    watch();
  }
  function tick() {
    var seconds = left();
    part("clock").textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    part("time").classList.toggle("hurry", seconds <= 60);
    if (seconds <= 60 && !hurried) {
      hurried = true;
      part("word").textContent = words.hurry;
    }
    if (seconds === 0) { finish(); }
  }
  function ready() {
    var waiting = part("loading");
    if (waiting) { waiting.remove(); }
    part("card").classList.add("ready");
    if (part("told")) { part("told").focus({ preventScroll: true }); }
  }
  var timer = setInterval(tick, 500);
  tick();
  setTimeout(function () { if (part("slow")) { part("slow").hidden = false; } }, 8000);
  window.wpwlOptions = {
    locale: data.locale,
    style: "plain",
    onReady: ready,
    onBeforeSubmitCard: function () {
      if (left() === 0) { finish(); return false; }
      // The second half of a double click; a form that stays may be sent again.
      if (Date.now() - sent < 3000) { return false; }
      sent = Date.now();
      paying = true;
      remember("sent ");
      setTimeout(watch, 8000);
      part("card").classList.add("paying");
      return true;
    }
  };
  window.addEventListener("error", function (event) {
    // Scripts that the form loads for itself may fail without harm to it.
    if (event.target === part("widget") && left() > 0) {
      instead("broken");
      watch();
    }
  }, true);
  var leave = part("leave");
  if (leave) {
    // The page is left by itself once; whoever comes back presses the button. A double click sends once.
    leave.addEventListener("submit", function (event) {
      if (Date.now() - sent < 3000 || left() === 0) { event.preventDefault(); return; }
      sent = Date.now();
    });
    var gone = recall("left ", "1");
    remember("left ");
    if (!gone && left() > 0 && data.known === "payable") { part("go").click(); }
  }
  // A payment made a moment ago, or in another tab, shows by itself.
  function look() {
    // Of a card under way the server may not know yet: what it says of the time, or of the card before, is no news.
    var quiet = ["payable", "waiting", "over", data.known];
    if (data.known === "another") { quiet.push("declined"); }
    if (data.known !== "payable" && (paying || finished)) { quiet.push("failed"); }
    fetch(data.state, { cache: "no-store" }).then(function (answer) { return answer.json(); }).then(function (now) {
      if (!now.state || quiet.indexOf(now.state) >= 0) { return; }
      clearInterval(watching);
      // A card's own way may lead on to where the client wants its buyer: it goes first.
      setTimeout(function () { location.reload(); }, paying ? 3000 : 0);
    }).catch(function () {});
  }
  function watch() {
    if (watching) { return; }
    watching = setInterval(look, 2500);
    look();
  }
  if (data.known === "another") { watch(); }
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { look(); } });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { location.reload(); } });
})();
