import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { drainAfterResponse, requestBody } from '../../../../src/platform/http/request-body.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const HEAD = 'POST / HTTP/1.1\r\nHost: hub\r\n';

let server: Server;
let socket: Socket;
afterEach(() => {
  socket.destroy();
  server.close();
});

/** A connection to a server with this handler, and this much sent over it. */
async function send(handler: Handler, ...sent: (string | Buffer)[]): Promise<Socket> {
  server = createServer({ keepAliveTimeout: 0 }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  for (const piece of sent) socket.write(piece);
  return socket;
}

/** What a handler that reads the whole body comes to. */
function outcome(limit: number, ...sent: (string | Buffer)[]): Promise<{ socket: Socket; read: Promise<string> }> {
  return new Promise((told) => {
    const reading = (request: IncomingMessage): void => {
      let size = 0;
      const read = (async () => {
        for await (const { length } of requestBody(request, limit)) size += length;
        return `${size} bytes`;
      })().catch((error: Error & { code: string }) => `${error.code} behind ${size} bytes`);
      told({ socket, read });
    };
    void send(reading, ...sent);
  });
}

describe('a body', () => {
  it.each([
    ['as long as it may be', ['Content-Length: 8\r\n\r\n', 'abcdefgh'], '8 bytes'],
    ['announced as too long, before a byte of it', ['Content-Length: 9\r\n\r\n'], 'PayloadTooLarge behind 0 bytes'],
    [
      'too long without having said so',
      ['Transfer-Encoding: chunked\r\n\r\n', '9\r\nabcdefghi\r\n'],
      'PayloadTooLarge behind 0 bytes',
    ],
  ])('%s', async (_, sent, expected) => {
    const { read } = await outcome(8, HEAD + sent[0], ...sent.slice(1));
    expect(await read).toBe(expected);
  });

  it('that is broken off is the fault of its sender', async () => {
    const { read } = await outcome(8, HEAD + 'Content-Length: 8\r\n\r\n', 'abc');
    socket.destroy();
    expect(await read).toMatch(/^BadRequest/);
  });
});

describe('what is left of a body once the answer is sent', () => {
  const BODY = Buffer.alloc(8_000_000, 'x');
  const refusing =
    (lingerMs: number, beforehand?: (request: IncomingMessage) => Promise<unknown>): Handler =>
    (request, response) => {
      drainAfterResponse(request, response, lingerMs);
      void Promise.resolve(beforehand?.(request)).then(() => response.writeHead(403).end());
    };
  const beginning = async (request: IncomingMessage): Promise<void> => {
    for await (const _ of requestBody(request)) return;
  };

  it.each([
    ['unread', undefined],
    ['read in part', beginning],
  ])('is dropped when %s, and the next request over the connection is served', async (_, beforehand) => {
    const head = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n`;
    const client = await send(refusing(600_000, beforehand), head, BODY, head, BODY);
    let answers = '';
    while (answers.split('HTTP/1.1 403').length < 3) answers += String((await once(client, 'data'))[0]);
    expect(client.destroyed).toBe(false);
  });

  it.each([
    ['unread', undefined],
    ['read in part', beginning],
  ])('is waited for only so long, when %s', async (_, beforehand) => {
    const client = await send(refusing(1, beforehand), `${HEAD}Content-Length: ${BODY.length}\r\n\r\n`, 'begun');
    const answer = String((await once(client, 'data'))[0]);
    await once(client, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 403/);
  });
});
