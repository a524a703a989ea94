import { Module } from '@nestjs/common';
import { ReservedNames } from './reserved-names.service.js';

/** The one set of reserved names, for who reads it and for who fills it. */
@Module({ providers: [ReservedNames], exports: [ReservedNames] })
export class ReservedNamesModule {}
