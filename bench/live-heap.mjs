// Live heap of a process after a full garbage collection, through Node's inspector. Resident memory also includes garbage.
import { WebSocket } from 'undici';

/** Environment variables that start an inspector on a free port. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/**
 * The live heap in MB.
 * @param output - output of the process, in which Node prints the URL of the inspector
 */
export async function liveHeapMb(output) {
  const socket = new WebSocket(/Debugger listening on (ws:\S+)/.exec(output)[1]);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error('The inspector does not respond'));
    });
    let calls = 0;
    const call = (method, params = {}) =>
      new Promise((resolve) => {
        const id = (calls += 1);
        socket.addEventListener('message', ({ data }) => {
          const answer = JSON.parse(data);
          if (answer.id === id) resolve(answer.result);
        });
        socket.send(JSON.stringify({ id, method, params }));
      });
    await call('HeapProfiler.collectGarbage');
    const { result } = await call('Runtime.evaluate', { expression: 'process.memoryUsage().heapUsed' });
    return Math.round(result.value / 1e6);
  } finally {
    socket.close();
  }
}
