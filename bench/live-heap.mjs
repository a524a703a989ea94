// What a process holds on to: its heap after a full collection, through Node's inspector. Resident memory also has what is not collected yet.
import { WebSocket } from 'undici';

/** For the environment of a hub whose heap is asked for: an inspector on a free port. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/** Megabytes. @param output what the process has written; Node tells there where its inspector is */
export async function liveHeapMb(output) {
  const socket = new WebSocket(/Debugger listening on (ws:\S+)/.exec(output)[1]);
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error('the inspector does not answer'));
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
