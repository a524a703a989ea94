import { spawn } from 'node:child_process';
import { pktLine } from '../../src/repos/git/pkt-line.js';
import type { Responder } from './fake-upstream.js';

/** Serves a local git repository with the git program, as a hub does at `/{id}/info/refs` and `/{id}/git-upload-pack`. */
export const gitServer =
  (folder: string): Responder =>
  (response, { method, body }) => {
    const isFirst = method === 'GET';
    const kind = isFirst ? 'advertisement' : 'result';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}`, 'cache-control': 'no-cache' });
    if (isFirst) response.write(Buffer.concat([pktLine('# service=git-upload-pack\n'), Buffer.from('0000')]));
    const options = ['--stateless-rpc', ...(isFirst ? ['--advertise-refs'] : [])];
    const program = spawn('git', ['upload-pack', ...options, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
    program.stdin.on('error', () => undefined); // git may stop reading early
    program.stdin.end(body);
    program.stdout.pipe(response);
  };
