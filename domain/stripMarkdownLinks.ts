/**
 * Replaces every `[label](target)` by its label, neither of them empty. It never looks back: a pattern would
 * start over at each of a million opening brackets.
 */
export function stripMarkdownLinks(text: string): string {
  let result = '';
  let copied = 0;
  let open = text.indexOf('[');
  while (open !== -1) {
    const close = text.indexOf(']', open + 1);
    if (close === -1) break;
    let next = close;
    if (text[close + 1] === '(') {
      const end = text.indexOf(')', close + 2);
      // Without a closing parenthesis nothing further on is a link either.
      if (end === -1) break;
      if (close > open + 1 && end > close + 2) {
        result += text.slice(copied, open) + text.slice(open + 1, close);
        copied = next = end + 1;
      }
    }
    // Brackets opened before this closing one would have ended at it too.
    open = text.indexOf('[', next);
  }
  return result + text.slice(copied);
}
