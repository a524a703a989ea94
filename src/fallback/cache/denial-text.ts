import { HUB_ERROR_CODES, HubError, type HubErrorCode, type HubErrorFacts } from '../../domain/hub-error.js';

/** A denial as other replicas can read it. Its cause stays here: it is for this process's log. */
export function denialText({ code, message, facts }: HubError): string {
  return JSON.stringify({ code, message, facts: { ...facts, cause: undefined } });
}

/** The same error again; undefined for what another version has written and this one does not know. */
export function readDenial(text: string): HubError | undefined {
  const { code, message, facts } = JSON.parse(text) as { code: string; message: string; facts: HubErrorFacts };
  const known = HUB_ERROR_CODES.find((one): one is HubErrorCode => one === code);
  return known && new HubError(known, message, facts);
}
