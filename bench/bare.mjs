// Baseline: a pass-through of node:http and undici's Agent, and two responses without upstream. Like the hub, it keeps its
// connection after a HEAD, which undici does not by default.
import { createServer } from 'node:http';
import { Agent } from 'undici';

const [, , port, upstream] = process.argv;
const agent = new Agent({ connections: 20 });
const missing = '{"error":"Repository not found"}';

createServer(async (request, response) => {
  if (request.url.startsWith('/redirect'))
    return response.writeHead(302, { location: `${upstream}/o/r/resolve/main/a` }).end();
  if (request.url.startsWith('/missing')) {
    response.writeHead(404, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(missing) });
    return response.end(missing);
  }
  const { statusCode, headers, body } = await agent.request({
    origin: upstream,
    path: request.url,
    method: request.method,
    reset: false,
  });
  response.writeHead(statusCode, headers);
  body.pipe(response);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
