/**
 * OroCRM's description is one text: what people type in the API or older forms is plain, what the editor of the back
 * office saves is HTML. Which of the two it is shows in the text only.
 */

/** The text as a person reads it (rule M9). */
export function plainText(description: string): string {
  return isFormatted(description) ? decode(layOut(description)) : description;
}

/**
 * What is stored for a text: itself, unless it stood formatted before or would be taken for formatting.
 * Then it is written so that {@link plainText} gives it back exactly.
 */
export function storedText(text: string, before: string): string {
  return isFormatted(before) || isFormatted(text) ? `<p>${encode(text)}</p>` : text;
}

/** Whether a text holds HTML; `a < b`, `<ada@example.com>` and `<surname>` are none. */
export function isFormatted(text: string): boolean {
  return tag.test(text);
}

const tag = /<\/?(a|abbr|b|big|blockquote|body|br|center|cite|code|dd|del|div|dl|dt|em|font|h[1-6]|head|hr|html|i|img|ins|kbd|li|mark|meta|ol|p|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var)(\s[^<>]*)?\/?>/i;

const breaks = /<\/?(p|div|h[1-6]|ul|ol|table|tr|blockquote|pre|section|article|header|footer|dl|dt|dd)(\s[^<>]*)?>/gi;

function layOut(html: string): string {
  const text = html
    .replace(/<!--[\s\S]*?(-->|$)/g, '')
    .replace(/<(script|style|head|title)(\s[^<>]*)?>[\s\S]*?(<\/\1\s*>|$)/gi, '')
    .replace(/[ \t\r\n\f]+/g, ' ')
    .replace(/<li(\s[^<>]*)?>/gi, '\f- ')
    .replace(/<\/t[dh]\s*>/gi, '\t')
    .replace(/<br(\s[^<>]*)?\/?>/gi, '\n')
    .replace(breaks, '\f')
    .replace(/<\/?[a-z!?][^<>]*>/gi, '');
  // A block begins and ends a line, but two blocks in a row leave no empty one.
  return text.replace(/ *\f[ \f]*/g, '\f').replace(/^\f|\f$/g, '').replace(/\f/g, '\n').replace(/ ?\n ?/g, '\n').replace(/^ | $/g, '');
}

const named: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '\u2013', mdash: '\u2014', hellip: '\u2026', euro: '\u20ac', copy: '\u00a9', auml: '\u00e4', ouml: '\u00f6', uuml: '\u00fc', Auml: '\u00c4', Ouml: '\u00d6', Uuml: '\u00dc', szlig: '\u00df', lsquo: '\u2018', rsquo: '\u2019', ldquo: '\u201c', rdquo: '\u201d', bull: '\u2022', middot: '\u00b7', deg: '\u00b0', eacute: '\u00e9', egrave: '\u00e8', agrave: '\u00e0', ccedil: '\u00e7' };

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi, (entity, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? entity;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}

/** Blanks that HTML would swallow are written as numbers: at the ends of a line, and all but the first of several. */
function encode(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return lines.map(encodeLine).join('<br />');
}

function encodeLine(line: string): string {
  return line
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/^ | $|(?<= ) /g, '&#32;')
    .replace(/[\t\f]/g, (blank) => `&#${blank.charCodeAt(0)};`);
}
