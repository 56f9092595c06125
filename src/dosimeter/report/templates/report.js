// Sorts and filters the table of archives, and opens sheets that are linked to or printed.
// Without it the page is whole: a table, and sheets to open by hand.
"use strict";
(() => {
  const table = document.getElementById("overview");
  if (table) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
    const valueOf = (row, column) => row.cells[column].textContent.trim();
    // Rungs and severities go by their order, numbers by their size; what is not known stands below none.
    const order = table.dataset.order.split(" ");
    const sizeOf = (row, column) => {
      const word = row.cells[column].querySelector("b, i");
      return word ? order.indexOf(word.className) : Number(row.cells[column].dataset.v ?? -1);
    };

    Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
      const isNumber = rows.some((row) => sizeOf(row, column) !== -1);
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const before = heading.getAttribute("aria-sort");
        const descends = before ? before === "ascending" : isNumber;
        table.querySelectorAll("th[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", descends ? "descending" : "ascending");
        const sign = descends ? -1 : 1;
        rows.sort((one, other) => {
          if (isNumber) return sign * (sizeOf(one, column) - sizeOf(other, column));
          const [a, b] = [valueOf(one, column), valueOf(other, column)];
          // What is not known stands last, whichever way the others go.
          return a && b ? sign * collator.compare(a, b) : Number(!a) - Number(!b);
        });
        body.append(...rows);
      });
    });

    const box = document.querySelector(".filter");
    const input = document.getElementById("filter");
    const count = document.getElementById("filter-count");
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    const texts = new Map(rows.map((row) => [row, plain(Array.from(row.cells, (cell) => cell.textContent).join(" "))]));
    const numbers = new Intl.NumberFormat(document.documentElement.lang);
    const filter = () => {
      const words = plain(input.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = texts.get(row);
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = count.dataset.says
        .replace("#shown", numbers.format(shown))
        .replace("#all", count.dataset.of);
    };
    box.hidden = false;
    input.addEventListener("input", filter);
    filter();
  }

  const sheets = document.querySelectorAll("details.archive");
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const sheet = target && target.closest("details.archive");
    if (sheet && !sheet.open) {
      sheet.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", reveal);
  reveal();

  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = Array.from(sheets).filter((sheet) => !sheet.open);
    for (const sheet of closed) sheet.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const sheet of closed) sheet.open = false;
  });
})();
