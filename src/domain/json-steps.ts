import { MAX_JSON_DEPTH } from './json-limits.js';

/** Characters of members that are parsed together. Takes a few milliseconds. */
const BATCH_LENGTH = 256 * 1024;

/** JSON that is nested deeper than `MAX_JSON_DEPTH`. */
export class JsonTooDeep extends Error {}

/** Fields of an object. Objects with more take long to copy, which cannot be done in steps. */
export const MAX_JSON_FIELDS = 20_000;

/** JSON with an object of more than `MAX_JSON_FIELDS` fields. */
export class JsonTooWide extends Error {}

/** An array or object that is open at the current position. */
interface Frame {
  readonly isArray: boolean;
  readonly openedAt: number;
  /** Number of commas between the members so far. */
  commas: number;
  /** The members that were parsed already; `undefined` while all of its text is. */
  value: Container | undefined;
  /** Start of the text that was not parsed yet. */
  from: number;
  /** Start of the current member, with its key. */
  memberFrom: number;
  /** Whether the current member was parsed already, in steps. */
  isAfterChild: boolean;
  /** Whether a comma precedes `from`, so that a member must follow. */
  isAfterComma: boolean;
}

type Container = unknown[] | Record<string, unknown>;

/**
 * Parses JSON in steps, between which other work can be done: the result is that of `JSON.parse`. Long arrays and objects are parsed in
 * batches of their members, at any depth.
 *
 * @throws SyntaxError if it is not valid
 * @throws JsonTooDeep
 * @throws JsonTooWide
 */
export function* parseJsonSteps(text: string, batchLength = BATCH_LENGTH): Generator<void, unknown> {
  const parser = new SteppedParser(text, batchLength);
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) at = closingQuote(text, at);
    else if (character === OPEN_ARRAY || character === OPEN_OBJECT) parser.open(at, character === OPEN_ARRAY);
    else if (character === CLOSE_ARRAY || character === CLOSE_OBJECT) parser.close(at, character === CLOSE_ARRAY);
    else if (character !== COMMA || !parser.separate(at)) continue;
    else yield;
  }
  return parser.result();
}

const [QUOTE, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [...'",[]{}'].map((symbol) =>
  symbol.charCodeAt(0),
) as [number, number, number, number, number, number];

const BLANK = /^[ \t\n\r]*$/;

class SteppedParser {
  private readonly frames: Frame[] = [];
  /** The outermost array or object, if it was parsed in steps, and its end. */
  private root: { readonly value: Container; readonly start: number; readonly end: number } | undefined;

  constructor(
    private readonly text: string,
    private readonly batchLength: number,
  ) {}

  open(at: number, isArray: boolean): void {
    if (this.frames.length === MAX_JSON_DEPTH) throw new JsonTooDeep();
    this.frames.push({
      isArray,
      openedAt: at,
      commas: 0,
      value: undefined,
      from: at + 1,
      memberFrom: at + 1,
      isAfterChild: false,
      isAfterComma: false,
    });
  }

  /** @returns whether a batch was parsed */
  separate(at: number): boolean {
    const frame = this.frames.at(-1);
    if (!frame) throw new SyntaxError('Unexpected comma');
    frame.commas += 1;
    if (!frame.isArray && frame.commas >= MAX_JSON_FIELDS) throw new JsonTooWide();
    const isFull = frame.isAfterChild || at - frame.from >= this.batchLength;
    if (isFull) this.parsePending(frame, at, true);
    frame.memberFrom = at + 1;
    return isFull;
  }

  close(at: number, isArray: boolean): void {
    const frame = this.frames.at(-1);
    if (frame?.isArray !== isArray) throw new SyntaxError('Unexpected closing bracket');
    if (frame.value) this.parsePending(frame, at, false);
    this.frames.pop();
    if (!frame.value) return;
    const parent = this.frames.at(-1);
    if (parent) {
      parent.from = at + 1;
      parent.isAfterChild = true;
    } else if (this.root) throw new SyntaxError('Unexpected second value');
    else this.root = { value: frame.value, start: frame.openedAt, end: at + 1 };
  }

  result(): unknown {
    if (this.frames.length > 0) throw new SyntaxError('Unexpected end');
    if (!this.root) return JSON.parse(this.text);
    const { value, start, end } = this.root;
    if (BLANK.test(this.text.slice(0, start)) && BLANK.test(this.text.slice(end))) return value;
    throw new SyntaxError('Unexpected text');
  }

  /** Parses the members of a frame up to here, which ends a member. */
  private parsePending(frame: Frame, at: number, isBeforeComma: boolean): void {
    const value = this.valueOf(this.frames.length - 1);
    const pending = this.text.slice(frame.from, at);
    if (frame.isAfterChild) {
      if (!BLANK.test(pending)) throw new SyntaxError('Unexpected text after a member');
    } else if (addMembers(value, frame.isArray, pending) === 0 && (isBeforeComma || frame.isAfterComma))
      throw new SyntaxError('Missing member');
    frame.from = at + 1;
    frame.isAfterChild = false;
    frame.isAfterComma = isBeforeComma;
  }

  /** The value of a frame, which is created and added to that of its parent if necessary. */
  private valueOf(depth: number): Container {
    const frame = this.frames[depth]!;
    if (frame.value) return frame.value;
    const value: Container = frame.isArray ? [] : {};
    if (depth > 0) this.addTo(depth - 1, frame, value);
    return (frame.value = value);
  }

  /** Adds a member that is parsed in steps to its parent, after all members before it. */
  private addTo(depth: number, { openedAt }: Frame, value: Container): void {
    const parent = this.frames[depth]!;
    const target = this.valueOf(depth);
    if (parent.memberFrom > parent.from) {
      if (addMembers(target, parent.isArray, this.text.slice(parent.from, parent.memberFrom - 1)) === 0)
        throw new SyntaxError('Missing member');
    }
    const key = this.text.slice(parent.memberFrom, openedAt);
    const [open, close] = parent.isArray ? '[]' : '{}';
    const members = JSON.parse(`${open}${key}[]${close}`) as Container;
    const [name, ...more] = Object.keys(members);
    if (name === undefined || more.length > 0) throw new SyntaxError('Unexpected member');
    if (Array.isArray(target)) target.push(value);
    else define(target, name, value);
  }
}

/** Parses members and adds them. Returns their number. */
function addMembers(target: Container, isArray: boolean, text: string): number {
  if (isArray) {
    const members = JSON.parse(`[${text}]`) as unknown[];
    for (const member of members) (target as unknown[]).push(member);
    return members.length;
  }
  const members = Object.entries(JSON.parse(`{${text}}`) as Record<string, unknown>);
  for (const [name, member] of members) define(target as Record<string, unknown>, name, member);
  return members.length;
}

/** Like `JSON.parse`: `__proto__` is an ordinary name. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  else target[name] = value;
}

/** The position of the quote that closes a string, or the end of the text. */
function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}
