import { CERTIFICATE_PROBLEMS } from '../../platform/config/certificate-problems.js';

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name cannot be resolved',
  EAI_AGAIN: 'its host name cannot be resolved',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
  ETIMEDOUT: 'it does not respond',
  UND_ERR_CONNECT_TIMEOUT: 'it does not respond',
};

interface NetworkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly cause?: unknown;
}

const lowerFirst = (text: string): string => text[0]!.toLowerCase() + text.slice(1);

/** The reason why a service cannot be reached, as part of a sentence, without a full stop. */
export function connectionReason(error: unknown): string {
  const { code = '', name = '', message = '', cause } = (error ?? {}) as NetworkError;
  const certificate = CERTIFICATE_PROBLEMS[code];
  if (certificate !== undefined) return lowerFirst(certificate);
  if (REASONS[code] !== undefined) return REASONS[code];
  if (name === 'TimeoutError' || /timed? ?out|timeout/i.test(message)) return 'it does not respond';
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return 'the TLS handshake failed';
  return cause === undefined ? message || name || String(error) : connectionReason(cause);
}

/** Whether the reason is the network, and not a response of the service. */
export const isConnectionError = (error: unknown): boolean => {
  const { code = '', name = '', message = '', cause } = (error ?? {}) as NetworkError;
  const isKnown = code in REASONS || code in CERTIFICATE_PROBLEMS || code.startsWith('ERR_SSL') || code === 'EPROTO';
  return (
    isKnown ||
    name === 'TimeoutError' ||
    /timed? ?out|timeout/i.test(message) ||
    (cause !== undefined && isConnectionError(cause))
  );
};
