// Light, dark or system theme; remembered where the browser allows storage for a page on disk.
const THEMES = ["auto", "light", "dark"];
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
let theme = "auto";
try { theme = localStorage.getItem("affinity-bench-theme") ?? "auto"; } catch { /* no storage for this page */ }

function applyTheme() {
  const dark = theme === "dark" || (theme === "auto" && darkSystem.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const button = document.getElementById("theme");
  button.textContent = `Theme: ${theme}`;
  button.setAttribute("aria-label", `Theme: ${theme === "auto" ? "system" : theme}`);
}

function startTheme() {
  if (!THEMES.includes(theme)) theme = "auto";
  applyTheme();
  darkSystem.addEventListener("change", applyTheme);
  document.getElementById("theme").addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try { localStorage.setItem("affinity-bench-theme", theme); } catch { /* it lasts until the page is closed */ }
    applyTheme();
  });
}
