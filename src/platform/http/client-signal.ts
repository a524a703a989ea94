import type { ServerResponse } from 'node:http';

/** A signal that is aborted if the client disconnects before it has the whole response. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
