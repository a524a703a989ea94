import { Module } from '@nestjs/common';
import { RefusedCallsController } from './refused-calls.controller.js';

/** Calls that this hub does not have. Must be imported last, so that every other route has precedence. */
@Module({ controllers: [RefusedCallsController] })
export class RefusedCallsModule {}
