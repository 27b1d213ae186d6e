/* Card form of the sandbox gateway. It works inside the merchant's page, in form.paymentWidgets, and posts the card
   to the sandbox as a plain navigation, so the merchant never sees the number. */
(function () {
  "use strict";

  var script = document.currentScript;
  var source = new URL(script.src);
  var checkoutId = source.searchParams.get("checkoutId") || "";
  var gateway = source.origin + source.pathname.replace(/\/v1\/paymentWidgets\.js$/, "");

  var WORDS = {
    en: {
      number: "Card number", holder: "Name on card", expiry: "Expiry date", cvv: "Security code", pay: "Pay now",
      sending: "One moment…", badNumber: "Check the card number", badExpiry: "Check the expiry date",
      badCvv: "Check the security code", trial: "Test cards", pays: "pays", declined: "declined", secure: "3-D Secure"
    },
    ar: {
      number: "رقم البطاقة", holder: "الاسم على البطاقة", expiry: "تاريخ الانتهاء", cvv: "رمز الأمان", pay: "ادفع الآن",
      sending: "لحظة من فضلك…", badNumber: "تحقق من رقم البطاقة", badExpiry: "تحقق من تاريخ الانتهاء",
      badCvv: "تحقق من رمز الأمان", trial: "بطاقات تجريبية", pays: "تُدفع", declined: "تُرفض", secure: "تحقق ثلاثي الأبعاد"
    }
  };

  var TRIAL_CARDS = [["4111 1111 1111 1111", "pays"], ["4000 0000 0000 0002", "declined"], ["4000 0000 0000 3220", "secure"]];

  // :where() keeps every rule weaker than the merchant's own styles.
  var STYLE = [
    ":where(.wpwl-form){--wpwl-ink:#1d2130;--wpwl-soft:#646b80;--wpwl-line:#d6d9e4;--wpwl-paper:#fff;--wpwl-accent:#4c36c9;--wpwl-bad:#c02c3c;",
    "box-sizing:border-box;width:100%;max-width:28rem;margin:0 auto;padding:1.25rem;border:1px solid var(--wpwl-line);border-radius:1rem;",
    "background:var(--wpwl-paper);color:var(--wpwl-ink);font:16px/1.45 system-ui,'Segoe UI','Noto Sans Arabic',Tahoma,sans-serif;text-align:start}",
    ":where(.wpwl-form *){box-sizing:border-box}",
    ":where(.wpwl-brands){display:flex;flex-wrap:wrap;gap:.4rem;margin-bottom:1rem}",
    ":where(.wpwl-brand){padding:.1rem .55rem;border:1px solid var(--wpwl-line);border-radius:.4rem;font-size:.72rem;font-weight:700;letter-spacing:.05em;color:var(--wpwl-soft)}",
    ":where(.wpwl-brand-on){color:#fff;background:var(--wpwl-accent);border-color:var(--wpwl-accent)}",
    ":where(.wpwl-group){display:block;margin-bottom:.35rem}",
    ":where(.wpwl-row){display:grid;grid-template-columns:1fr 1fr;gap:.9rem;margin-bottom:.35rem}",
    ":where(.wpwl-label){display:block;margin-bottom:.25rem;font-size:.85rem;color:var(--wpwl-soft)}",
    ":where(.wpwl-control){width:100%;min-height:2.9rem;padding:.5rem .8rem;border:1px solid var(--wpwl-line);border-radius:.65rem;background:#fff;color:inherit;font:inherit}",
    ":where(.wpwl-control[dir=ltr]){text-align:start;letter-spacing:.03em}",
    ":where([dir=rtl] .wpwl-control[dir=ltr]){text-align:end}",
    ":where(.wpwl-control:focus){outline:2px solid var(--wpwl-accent);outline-offset:1px;border-color:transparent}",
    ":where(.wpwl-control[aria-invalid=true]){border-color:var(--wpwl-bad)}",
    ":where(.wpwl-hint){display:block;min-height:1.1rem;margin-top:.15rem;font-size:.78rem;color:var(--wpwl-bad)}",
    ":where(.wpwl-button-pay){width:100%;min-height:3.1rem;border:0;border-radius:.75rem;background:var(--wpwl-accent);color:#fff;font:inherit;font-weight:700;cursor:pointer}",
    ":where(.wpwl-button-pay:disabled){opacity:.6;cursor:default}",
    ":where(.wpwl-trial){margin-top:1rem;padding-top:.8rem;border-top:1px dashed var(--wpwl-line);font-size:.78rem;color:var(--wpwl-soft)}",
    ":where(.wpwl-trial button){display:block;padding:.4rem 0;border:0;background:none;color:var(--wpwl-accent);font:inherit;cursor:pointer;text-align:start}"
  ].join("");

  function dress() {
    if ("adoptedStyleSheets" in document && "replaceSync" in CSSStyleSheet.prototype) {
      var sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      document.adoptedStyleSheets = Array.prototype.concat.call([], Array.from(document.adoptedStyleSheets), sheet);
      return;
    }
    var style = document.createElement("style");
    style.textContent = STYLE;
    document.head.appendChild(style);
  }

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      if (key === "text") { made.textContent = attributes.text; } else { made.setAttribute(key, attributes[key]); }
    });
    (children || []).forEach(function (child) { made.appendChild(child); });
    return made;
  }

  function digits(text) {
    return text.replace(/[٠-٩]/g, function (digit) { return String(digit.charCodeAt(0) - 0x660); }).replace(/\D/g, "");
  }

  function luhn(number) {
    var sum = 0;
    for (var index = 0; index < number.length; index += 1) {
      var digit = Number(number[number.length - 1 - index]);
      if (index % 2) { digit *= 2; if (digit > 9) { digit -= 9; } }
      sum += digit;
    }
    return number.length >= 12 && number.length <= 19 && sum % 10 === 0;
  }

  function brandOf(number) {
    if (/^(440647|440795|446404|588845|588846|588848|588850|968201|968205|968208)/.test(number)) { return "MADA"; }
    if (/^3[47]/.test(number)) { return "AMEX"; }
    return { "4": "VISA", "5": "MASTER", "2": "MASTER" }[number[0]] || "";
  }

  function field(form, name, label, attributes) {
    var id = "wpwl-" + name;
    var input = element("input", Object.assign({ id: id, "class": "wpwl-control wpwl-control-" + name, "aria-describedby": id + "-hint" }, attributes));
    var hint = element("span", { id: id + "-hint", "class": "wpwl-hint", role: "alert" });
    var group = element("div", { "class": "wpwl-group wpwl-group-" + name }, [
      element("label", { "for": id, "class": "wpwl-label", text: label }), input, hint
    ]);
    input.addEventListener("input", function () { complain({ input: input, hint: hint }, ""); });
    return { input: input, hint: hint, group: group };
  }

  function complain(part, text) {
    part.hint.textContent = text;
    part.input.setAttribute("aria-invalid", text ? "true" : "false");
    return !text;
  }

  function hidden(name, value) {
    return element("input", { type: "hidden", name: name, value: value });
  }

  function mount(form, options) {
    var locale = options.locale === "ar" ? "ar" : "en";
    var words = WORDS[locale];
    var resultUrl = new URL(form.getAttribute("action") || "", document.baseURI).href;
    var brands = (form.getAttribute("data-brands") || "VISA MASTER MADA").split(/\s+/).filter(Boolean);
    var chips = brands.map(function (brand) { return element("span", { "class": "wpwl-brand", "data-brand": brand, text: brand }); });
    var number = field(form, "cardNumber", words.number, { inputmode: "numeric", autocomplete: "cc-number", dir: "ltr", maxlength: "23", placeholder: "0000 0000 0000 0000" });
    var holder = field(form, "cardHolder", words.holder, { name: "card_holder", autocomplete: "cc-name", dir: "auto", maxlength: "80" });
    var expiry = field(form, "expiry", words.expiry, { inputmode: "numeric", autocomplete: "cc-exp", dir: "ltr", maxlength: "7", placeholder: "MM / YY" });
    var cvv = field(form, "cvv", words.cvv, { name: "cvv", inputmode: "numeric", autocomplete: "cc-csc", dir: "ltr", maxlength: "4", placeholder: "123" });
    var pay = element("button", { type: "submit", "class": "wpwl-button wpwl-button-pay", text: words.pay });
    var cardNumber = hidden("card_number", "");
    var month = hidden("expiry_month", "");
    var year = hidden("expiry_year", "");

    number.input.addEventListener("input", function () {
      var typed = digits(number.input.value);
      number.input.value = typed.replace(/(.{4})(?=.)/g, "$1 ");
      chips.forEach(function (chip) { chip.classList.toggle("wpwl-brand-on", chip.getAttribute("data-brand") === brandOf(typed)); });
    });
    expiry.input.addEventListener("input", function (event) {
      var typed = digits(expiry.input.value).slice(0, 4);
      var erasing = event.inputType === "deleteContentBackward";
      expiry.input.value = typed.length > 2 || (typed.length === 2 && !erasing) ? typed.slice(0, 2) + " / " + typed.slice(2) : typed;
    });
    cvv.input.addEventListener("input", function () { cvv.input.value = digits(cvv.input.value); });

    var trial = element("div", { "class": "wpwl-trial" }, [element("span", { text: words.trial })].concat(TRIAL_CARDS.map(function (card) {
      var offer = element("button", { type: "button" }, [element("bdi", { dir: "ltr", text: card[0] }), document.createTextNode(" — " + words[card[1]])]);
      offer.addEventListener("click", function () {
        number.input.value = card[0];
        expiry.input.value = "12 / 39";
        cvv.input.value = "123";
        [number, expiry, cvv].forEach(function (part) { part.input.dispatchEvent(new Event("input")); });
      });
      return offer;
    })));

    function valid() {
      var typed = digits(expiry.input.value);
      cardNumber.value = digits(number.input.value);
      month.value = typed.slice(0, 2);
      year.value = "20" + typed.slice(2);
      var goodMonth = typed.length === 4 && Number(month.value) >= 1 && Number(month.value) <= 12;
      var verdicts = [
        complain(number, luhn(cardNumber.value) ? "" : words.badNumber),
        complain(expiry, goodMonth ? "" : words.badExpiry),
        complain(cvv, /^\d{3,4}$/.test(cvv.input.value) ? "" : words.badCvv)
      ];
      var wrong = verdicts.indexOf(false);
      if (wrong >= 0) { [number, expiry, cvv][wrong].input.focus(); }
      return wrong < 0;
    }

    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (pay.disabled || !valid()) { return; }
      var allowed = typeof options.onBeforeSubmitCard === "function" ? options.onBeforeSubmitCard(event) : true;
      Promise.resolve(allowed).then(function (answer) {
        if (answer === false) { return; }
        pay.disabled = true;
        pay.textContent = words.sending;
        HTMLFormElement.prototype.submit.call(form);
      });
    });

    form.replaceChildren(
      element("div", { "class": "wpwl-brands" }, chips), number.group, holder.group,
      element("div", { "class": "wpwl-row" }, [expiry.group, cvv.group]), pay, trial,
      cardNumber, month, year, hidden("locale", locale), hidden("shopper_result_url", resultUrl)
    );
    form.classList.add("wpwl-form", "wpwl-form-card");
    form.setAttribute("dir", locale === "ar" ? "rtl" : "ltr");
    form.setAttribute("lang", locale);
    form.setAttribute("method", "post");
    form.setAttribute("novalidate", "");
    form.setAttribute("action", gateway + "/shopper/" + encodeURIComponent(checkoutId));
    // A visitor who comes back with the browser's button finds the form usable again.
    window.addEventListener("pageshow", function () { pay.disabled = false; pay.textContent = words.pay; });
  }

  function start() {
    var options = window.wpwlOptions || {};
    dress();
    document.querySelectorAll("form.paymentWidgets").forEach(function (form) { mount(form, options); });
    if (typeof options.onReady === "function") { options.onReady(); }
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
