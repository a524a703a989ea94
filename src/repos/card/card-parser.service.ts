import { Injectable } from '@nestjs/common';
import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import {
  cardMetadata,
  emptyCardMetadata,
  type CardData,
  type CardMetadata,
  type CardContext,
} from './card-metadata.js';
import { frontMatter } from './front-matter.js';

/** A problem in a card's metadata. */
export interface CardError {
  readonly message: string;
  /** Line of the file, counted from 1. */
  readonly line?: number;
}

/** A card's metadata, or its errors. `data` is undefined if the card has no front matter. */
export type CardParseResult = { readonly data?: CardData; readonly errors: readonly CardError[] };

/** Real cards have a few kB. YAML parsing is synchronous, so larger ones are rejected. */
const MAX_YAML_BYTES = 256 * 1024;
const MAX_ALIASES = 100;
const MAX_JSON_LENGTH = 1024 * 1024;

/** Characters that PostgreSQL cannot store in text: NUL and lone surrogates. */
const UNSTORABLE = /\0|\p{Cs}/u;

/** Parses the YAML front matter of cards. Cards are untrusted input, so length, nesting and aliases are limited. */
@Injectable()
export class CardParser {
  parse(card: string): CardParseResult {
    const found = frontMatter(card);
    if (found === undefined) return { errors: [] };
    const { yaml, firstLine } = found;
    if (Buffer.byteLength(yaml) > MAX_YAML_BYTES)
      return failure(`The metadata is longer than ${MAX_YAML_BYTES / 1024} KiB`, firstLine);
    try {
      return parseYaml(yaml, firstLine);
    } catch (error) {
      // Deep nesting overflows the stack, because the parser is recursive. Too many aliases make it throw an error.
      const why = error instanceof RangeError ? 'is nested too deeply' : `cannot be used: ${(error as Error).message}`;
      return failure(`The metadata ${why}`, firstLine);
    }
  }

  /** Returns the metadata to store for a card. If it cannot be parsed, `cardWarning` has the reason. */
  metadata(context: CardContext, card: string): CardMetadata {
    const { data, errors } = this.parse(card);
    const [first] = errors;
    if (!first) return cardMetadata(context, data ?? {});
    return emptyCardMetadata(
      context,
      first.line === undefined ? first.message : `Line ${first.line}: ${first.message}`,
    );
  }
}

function parseYaml(yaml: string, firstLine: number): CardParseResult {
  const lines = new LineCounter();
  // The parser's own check for duplicate keys takes quadratic time.
  const document = parseDocument(yaml, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    stringKeys: true,
    merge: true,
  });
  const lineAt = (offset: number): number => lines.linePos(offset).line + firstLine - 1;
  const errors = document.errors.map(({ message, pos }) => ({ message, line: lineAt(pos[0]) }));
  const found = errors.length > 0 ? errors : repeatedKeys(document, lineAt);
  if (found.length > 0) return { errors: found };
  const data = toJson(document.toJS({ maxAliasCount: MAX_ALIASES }));
  if (data === null) return { data: {}, errors: [] };
  if (typeof data === 'object' && !Array.isArray(data)) return { data: data as CardData, errors: [] };
  return failure('The metadata must be a list of "name: value" lines', firstLine);
}

function repeatedKeys(document: Document, lineAt: (offset: number) => number): CardError[] {
  const errors: CardError[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (key.value !== '<<' && seen.has(key.value))
          errors.push({ message: `"${String(key.value)}" is defined twice`, line: lineAt(key.range?.[0] ?? 0) });
        seen.add(key.value);
      }
    },
  });
  return errors;
}

/**
 * Converts to plain JSON values.
 *
 * @throws Error if the value cannot be stored
 */
function toJson(value: unknown): unknown {
  const text = JSON.stringify(value, (key, item: unknown) => {
    if (UNSTORABLE.test(key) || (typeof item === 'string' && UNSTORABLE.test(item)))
      throw new Error('it contains an invalid character');
    return item;
  });
  if (text === undefined) return null;
  if (text.length > MAX_JSON_LENGTH) throw new Error('it is larger than 1 MiB');
  return JSON.parse(text) as unknown;
}

const failure = (message: string, line: number): CardParseResult => ({ errors: [{ message, line }] });
