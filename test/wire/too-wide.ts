/** Asked in a page: what is wider than the page, than its card, or than itself. */
export const tooWide = `[...document.querySelectorAll('body *:not(svg *)')].filter((one) => {
  const { right, width } = one.getBoundingClientRect();
  const edge = Math.min(document.documentElement.clientWidth, one.closest('.card')?.getBoundingClientRect().right ?? Infinity);
  return width > 0 && (right > edge + 1 || (getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1));
}).map((one) => one.outerHTML.slice(0, 80))`;
