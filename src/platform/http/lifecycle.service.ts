import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fastAdapterOf } from './fast-express.adapter.js';

/** State of the graceful shutdown. */
@Injectable()
export class Lifecycle {
  /** True after a stop signal: the hub still serves requests, but is not ready for new clients. */
  isShuttingDown = false;

  constructor(private readonly host: HttpAdapterHost) {}

  /** From now on, the hub is not ready, and each response is the last on its connection. */
  startShutdown(): void {
    this.isShuttingDown = true;
    fastAdapterOf(this.host)?.startShutdown();
  }
}
