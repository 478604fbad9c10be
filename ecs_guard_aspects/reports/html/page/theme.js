// Runs before anything is shown, so that nothing is shown twice: in another theme, or without the table.
document.documentElement.classList.add("scripted");
try {
  const theme = localStorage.getItem("ecs-guard-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the theme is that of the system.
}
