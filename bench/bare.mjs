// The yardstick: node:http and one undici Pool, passing through; and the two answers that need no upstream.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [, , port, upstream] = process.argv;
const pool = new Pool(upstream, { connections: 20 });
const missing = '{"error":"Repository not found"}';

createServer(async (request, response) => {
  if (request.url.startsWith('/redirect'))
    return response.writeHead(302, { location: `${upstream}/o/r/resolve/main/a` }).end();
  if (request.url.startsWith('/missing')) {
    response.writeHead(404, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(missing) });
    return response.end(missing);
  }
  const { statusCode, headers, body } = await pool.request({ path: request.url, method: request.method });
  response.writeHead(statusCode, headers);
  body.pipe(response);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
