// Imitates a small library from a public CDN: lets a row of products be scrolled by its arrows.
window.Carousel = class {
  constructor(row) {
    this.row = row;
    row.dataset.carousel = "ready";
  }
  turn(direction) {
    this.row.scrollBy({ left: direction * 320, behavior: "smooth" });
  }
};
