import { trimWhitespace } from '../../domain/trimWhitespace.ts';

/** An authority right after the slashes: URL itself takes `http:/x` and `http:///x` for `http://x`. */
const webUrl = /^(?:https?|ftps?):\/\/[^\s/?#\\]/i;

/**
 * An absolute web or FTP URL without blanks. Unlike upstream, a host may be a single label: CI servers on
 * internal networks are called `http://jenkins:8080/`.
 */
export function isValidUrl(text: string): boolean {
  if (!webUrl.test(text) || /\s/.test(text) || trimWhitespace(text) !== text) return false;
  const url = URL.parse(text);
  return (
    url !== null && url.hostname !== '' && !url.hostname.replace(/\.$/, '').split('.').includes('')
  );
}
