import { setCancelableTimeout } from './set-cancelable-timeout.js';

interface Group {
  readonly controller: AbortController;
  connected: number;
  members: number;
  cancelTimer?: () => void;
}

/** The presence of one client. */
export interface Presence {
  /** Aborted once all clients that wait for the same work have been disconnected for the grace period. */
  readonly signal: AbortSignal;
  /** Must be called when the work has ended. */
  leave(): void;
}

/** Tracks the clients that wait for the same work, such as one that repeats its request after a timeout of its proxy. */
export class ClientPresence {
  private readonly groups = new Map<string, Group>();

  /** @param graceMs - time in which a disconnected client may repeat its request */
  constructor(private readonly graceMs: number) {}

  /**
   * @param key - identifies the work
   * @param client - aborted when the client disconnects
   */
  join(key: string, client: AbortSignal): Presence {
    const group = this.groups.get(key) ?? { controller: new AbortController(), connected: 0, members: 0 };
    this.groups.set(key, group);
    group.members += 1;
    group.connected += 1;
    group.cancelTimer?.();
    let isConnected = true;
    const disconnect = (): void => {
      if (isConnected) this.disconnect(key, group);
      isConnected = false;
    };
    if (client.aborted) disconnect();
    else client.addEventListener('abort', disconnect, { once: true });
    return {
      signal: group.controller.signal,
      leave: () => {
        client.removeEventListener('abort', disconnect);
        disconnect();
        group.members -= 1;
        if (group.members === 0) this.end(key, group);
      },
    };
  }

  private disconnect(key: string, group: Group): void {
    group.connected -= 1;
    if (group.connected > 0) return;
    group.cancelTimer = setCancelableTimeout(this.graceMs, () => {
      this.end(key, group);
      group.controller.abort();
    });
  }

  private end(key: string, group: Group): void {
    group.cancelTimer?.();
    if (this.groups.get(key) === group) this.groups.delete(key); // a later client starts again
  }
}
