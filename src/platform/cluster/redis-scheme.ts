import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { isWithoutReply, RedisSchemeError } from './redis-problem.js';

const TRY_MS = 2_000;
const DEFAULT_PORT = 6379;
/** The response of Redis to PING: PONG, or an error such as a missing password. */
const REPLY = /^(\+PONG|-[A-Z]+ )/;

/**
 * Determines whether a connection failed because the URL has the wrong scheme, by trying the other one without credentials. Only a server with TLS completes
 * a handshake, and only a Redis without TLS responds to a command in plain text.
 * @returns a RedisSchemeError, or the given error if the scheme is not the reason
 */
export async function explainScheme(error: unknown, redisUrl: string): Promise<unknown> {
  if (!isWithoutReply(error)) return error;
  const { protocol, hostname, port } = new URL(redisUrl);
  const address = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT) };
  const expectsTls = protocol === 'rediss:';
  const isOther = await (expectsTls ? respondsInPlainText(address) : completesHandshake(address));
  return isOther ? new RedisSchemeError(!expectsTls) : error;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Any certificate is accepted, because nothing is sent. */
function completesHandshake(address: Address): Promise<boolean> {
  const socket = connectTls({ ...address, rejectUnauthorized: false });
  return firstOf(socket, (settle) => socket.once('secureConnect', () => settle(true)));
}

function respondsInPlainText(address: Address): Promise<boolean> {
  const socket = connect(address, () => socket.write('PING\r\n'));
  return firstOf(socket, (settle) =>
    socket.once('data', (reply: Buffer) => settle(REPLY.test(reply.toString('latin1')))),
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
