// Makes the marks of an answer buttons: they can be reached by keyboard, tell why on hover, and say which was chosen.
// Marks and citations are drawn by Streamlit's own markdown; this only adds to them, and never puts text of an answer
// into HTML.
const MARK = ".stMarkdownColoredBackground";
const CITATION = 'a[href^="#cited-"]';

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
      mark.setAttribute("aria-pressed", String(place === data.chosen.figure));
      mark.title = figure.why;
      mark.dataset.figure = place;
      mark.dataset.verdict = figure.verdict;
    });
    host.querySelectorAll(CITATION).forEach((link, place) => {
      link.title = data.citations[place] ?? "";
      link.dataset.citation = place;
      if (place === data.chosen.citation) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  };
  const choose = (event) => {
    const link = event.target.closest?.("[data-citation]");
    if (link && event.type === "click") {  // Enter on a link clicks it
      event.preventDefault();
      setTriggerValue("citation", Number(link.dataset.citation));
      return;
    }
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
