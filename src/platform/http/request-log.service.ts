import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { fastAdapterOf } from './fast-express.adapter.js';
import { isWatching } from './is-watching.js';
import { requestLine } from './request-line.js';

const TELLS_OF_EACH = ['info', 'debug', 'trace'];

/** Logs a line for each answer, and one for each that is slow to begin. */
@Injectable()
export class RequestLog implements OnModuleInit {
  private readonly logger = new Logger('Request');

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const over = (request: IncomingMessage, status: number, ms: number): void => this.over(request, status, ms);
    const slow = (request: IncomingMessage, ms: number): void => this.slow(request, ms);
    fastAdapterOf(this.host)?.observe(TELLS_OF_EACH.includes(this.config.log.level) ? { slow, over } : { slow });
  }

  private over(request: IncomingMessage, status: number, ms: number): void {
    const line = { ...requestLine(request), status, ms: Math.round(ms) };
    if (isWatching(request.url)) this.logger.debug(line);
    else this.logger.log(line);
  }

  private slow(request: IncomingMessage, ms: number): void {
    this.logger.warn({ ...requestLine(request), ms, message: 'This answer was slow to begin' });
  }
}
