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

/** Connects to a new server with `handler` and sends the pieces. */
async function send(handler: Handler, ...pieces: (string | Buffer)[]): Promise<Socket> {
  server = createServer({ keepAliveTimeout: 0 }, handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  for (const piece of pieces) socket.write(piece);
  return socket;
}

/** Resolves to the socket and to the result of reading the whole body. */
function outcome(limit: number, ...pieces: (string | Buffer)[]): Promise<{ socket: Socket; read: Promise<string> }> {
  return new Promise((resolve) => {
    const reading = (request: IncomingMessage): void => {
      let size = 0;
      const read = (async () => {
        for await (const { length } of requestBody(request, limit)) size += length;
        return `${size} bytes`;
      })().catch((error: Error & { code: string }) => `${error.code} after ${size} bytes`);
      resolve({ socket, read });
    };
    void send(reading, ...pieces);
  });
}

describe('requestBody', () => {
  it.each([
    ['of the maximum size', ['Content-Length: 8\r\n\r\n', 'abcdefgh'], '8 bytes'],
    [
      'with a Content-Length above the limit, before reading',
      ['Content-Length: 9\r\n\r\n'],
      'PayloadTooLarge after 0 bytes',
    ],
    [
      'above the limit without Content-Length',
      ['Transfer-Encoding: chunked\r\n\r\n', '9\r\nabcdefghi\r\n'],
      'PayloadTooLarge after 0 bytes',
    ],
  ])('handles a body %s', async (_, sent, expected) => {
    const { read } = await outcome(8, HEAD + sent[0], ...sent.slice(1));
    expect(await read).toBe(expected);
  });

  const fragments = (count: number): string[] => ['Transfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'.repeat(count)];

  it('refuses a body of too many tiny chunks', async () => {
    const { read } = await outcome(1_000_000, HEAD + fragments(20_000).join(''));
    expect(await read).toBe('BadRequest after 10000 bytes');
  });

  it('accepts tiny chunks of a small body', async () => {
    const { read } = await outcome(1_000_000, `${HEAD}${fragments(10_000).join('')}0\r\n\r\n`);
    expect(await read).toBe('10000 bytes');
  });

  it('reports an interrupted body as BadRequest', async () => {
    const { read } = await outcome(8, HEAD + 'Content-Length: 8\r\n\r\n', 'abc');
    socket.destroy();
    expect(await read).toMatch(/^BadRequest/);
  });
});

describe('drainAfterResponse', () => {
  const BODY = Buffer.alloc(8_000_000, 'x');
  const rejectAfter =
    (lingerMs: number, readFirst?: (request: IncomingMessage) => Promise<unknown>): Handler =>
    (request, response) => {
      drainAfterResponse(request, response, lingerMs);
      void Promise.resolve(readFirst?.(request)).then(() => response.writeHead(403).end());
    };
  const readFirstChunk = async (request: IncomingMessage): Promise<void> => {
    for await (const _ of requestBody(request)) return;
  };

  it.each([
    ['not read', undefined],
    ['partly read', readFirstChunk],
  ])('discards a body that was %s and serves the next request on the connection', async (_, readFirst) => {
    const head = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n`;
    const client = await send(rejectAfter(600_000, readFirst), head, BODY, head, BODY);
    let responses = '';
    while (responses.split('HTTP/1.1 403').length < 3) responses += String((await once(client, 'data'))[0]);
    expect(client.destroyed).toBe(false);
  });

  it.each([
    ['not read', undefined],
    ['partly read', readFirstChunk],
  ])('closes the connection after the linger time if the rest of a body %s does not arrive', async (_, readFirst) => {
    const client = await send(rejectAfter(1, readFirst), `${HEAD}Content-Length: ${BODY.length}\r\n\r\n`, 'part');
    const response = String((await once(client, 'data'))[0]);
    await once(client, 'close');
    expect(response).toMatch(/^HTTP\/1.1 403/);
  });

  it('closes the connection if the rest of a body consists of tiny chunks', async () => {
    const chunks = '1\r\nx\r\n'.repeat(20_000);
    const client = await send(rejectAfter(600_000), `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, chunks);
    client.on('error', () => undefined).resume();
    await once(client, 'close');
  });
});
