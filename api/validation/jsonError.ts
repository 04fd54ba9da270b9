/** Where and why a text is not JSON; `index` counts UTF-16 units. */
class JsonSyntaxError extends Error {
  readonly index: number;

  constructor(reason: string, index: number) {
    super(reason);
    this.index = index;
  }
}

const NEWLINE = 0x0a;

const blanks = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;
const nonFinite = /NaN|-?Infinity/y;
// eslint-disable-next-line no-control-regex -- raw control characters end a JSON string
const plainCharacters = /[^"\\\u0000-\u001f]*/y;
const escape = /["\\/bfnrt]|u[\da-fA-F]{4}/y;

/**
 * Says what is wrong with a text that `JSON.parse` refused, in the words and positions of Python's decoder, which
 * is what clients of this API were shown so far: `Expecting value: line 1 column 1 (char 0)`.
 * Recursive: the caller has bounded the depth.
 */
export function describeJsonError(text: string): string {
  try {
    const end = skipBlanks(text, skipValue(text, skipBlanks(text, 0)));
    if (end < text.length) throw new JsonSyntaxError('Extra data', end);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return error.index < 0 ? error.message : `${error.message}: ${position(text, error.index)}`;
  }
  return 'Malformed document';
}

function skipValue(text: string, index: number): number {
  switch (text[index]) {
    case '"':
      return skipString(text, index);
    case '{':
      return skipMembers(text, index, '}');
    case '[':
      return skipMembers(text, index, ']');
    default: {
      const literal = matchAt(nonFinite, text, index);
      if (literal !== null) {
        throw new JsonSyntaxError(
          `Out of range float values are not JSON compliant: '${literal}'`,
          -1,
        );
      }
      const value = matchAt(word, text, index) ?? matchAt(number, text, index);
      if (value === null) throw new JsonSyntaxError('Expecting value', index);
      return index + value.length;
    }
  }
}

/** Skips an object or a list from its opening bracket on. */
function skipMembers(text: string, start: number, close: '}' | ']'): number {
  let index = skipBlanks(text, start + 1);
  if (text[index] === close) return index + 1;
  for (;;) {
    if (close === '}') index = skipName(text, index);
    index = skipBlanks(text, skipValue(text, index));
    if (text[index] === close) return index + 1;
    if (text[index] !== ',') throw new JsonSyntaxError("Expecting ',' delimiter", index);
    index = skipBlanks(text, index + 1);
  }
}

function skipName(text: string, index: number): number {
  if (text[index] !== '"') {
    throw new JsonSyntaxError('Expecting property name enclosed in double quotes', index);
  }
  const colon = skipBlanks(text, skipString(text, index));
  if (text[colon] !== ':') throw new JsonSyntaxError("Expecting ':' delimiter", colon);
  return skipBlanks(text, colon + 1);
}

function skipString(text: string, start: number): number {
  let index = start + 1;
  for (;;) {
    index += matchAt(plainCharacters, text, index)?.length ?? 0;
    const character = text[index];
    if (character === '"') return index + 1;
    if (character === undefined)
      throw new JsonSyntaxError('Unterminated string starting at', start);
    if (character !== '\\') throw new JsonSyntaxError('Invalid control character at', index);
    const escaped = matchAt(escape, text, index + 1);
    if (escaped === null) {
      const isUnicode = text[index + 1] === 'u';
      throw isUnicode
        ? new JsonSyntaxError('Invalid \\uXXXX escape', index + 1)
        : new JsonSyntaxError('Invalid \\escape', index);
    }
    index += 1 + escaped.length;
  }
}

function skipBlanks(text: string, index: number): number {
  return index + (matchAt(blanks, text, index)?.length ?? 0);
}

function matchAt(pattern: RegExp, text: string, index: number): string | null {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? null;
}

/** Python counts characters where JavaScript counts UTF-16 units. */
function position(text: string, index: number): string {
  let [line, lineStart, characters] = [1, 0, 0];
  for (let i = 0; i < index; i++) {
    const unit = text.charCodeAt(i);
    if (isLowSurrogate(unit)) continue;
    characters++;
    if (unit === NEWLINE) {
      line++;
      lineStart = characters;
    }
  }
  return `line ${line} column ${characters - lineStart + 1} (char ${characters})`;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
