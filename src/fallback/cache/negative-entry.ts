import { HUB_ERROR_CODES, HubError, type HubErrorCode, type HubErrorFacts } from '../../domain/hub-error.js';

/** Serializes a "not found" for other replicas, without its cause, which is only for the log of this process. */
export const serializeNegativeEntry = ({ code, message, facts }: HubError): string =>
  JSON.stringify({ code, message, facts: { ...facts, cause: undefined } });

/** Parses the error of a negative entry; `undefined` if another version of the hub wrote an unknown code. */
export function parseNegativeEntry(text: string): HubError | undefined {
  const { code, message, facts } = JSON.parse(text) as { code: string; message: string; facts: HubErrorFacts };
  const known = HUB_ERROR_CODES.find((existing): existing is HubErrorCode => existing === code);
  return known && new HubError(known, message, facts);
}
