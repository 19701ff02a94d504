"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);

  const viewer = byId("stack") || byId("field");
  const shownLayers = () => [...document.querySelectorAll("input[name=layer]")].map((box) => box.checked);

  function showLayers(files) {
    const shown = shownLayers();
    viewer.querySelectorAll(".layer").forEach((img, i) => {
      const src = files ? files[i] : img.getAttribute("src");
      if (files && src) img.src = src;
      img.hidden = !shown[i] || !src;
    });
  }

  function setBar(frame, bar) {
    const el = frame.querySelector(".scalebar");
    el.style.setProperty("--part", bar.part);
    el.querySelector("b").textContent = bar.text;
  }

  function stackViewer() {
    const slider = byId("stack-slider"), frame = viewer.querySelector(".frame"), base = viewer.querySelector(".base");
    const at = data.stacks.map((s) => s.start);
    let axis = 0;
    function show() {
      const stack = data.stacks[axis], slice = stack.slices[at[axis]];
      base.src = slice.base;
      base.alt = slice.alt;
      byId("stack-place").textContent = slice.label;
      slider.setAttribute("aria-valuetext", slice.label);
      frame.style.setProperty("--ratio", stack.ratio);
      setBar(frame, stack.bar);
      showLayers(slice.layers);
    }
    slider.addEventListener("input", () => { at[axis] = +slider.value; show(); });
    document.querySelectorAll("input[name=axis]").forEach((radio) => radio.addEventListener("change", () => {
      axis = +radio.value;
      slider.max = data.stacks[axis].slices.length - 1;
      slider.value = at[axis];
      show();
    }));
    document.querySelectorAll("input[name=layer]").forEach((box) => box.addEventListener("change", show));
    show();
  }

  function opacity() {
    const slider = byId("opacity");
    const set = () => {
      viewer.style.setProperty("--overlay", slider.value / 100);
      slider.setAttribute("aria-valuetext", slider.value + " percent");
    };
    slider.addEventListener("input", set);
    set();
  }

  function turnViewer() {
    const box = byId("view"), slider = byId("view-slider"), base = box.querySelector(".base"), spin = byId("spin");
    const n = data.views.length;
    let timer = 0;
    function show(k) {
      k = ((k % n) + n) % n;
      slider.value = k;
      base.src = data.views[k].base;
      base.alt = data.views[k].alt;
      byId("view-place").textContent = data.views[k].label;
      slider.setAttribute("aria-valuetext", data.views[k].label);
    }
    function stop() {
      clearInterval(timer);
      timer = 0;
      spin.setAttribute("aria-pressed", "false");
      spin.textContent = "Spin";
    }
    slider.addEventListener("input", () => { stop(); show(+slider.value); });
    spin.addEventListener("click", () => {
      if (timer) { stop(); return; }
      timer = setInterval(() => show(+slider.value + 1), 140);
      spin.setAttribute("aria-pressed", "true");
      spin.textContent = "Stop";
    });
    const stage = box.querySelector(".stage");
    let from = null;
    stage.addEventListener("pointerdown", (e) => {
      stop();
      from = { x: e.clientX, k: +slider.value };
      stage.setPointerCapture(e.pointerId);
    });
    stage.addEventListener("pointermove", (e) => {
      if (from) show(from.k - Math.round((e.clientX - from.x) / Math.max(stage.clientWidth / n, 6)));
    });
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { from = null; });
    show(+slider.value);
  }

  function fieldViewer() {
    const stage = viewer.querySelector(".stage");
    document.querySelectorAll("input[name=zoom]").forEach((radio) => radio.addEventListener("change", () => {
      const before = +(stage.style.getPropertyValue("--zoom") || 1), now = +radio.value;
      const x = (stage.scrollLeft + stage.clientWidth / 2) / before, y = (stage.scrollTop + stage.clientHeight / 2) / before;
      stage.style.setProperty("--zoom", now);
      stage.classList.toggle("enlarged", now > 1);
      stage.scrollTo(x * now - stage.clientWidth / 2, y * now - stage.clientHeight / 2);
    }));
    document.querySelectorAll("input[name=layer]").forEach((box) => box.addEventListener("change", () => showLayers(null)));
    showLayers(null);
  }

  function printing() {
    const closed = () => document.querySelectorAll("section[aria-labelledby=method] details:not([open])");
    let opened = [];
    addEventListener("beforeprint", () => { opened = [...closed()]; opened.forEach((d) => { d.open = true; }); });
    addEventListener("afterprint", () => { opened.forEach((d) => { d.open = false; }); });
  }

  printing();
  if (byId("stack")) stackViewer();
  if (byId("field")) fieldViewer();
  if (byId("view")) turnViewer();
  if (byId("opacity")) opacity();
})();
