import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const TRY_MS = 2_000;

/** The protocol of a server. `tls` may be any of the others, over TLS. */
export type ServiceKind = 'tls' | 'http' | 'postgresql' | 'redis';

/** The address of a service. */
export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

/** In words, for messages. */
export const SERVICE_NAMES: Readonly<Record<Exclude<ServiceKind, 'tls'>, string>> = {
  http: 'a web server',
  postgresql: 'a PostgreSQL server',
  redis: 'a Redis server',
};

/** A setting leads to another service, or has the wrong scheme. The message is a sentence without a full stop and without secrets. */
export class WrongServiceError extends Error {}

/** The reply of each kind to a first message without credentials. Other kinds are silent, close the connection, or reply in another way. */
const PROBES: readonly (readonly [kind: Exclude<ServiceKind, 'tls'>, message: Buffer, answer: RegExp])[] = [
  ['redis', Buffer.from('PING\r\n'), /^(\+PONG|-[A-Z]+ )/],
  ['http', Buffer.from('GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.\d \d{3}/],
  ['postgresql', Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]), /^[SN]$/], // SSLRequest
];

/** The address in a URL. */
export function addressOf({ hostname, port, protocol }: URL, defaultPort: number): ServiceAddress {
  const usual = protocol === 'https:' ? 443 : defaultPort;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || usual) };
}

/**
 * Determines what a server is that does not respond as expected: a wrong port leads to another service, and a wrong scheme to the right one. Nothing
 * secret is sent, so any certificate is accepted.
 */
export async function identifyService(address: ServiceAddress): Promise<ServiceKind | undefined> {
  const attempts = [
    completesHandshake(address),
    ...PROBES.map(([, message, answer]) => answers(address, message, answer)),
  ];
  const [usesTls, ...isKind] = await Promise.all(attempts);
  if (usesTls) return 'tls';
  return PROBES.find((_, index) => isKind[index])?.[0];
}

function completesHandshake(address: ServiceAddress): Promise<boolean> {
  const socket = connectTls({ ...address, rejectUnauthorized: false });
  return firstOf(socket, (settle) => socket.once('secureConnect', () => settle(true)));
}

function answers(address: ServiceAddress, message: Buffer, answer: RegExp): Promise<boolean> {
  const socket = connect(address, () => socket.write(message));
  return firstOf(socket, (settle) =>
    socket.once('data', (reply: Buffer) => settle(answer.test(reply.toString('latin1')))),
  );
}

/** The result, or `false` if the connection ends before, or is silent. */
function firstOf(socket: Socket, listen: (settle: (result: boolean) => void) => void): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => settle(false), TRY_MS);
    const settle = (result: boolean): void => {
      clearTimeout(timer);
      resolve(result);
      socket.destroy();
    };
    socket.on('error', () => undefined).once('close', () => settle(false));
    listen(settle);
  });
}
