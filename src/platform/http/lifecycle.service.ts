import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { fastAdapterOf } from './fast-express.adapter.js';

/** Whether the hub means to go on. */
@Injectable()
export class Lifecycle {
  /** Set once it was told to stop: it still answers, but wants no new clients. */
  isLeaving = false;

  constructor(private readonly host: HttpAdapterHost) {}

  /** From now on the hub is not ready, and each answer is the last on its connection. */
  leave(): void {
    this.isLeaving = true;
    fastAdapterOf(this.host)?.leave();
  }
}
