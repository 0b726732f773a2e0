// Makes the marks of an answer buttons: they can be reached by keyboard, tell why on hover, and say which was chosen.
// The marks are drawn by Streamlit's own markdown; this only adds to them, and never puts text of an answer into HTML.
const MARK = ".stMarkdownColoredBackground";

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.closest(".st-key-answer");
  if (!host) return;
  host.figuresEnd?.();

  const dress = () => {
    host.querySelectorAll(MARK).forEach((mark, place) => {
      const figure = data.figures[place];
      if (!figure) return;
      mark.tabIndex = 0;
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-pressed", String(place === data.chosen));
      mark.title = figure.why;
      mark.dataset.figure = place;
      mark.dataset.verdict = figure.verdict;
    });
  };
  const choose = (event) => {
    const mark = event.target.closest?.("[data-figure]");
    if (!mark || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    setTriggerValue("figure", Number(mark.dataset.figure));
  };
  const observer = new MutationObserver(dress);
  dress();
  observer.observe(host, { childList: true, subtree: true });
  host.addEventListener("click", choose);
  host.addEventListener("keydown", choose);
  host.figuresEnd = () => {
    observer.disconnect();
    host.removeEventListener("click", choose);
    host.removeEventListener("keydown", choose);
  };
  if (data.reveal) document.querySelector(".st-key-evidence")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  return host.figuresEnd;
}
