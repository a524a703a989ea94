import { Injectable } from '@nestjs/common';
import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { cardMetadata, emptyCardMetadata, type CardData, type CardMetadata, type CardSubject } from './card-metadata.js';
import { frontMatter } from './front-matter.js';

/** Something wrong with a card's metadata. */
export interface CardError {
  readonly message: string;
  /** Of the file, counted from 1. */
  readonly line?: number;
}

/** A card's metadata, or what is wrong with it. `data` is undefined where the card has none. */
export type CardParseResult = { readonly data?: CardData; readonly faults: readonly CardError[] };

/** Real ones have a few kilobytes; YAML is read in one go, while everybody else waits. */
const LONGEST_YAML = 256 * 1024;
const MOST_ALIASES = 100;
const LONGEST_DATA = 1024 * 1024;

/** What PostgreSQL keeps in no text: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Cs}/u;

/** Reads the YAML at the head of cards, which anybody may have written: bounded in length, depth and repetition. */
@Injectable()
export class CardParser {
  read(card: string): CardParseResult {
    const found = frontMatter(card);
    if (found === undefined) return { faults: [] };
    const { yaml, firstLine } = found;
    if (Buffer.byteLength(yaml) > LONGEST_YAML)
      return fault(`The metadata is longer than ${LONGEST_YAML / 1024} KiB`, firstLine);
    try {
      return readYaml(yaml, firstLine);
    } catch (error) {
      // the parser goes down into nested collections by calling itself, and refuses too many aliases by throwing
      const why = error instanceof RangeError ? 'is nested too deeply' : `cannot be used: ${(error as Error).message}`;
      return fault(`The metadata ${why}`, firstLine);
    }
  }

  /** The same as what is kept of a card; a warning in place of metadata that cannot be read. */
  facts(subject: CardSubject, card: string): CardMetadata {
    const { data, faults } = this.read(card);
    const [first] = faults;
    if (!first) return cardMetadata(subject, data ?? {});
    return emptyCardMetadata(subject, first.line === undefined ? first.message : `Line ${first.line}: ${first.message}`);
  }
}

function readYaml(yaml: string, firstLine: number): CardParseResult {
  const lines = new LineCounter();
  // its own check of repeated keys compares each with all others
  const document = parseDocument(yaml, {
    ...{ lineCounter: lines, prettyErrors: false, uniqueKeys: false, stringKeys: true, merge: true },
  });
  const lineAt = (offset: number): number => lines.linePos(offset).line + firstLine - 1;
  const faults = document.errors.map(({ message, pos }) => ({ message, line: lineAt(pos[0]) }));
  const found = faults.length > 0 ? faults : repeatedKeys(document, lineAt);
  if (found.length > 0) return { faults: found };
  const data = plain(document.toJS({ maxAliasCount: MOST_ALIASES }));
  if (data === null) return { data: {}, faults: [] };
  if (typeof data === 'object' && !Array.isArray(data)) return { data: data as CardData, faults: [] };
  return fault('The metadata is not a list of "name: value" lines', firstLine);
}

function repeatedKeys(document: Document, lineAt: (offset: number) => number): CardError[] {
  const faults: CardError[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (key.value !== '<<' && seen.has(key.value))
          faults.push({ message: `"${String(key.value)}" is there twice`, line: lineAt(key.range?.[0] ?? 0) });
        seen.add(key.value);
      }
    },
  });
  return faults;
}

/** The same as JSON can hold it. @throws Error for what cannot be stored */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (key, one: unknown) => {
    if (UNSTORABLE.test(key) || (typeof one === 'string' && UNSTORABLE.test(one)))
      throw new Error('it has a character that is none');
    return one;
  });
  if (text === undefined) return null;
  if (text.length > LONGEST_DATA) throw new Error('it has more than a megabyte');
  return JSON.parse(text) as unknown;
}

const fault = (message: string, line: number): CardParseResult => ({ faults: [{ message, line }] });
