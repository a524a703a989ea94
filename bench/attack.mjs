// Started by fair-shares.mjs: clients at two addresses that hold as many downloads, bodies and connections as their limits allow, and repeat
// reads and searches. They run with a low priority, because such clients would not use the processor of the user that is measured.
import { setPriority } from 'node:os';
import { Agent, request } from 'node:http';
import { BadClients } from './bad-clients.mjs';

const [url, requests] = process.argv.slice(2);
const BODY = Buffer.alloc(7_900_000);
const ADDRESSES = ['198.51.100.1', '203.0.113.1'];
const PATHS = ['/api/models/ann/m', '/api/models/ann/m/tree/main', '/api/models?search=m'];

setPriority(10);
const statuses = {};
let isRunning = false;
let clients;

/** Repeats requests on one connection until the attack ends. */
async function repeat(address) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let n = 0; isRunning; n += 1) {
    const status = await send(agent, PATHS[n % PATHS.length], address);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  agent.destroy();
}

const send = (agent, path, address) =>
  new Promise((resolve) => {
    const sent = request(`${url}${path}`, { agent, headers: { 'x-forwarded-for': address } }, (response) =>
      response
        .on('error', () => resolve('broken'))
        .on('end', () => resolve(response.statusCode))
        .resume(),
    );
    sent.on('error', () => resolve('broken')).end();
  });

process.on('message', (command) => {
  isRunning = command === 'start';
  if (!isRunning) {
    clients.close();
    process.send({ admitted: clients.admitted, refused: clients.refused, statuses });
    return;
  }
  clients = new BadClients(url);
  for (const address of ADDRESSES) {
    for (let n = 0; n < 300; n += 1) clients.download('/o/r/resolve/main/big.bin', address);
    for (let n = 0; n < 100; n += 1) clients.upload('/ann/m.git/git-upload-pack', address, BODY, 8_000_000);
    for (let n = 0; n < 100; n += 1) clients.connect();
    for (let n = 0; n < Number(requests); n += 1) void repeat(address);
  }
});
