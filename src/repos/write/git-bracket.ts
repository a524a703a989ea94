type ByteTest = (byte: number) => boolean;

/** A bracket expression such as `[a-z]`, `[!…]` or `[[:digit:]]`. */
export interface GitBracket {
  /** Position after the closing bracket. */
  readonly end: number;
  readonly accepts: ByteTest;
}

/** Only ASCII characters belong to a class. */
const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  ['cntrl', /[\0-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[\x21-\x7e]/],
  ['lower', /[a-z]/],
  ['print', /[\x20-\x7e]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

/**
 * Parses the bracket expression at a position (wildmatch.c of git). One that is not closed, or has an unknown class, matches nothing, and
 * neither does the rest of the pattern.
 */
export function parseBracket(pattern: string, start: number): GitBracket {
  const isNegated = pattern[start + 1] === '!' || pattern[start + 1] === '^';
  const first = start + (isNegated ? 2 : 1);
  const tests: ByteTest[] = [];
  let previous: number | undefined;
  let at = first;
  for (; at === first || pattern[at] !== ']'; at += 1) {
    const member = memberAt(pattern, at, previous);
    if (!member) return { end: pattern.length, accepts: () => false };
    tests.push(member.accepts);
    previous = member.code;
    at = member.last;
  }
  return { end: at + 1, accepts: (byte) => tests.some((test) => test(byte)) !== isNegated };
}

interface Member {
  /** Position of its last character. */
  readonly last: number;
  readonly accepts: ByteTest;
  /** The character, if a range may start with it. */
  readonly code?: number;
}

/** @param previous - the character before, if a range may start with it */
function memberAt(pattern: string, at: number, previous: number | undefined): Member | undefined {
  const next = pattern[at + 1];
  if (pattern[at] === '-' && previous !== undefined && next !== undefined && next !== ']') {
    const last = next === '\\' ? at + 2 : at + 1;
    const to = pattern.charCodeAt(last);
    return Number.isNaN(to) ? undefined : { last, accepts: (byte) => previous <= byte && byte <= to };
  }
  if (pattern[at] === '[' && next === ':') {
    const end = pattern.indexOf(']', at + 2);
    if (end < 0) return undefined;
    if (end >= at + 3 && pattern[end - 1] === ':') return classMember(pattern.slice(at + 2, end - 1), end);
  }
  const last = pattern[at] === '\\' ? at + 1 : at;
  const code = pattern.charCodeAt(last);
  return Number.isNaN(code) ? undefined : { last, code, accepts: (byte) => byte === code };
}

function classMember(name: string, last: number): Member | undefined {
  const members = CLASSES.get(name);
  return members && { last, accepts: (byte) => members.test(String.fromCharCode(byte)) };
}
