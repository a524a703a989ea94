import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { IdleConnections, type Stall } from '../../../../src/platform/http/idle-connections.js';
import { sendReply } from '../../../../src/platform/http/send-reply.js';

const IDLE_MS = 1000;
/** More than the system buffers for a connection. */
const LARGE = 64 * 1024 * 1024;

let server: Server;
let idle: IdleConnections;
let stalls: Stall[];
let now: number;
const handlers: { handle: RequestListener } = { handle: () => undefined };

beforeEach(async () => {
  stalls = [];
  now = 0;
  idle = new IdleConnections(IDLE_MS, ({ stall, request }) => {
    stalls.push(stall);
    request.socket.destroy();
  });
  server = createServer((request, response) => handlers.handle(request, response));
  idle.track(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Moves the time forward by almost the limit. */
const pass = (): void => {
  idle.check(now);
  idle.check((now += IDLE_MS - 1));
};
/** Moves the time forward beyond the limit. */
const passLimit = (): void => {
  idle.check(now);
  idle.check((now += IDLE_MS));
};

const turn = (): Promise<void> => new Promise(setImmediate);

/** The system first takes over a part of the response, which is progress. */
async function untilFound(meanwhile = (): void => undefined): Promise<void> {
  for (; stalls.length === 0; await turn()) {
    meanwhile();
    passLimit();
  }
}

/** Reads more than the system buffers, so that the server can send more. */
async function readBytes(client: Socket, count: number): Promise<void> {
  for (let left = count; left > 0 && !client.closed; await turn())
    left -= (client.read() as Buffer | null)?.length ?? 0;
}

async function send(text: string, handle: RequestListener): Promise<Socket> {
  const received = new Promise<void>((resolve) => {
    handlers.handle = (request, response) => {
      handle(request, response);
      resolve();
    };
  });
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => undefined).write(text);
  await received;
  return client;
}

const POST = 'POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 1000000\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: hub\r\n\r\n';

it('a client that stops sending its body is found, and not before the limit', async () => {
  await send(POST, (request) => request.resume());
  pass();
  expect(stalls).toEqual([]);
  passLimit();
  expect(stalls).toEqual(['body']);
});

it('a client that sends a byte from time to time is not disconnected', async () => {
  let arrived: () => void = () => undefined;
  const client = await send(POST, (request) => request.on('data', () => arrived()));
  for (let n = 0; n < 5; n++) {
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    client.write('x');
    await arrival;
    pass();
  }
  expect(stalls).toEqual([]);
});

it('a body that the hub does not read is not a stall of the client', async () => {
  let received: IncomingMessage | undefined;
  const client = await send(POST, (request) => void (received = request));
  client.write(Buffer.alloc(500_000));
  while (received!.readableLength < received!.readableHighWaterMark) {
    received!.read(0); // makes Node fill its buffer
    await turn();
  }
  passLimit();
  expect(stalls).toEqual([]);
});

it('a request that the hub works on for long is not disconnected', async () => {
  await send(GET, () => undefined);
  passLimit();
  expect(stalls).toEqual([]);
});

it.each<[string, RequestListener]>([
  [
    'a stream, which is destroyed',
    (_, response) => {
      const endless = new Readable({ read: (size) => void endless.push(Buffer.alloc(size)) });
      void sendReply(response, { status: 200, headers: {}, stream: endless });
    },
  ],
  ['a response in one piece', (_, response) => void response.end(Buffer.alloc(LARGE))],
])('a client that does not read %s is found', async (_, handle) => {
  let closed: Promise<unknown> = Promise.resolve();
  await send(GET, (request, response) => {
    closed = once(response, 'close');
    handle(request, response);
  });
  await untilFound();
  expect(stalls).toEqual(['response']);
  await closed;
});

it('a client that reads a large response slowly is not disconnected', async () => {
  const client = await send(GET, (_, response) => void response.end(Buffer.alloc(LARGE)));
  for (let n = 0; n < 3; n++) {
    idle.check(now);
    await readBytes(client, LARGE / 4);
    idle.check((now += IDLE_MS));
  }
  expect(stalls).toEqual([]);
});

it('a client that sends further requests, but does not read, is found', async () => {
  const client = await send(GET, (_, response) => void response.end(Buffer.alloc(LARGE)));
  await untilFound(() => void client.write(GET));
  expect(stalls).toEqual(['response']);
});
