startTheme();
if (document.querySelector(".view")) {
  startSorting();
  startFilters();
  startCards();
  startDownloads();
  startViews();
}
document.documentElement.dataset.ready = "yes";
