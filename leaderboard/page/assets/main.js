startTheme();
if (document.querySelector(".view")) {
  startColumns();
  startSorting();
  startFilters();
  startCards();
  startDownloads();
  startViews();
}
document.documentElement.dataset.ready = "yes";
