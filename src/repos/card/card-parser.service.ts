import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { constructFromEvents, CORE_SCHEMA, mergeTag, parseEvents, YAMLException } from 'js-yaml';
import {
  cardMetadata,
  emptyCardMetadata,
  type CardData,
  type CardMetadata,
  type CardContext,
  type StoredCard,
} from './card-metadata.js';
import { cardText } from './card-text.js';
import { frontMatter } from './front-matter.js';
import { plainJson } from './plain-json.js';

/** A problem in a card's metadata. */
export interface CardError {
  readonly message: string;
  /** Line of the file, counted from 1. */
  readonly line?: number;
}

/** A card's metadata, or its errors. `data` is undefined if the card has no front matter. */
export type CardParseResult = { readonly data?: CardData; readonly errors: readonly CardError[] };

/**
 * Limits of the metadata. The largest real cards have a few hundred kilobytes, with the results of hundreds of benchmarks. Parsing a block at
 * the limits takes about 100 ms in two steps.
 */
const MAX_YAML_BYTES = 512 * 1024;
const MAX_LINES = 40_000;
const MAX_DEPTH = 100;
/** Values, and the ends of lists and maps. */
const MAX_EVENTS = 150_000;
const MAX_ALIASES = 100;

const SCHEMA = CORE_SCHEMA.withTags(mergeTag);

/** Parses the YAML front matter of cards. Cards are untrusted input, so length, nesting, values and aliases are limited. */
@Injectable()
export class CardParser {
  async parse(card: string): Promise<CardParseResult> {
    const found = frontMatter(card);
    if (found === undefined) return { errors: [] };
    const { yaml, firstLine } = found;
    const problem = sizeProblem(yaml);
    if (problem !== undefined) return failure(problem, firstLine);
    try {
      return toResult(await parseYaml(yaml), firstLine);
    } catch (error) {
      return errorResult(error as Error, yaml, firstLine);
    }
  }

  /** As `metadata`, with the text for the full-text search. */
  async stored(context: CardContext, card: string): Promise<StoredCard> {
    return { ...(await this.metadata(context, card)), text: cardText(card) };
  }

  /** Returns the metadata to store for a card. If it cannot be parsed, `cardWarning` has the reason. */
  async metadata(context: CardContext, card: string): Promise<CardMetadata> {
    const { data, errors } = await this.parse(card);
    const [first] = errors;
    if (!first) return cardMetadata(context, data ?? {});
    return emptyCardMetadata(
      context,
      first.line === undefined ? first.message : `Line ${first.line}: ${first.message}`,
    );
  }
}

function sizeProblem(yaml: string): string | undefined {
  if (Buffer.byteLength(yaml) > MAX_YAML_BYTES) return `The metadata is longer than ${MAX_YAML_BYTES / 1024} KiB`;
  return yaml.split('\n', MAX_LINES + 1).length > MAX_LINES
    ? `The metadata has more than ${MAX_LINES} lines`
    : undefined;
}

/** @throws Error with a message that continues the sentence "The metadata …", or YAMLException */
async function parseYaml(yaml: string): Promise<unknown> {
  const events = parseEvents(yaml, { maxDepth: MAX_DEPTH });
  if (events.length > MAX_EVENTS) throw new Error('has too many values');
  await yieldToEventLoop(); // the two steps take about the same time
  const documents = constructFromEvents(events, { source: yaml, schema: SCHEMA, maxAliases: MAX_ALIASES });
  return documents.length > 1 ? documents : plainJson(documents[0]);
}

function toResult(data: unknown, firstLine: number): CardParseResult {
  if (data === null) return { data: {}, errors: [] };
  if (typeof data === 'object' && !Array.isArray(data)) return { data: data as CardData, errors: [] };
  return failure('The metadata must be a list of "name: value" lines', firstLine);
}

function errorResult(error: Error, yaml: string, firstLine: number): CardParseResult {
  if (!(error instanceof YAMLException)) return failure(`The metadata ${error.message}`, firstLine);
  const { reason, mark } = error;
  const message =
    reason === 'duplicated mapping key'
      ? `"${keyAt(yaml, mark?.position ?? 0)}" is defined twice`
      : reason.charAt(0).toUpperCase() + reason.slice(1);
  return failure(message, firstLine + (mark?.line ?? 0));
}

function keyAt(yaml: string, position: number): string {
  const end = yaml.slice(position).search(/[:\s]/);
  return yaml.slice(position, end < 0 ? undefined : position + end);
}

const failure = (message: string, line: number): CardParseResult => ({ errors: [{ message, line }] });
