import type { BodyLimits, ParsedBody, StreamedBody } from './route.js';

export const KB = 1024;
export const MB = 1024 * KB;
export const GB = 1024 * MB;

/** Enough for forms, which most requests are. */
const FORM: BodyLimits = {
  bytes: 64 * KB,
  anonymousBytes: 16 * KB,
  depth: 20,
  elements: 1000,
  keys: 100,
  string: 64 * KB,
};

/** A JSON object. The limits that are not given are those of a form; larger ones apply to anonymous callers as well, unless they have their own. */
export const json = (limits: Partial<BodyLimits> = {}): ParsedBody => ({
  kind: 'json',
  limits: { ...FORM, anonymousBytes: limits.bytes ?? FORM.anonymousBytes, ...limits },
});

export const jsonOrForm = (limits: Partial<BodyLimits>): ParsedBody => ({ ...json(limits), kind: 'json or form' });

/** Few fields, as OAuth requests have. Accepts JSON as well. */
export const form = (): ParsedBody => jsonOrForm({});

/** @param bytes - maximum size */
export const stream = (bytes: number): StreamedBody & { readonly bytes: number } => ({ kind: 'stream', bytes });

/** A stream whose exact size is part of the signed link in the URL. */
export const announcedStream: StreamedBody = { kind: 'stream' };
