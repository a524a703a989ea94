import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HUB_CONFIG, type HubConfig } from '../config/hub-config.js';
import { fastAdapterOf } from './fast-express.adapter.js';
import { isMonitoringRequest, requestLogFields } from './request-log.js';

const LEVELS_WITH_REQUESTS = ['info', 'debug', 'trace'];

/** Logs a line for each response, and a warning for each that takes long to start. */
@Injectable()
export class RequestLog implements OnModuleInit {
  private readonly logger = new Logger('Request');

  constructor(
    @Inject(HUB_CONFIG) private readonly config: HubConfig,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const onFinish = (request: IncomingMessage, status: number, ms: number): void =>
      this.logResponse(request, status, ms);
    const onSlow = (request: IncomingMessage, ms: number): void => this.logSlowResponse(request, ms);
    const logsEach = LEVELS_WITH_REQUESTS.includes(this.config.log.level);
    fastAdapterOf(this.host)?.observe(logsEach ? { onSlow, onFinish } : { onSlow });
  }

  private logResponse(request: IncomingMessage, status: number, ms: number): void {
    const line = Object.assign(requestLogFields(request), { status, ms: Math.round(ms) });
    if (isMonitoringRequest(request.url)) this.logger.debug(line);
    else this.logger.log(line);
  }

  private logSlowResponse(request: IncomingMessage, ms: number): void {
    this.logger.warn({ ...requestLogFields(request), ms, message: 'Response was slow to start' });
  }
}
