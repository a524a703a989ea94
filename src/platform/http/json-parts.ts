import { EventLoopTurns } from '../async/event-loop-turns.js';

/** Entries of a list that are serialized together. Takes a few milliseconds. */
const ENTRIES_PER_PART = 1_000;

/** Whether an object has a list that is serialized in parts. */
export const hasLongList = (fields: Readonly<Record<string, unknown>>): boolean =>
  Object.values(fields).some((value) => Array.isArray(value) && value.length > ENTRIES_PER_PART);

/**
 * The JSON of an object as parts of a response, so that its long lists are serialized while they are sent. The result is that of
 * `JSON.stringify`.
 */
export async function* jsonParts(fields: Readonly<Record<string, unknown>>): AsyncGenerator<Uint8Array> {
  let separator = '{';
  for (const [name, value] of Object.entries(fields)) {
    const label = `${separator}${JSON.stringify(name)}:`;
    if (Array.isArray(value) && value.length > ENTRIES_PER_PART) {
      yield Buffer.from(label);
      yield* listParts(value);
    } else {
      const json = JSON.stringify(value) as string | undefined;
      if (json === undefined) continue;
      yield Buffer.from(label + json);
    }
    separator = ',';
  }
  yield Buffer.from(separator === '{' ? '{}' : '}');
}

async function* listParts(entries: readonly unknown[]): AsyncGenerator<Uint8Array> {
  const turns = new EventLoopTurns();
  for (let from = 0; from < entries.length; from += ENTRIES_PER_PART) {
    const part = JSON.stringify(entries.slice(from, from + ENTRIES_PER_PART));
    const isLast = from + ENTRIES_PER_PART >= entries.length;
    yield Buffer.from((from === 0 ? '[' : ',') + part.slice(1, -1) + (isLast ? ']' : ''));
    await turns.next(); // sending a part does not let other requests run
  }
}
